"""What somebody who searches for the first time stumbled over."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import parse_qs

import pytest
from openpyxl import load_workbook

from complaints.models import Complaint
from search.days import days_in
from search.export_tables import WHEN, WRITERS, row
from search.query import parse
from search.selectors import Narrowing, find_cases
from tests import factories
from workflows.models import Case

pytestmark = [pytest.mark.django_db]
TODAY = date(2026, 11, 26)


def lodge(narrative: str, **fields) -> Case:
    return factories.case(**({"narrative": narrative, "seller_name": ""} | fields))


def numbers(answer) -> set[str]:
    return {hit.case.number for hit in answer.hits}


# --- fields by a part of a name


@pytest.mark.parametrize(
    "typed",
    [
        "luồng: vi phạm",
        "luồng: violation",
        "tình trạng: mới",
        "tình trạng: Mới gửi",
    ],
)
def test_the_beginning_of_a_name_or_a_part_of_it_is_enough(sct, deliver, typed):
    case = lodge("Máy giặt hỏng.", kind="violation")
    deliver()
    answer = find_cases(sct, typed)
    assert numbers(answer) == {case.number}
    assert answer.clauses.filters
    assert not parse(typed).words or answer.clauses.unread == ()


def test_what_a_field_does_not_know_is_said_and_searched_for_as_words(sct, page):
    lodge("Máy giặt hỏng.")
    text = page("luồng: abcxyz máy").content.decode()
    assert "“luồng: abcxyz”" in text
    assert "không hiểu" in text.lower()


def test_an_agency_is_known_by_a_part_of_its_name(sct, deliver):
    case = lodge("Máy giặt hỏng.")
    deliver()
    *_, last = sct.agency.name.split()
    assert numbers(find_cases(sct, f"cơ quan: {last}")) == {case.number}


def test_what_was_understood_is_shown(page):
    lodge("Máy giặt hỏng.")
    text = page("từ: 01/11/2026 đến: 30/11/2026 số tiền: 5tr..20tr máy").content.decode()
    assert "01/11/2026 – " in text
    assert "5.000.000 – 20.000.000" in text


def test_each_field_that_was_typed_can_be_taken_out(page, client):
    shown = page("kem sđt: 0912 345 678 từ: 1/11/2026", state="received").context["typed"]
    assert [one.label for one in shown] == ["sđt: 0912 345 678", "Ngày tiếp nhận: 01/11/2026 – …"]
    without = parse_qs(shown[0].url.removeprefix("?"))
    assert without == {"q": ["kem từ: 1/11/2026"], "state": ["received"]}
    assert client.get("/backoffice/search/" + shown[1].url).context["query"] == "kem sđt: 0912 345 678"


def test_what_is_taken_out_is_the_field_and_not_what_looks_like_it(page):
    [shown] = page("x-kem kem -kem").context["typed"]
    assert parse_qs(shown.url.removeprefix("?"))["q"] == ["x-kem kem"]


def test_of_raw_keystrokes_the_field_that_was_read_is_taken_out(sct, page):
    """What was read takes the place of what was typed, or the field would stay."""
    lodge("Mua kem trộn bị dị ứng.")
    answer = page("kem trojon tuwf: 1/11/2026").context
    assert answer["answer"].understood
    assert [parse_qs(one.url.removeprefix("?"))["q"] for one in answer["typed"]] == [["kem trộn"]]


@pytest.mark.parametrize(
    ("said", "first", "after"),
    [
        ("tuần này", date(2026, 11, 23), date(2026, 11, 30)),
        ("tuần trước", date(2026, 11, 16), date(2026, 11, 23)),
        ("tháng này", date(2026, 11, 1), date(2026, 12, 1)),
        ("tháng trước", date(2026, 10, 1), date(2026, 11, 1)),
        ("tháng 11", date(2026, 11, 1), date(2026, 12, 1)),
        ("tháng 12", date(2025, 12, 1), date(2026, 1, 1)),
        ("Tháng 2/2026", date(2026, 2, 1), date(2026, 3, 1)),
        ("quý 4/2026", date(2026, 10, 1), date(2027, 1, 1)),
        ("năm nay", date(2026, 1, 1), date(2027, 1, 1)),
        ("năm ngoái", date(2025, 1, 1), date(2026, 1, 1)),
        ("7 ngày trước", date(2026, 11, 19), date(2026, 11, 20)),
        ("yesterday", date(2026, 11, 25), date(2026, 11, 26)),
    ],
)
def test_days_as_people_say_them(said, first, after):
    assert days_in(said, TODAY) == (first, after)


@pytest.mark.parametrize("said", ["tháng 13", "31/02/2026", "quý 5", "tuần", "999999 ngày trước", ""])
def test_what_is_no_day_is_none(said):
    assert days_in(said, TODAY) is None


@pytest.mark.parametrize(
    ("typed", "since", "until"),
    [
        ("số tiền: 5tr-20tr", 5_000_000, 20_000_001),
        ("số tiền: 5tr - 20tr", 5_000_000, 20_000_001),
        ("số tiền: từ 5tr đến 20tr", 5_000_000, 20_000_001),
        ("số tiền: dưới 5 triệu", None, 5_000_000),
        ("số tiền: trên 5 triệu", 5_000_001, None),
        ("amount: over 5tr", 5_000_001, None),
    ],
)
def test_amounts_as_people_say_them(typed, since, until):
    query = parse(typed)
    assert [(one.since, one.until) for one in query.clauses.ranges] == [(since, until)]
    assert query.words == ()


# --- exactly, or similar


def test_the_page_tells_what_holds_the_words_from_what_is_similar(sct, page):
    exact, similar, other = lodge("Đổ xăng kém chất lượng."), lodge("Mua hàng lỗi."), lodge("Đổ xang không đủ.")
    answer = page("xăng").context["answer"]
    assert (answer.exact, answer.total) == (1, 3)
    assert answer.hits[0].case == exact
    only = page("xăng", exact="1").context["answer"]
    assert numbers(only) == {exact.number}
    assert (only.exact, only.total) == (1, 1)
    plain = page("xang", exact="1").context["answer"]
    assert numbers(plain) == {exact.number, other.number}, "who types no diacritics means any"
    assert similar.number not in numbers(plain)


def test_nothing_that_holds_them_is_said(page):
    lodge("Mua hàng lỗi.")
    assert page("xăng").context["answer"].exact == 0
    assert "Không có vụ việc nào có đúng các từ" in page("xăng").content.decode()


def test_a_file_of_the_exact_ones_holds_no_others(sct, deliver):
    from search.selectors import case_pages

    exact, _similar = lodge("Đổ xăng kém chất lượng."), lodge("Mua hàng lỗi.")
    deliver()
    assert [ids for _total, ids in case_pages(sct, "xăng", Narrowing(exact=True), size=10)] == [[exact.pk]]


def test_a_pasted_message_finds_what_holds_some_of_it(sct, deliver):
    case = lodge("Nồi chiên không dầu mua qua trang lạ, giao tới thì vỡ, gọi không ai nghe máy cả.")
    deliver()
    pasted = "Nồi chiên không dầu mua qua trang lạ " + " ".join(f"từ{n}lạ" for n in range(14))
    assert case.number in numbers(find_cases(sct, pasted))


# --- identifiers


def test_a_bare_domain_in_the_story_is_found_by_its_field(sct, deliver):
    case = lodge("Mua qua trang noichien-sieure.com và bị lừa.")
    deliver()
    assert numbers(find_cases(sct, "web: noichien-sieure.com")) == {case.number}
    assert numbers(find_cases(sct, "trang: https://noichien-sieure.com")) == {case.number}


@pytest.mark.parametrize("part", [slice(0, 8), slice(3, 8), slice(9, 14)])
def test_a_part_of_a_case_number_finds_the_case(sct, deliver, part):
    case = lodge("Máy giặt hỏng.")
    lodge("Tủ lạnh hỏng.")
    deliver()
    assert next(hit.case.number for hit in find_cases(sct, case.number[part]).hits) == case.number


@pytest.mark.parametrize("number", ["82-EGRGC-HYNRS", "82-TRANG-TGGG5"])
def test_a_part_of_letters_alone_does_too(sct, deliver, number):
    """Words, keystrokes and loud letters look like it."""
    case = lodge("Máy giặt hỏng.")
    lodge("Bán qua trang mạng.")
    Case.objects.filter(pk=case.pk).update(number=number)
    deliver()
    for part in (number[3:8], number[9:14], f" {number[9:14].lower()} "):
        assert number in numbers(find_cases(sct, part)), part


def test_a_part_of_digits_alone_is_not_only_the_end_of_a_number(sct, deliver):
    case = lodge("Máy giặt hỏng.")
    other = lodge("Đã chuyển khoản.", identifiers=[("bank_account", "0071000172064")])
    Case.objects.filter(pk=case.pk).update(number="82-01720-17206")
    Case.objects.filter(pk=other.pk).update(number="82-K1720-Q7206")
    deliver()
    assert numbers(find_cases(sct, "17206")) == numbers(find_cases(sct, "01720")) == {"82-01720-17206"}
    assert numbers(find_cases(sct, "72064")) == {"82-K1720-Q7206"}


def test_a_short_number_among_words_is_a_word_or_an_ending_and_no_rows_number(sct, deliver):
    fake, cheat, row = lodge("Hàng giả năm 2026."), lodge("Bị lừa đảo tháng 9 năm 2026."), lodge("Giao chậm.")
    Complaint.objects.filter(case=row).update(source_id="2026")
    deliver()
    assert numbers(find_cases(sct, "2026")) == {fake.number, cheat.number, row.number}
    assert numbers(find_cases(sct, "hàng giả 2026")) == {fake.number}
    assert numbers(find_cases(sct, "hàng giả 2026", narrowing=Narrowing(exact=True))) == {fake.number}
    assert numbers(find_cases(sct, "lwaf ddaor 2026")) == {cheat.number}


# --- words put right


def test_a_word_that_can_be_vietnamese_is_not_put_right(sct, deliver):
    lodge("Được nhân viên hỗ trợ kem.")
    deliver()
    assert find_cases(sct, "kem trộn").suggestion == ""


# --- files


def test_a_spreadsheet_knows_its_dates_and_can_be_filtered(tmp_path, sct):
    case = lodge("Máy giặt hỏng.")
    WRITERS["xlsx"](tmp_path / "a.xlsx", [row(Case.objects.select_related("owner").get(pk=case.pk))])
    sheet = load_workbook(tmp_path / "a.xlsx").active
    heads = [cell.value for cell in sheet[1]]
    lodged = sheet.cell(2, heads.index("Ngày gửi") + 1)
    assert isinstance(lodged.value, datetime)
    assert lodged.number_format == WHEN
    assert sheet.auto_filter.ref.endswith("2")
    assert sheet.column_dimensions["A"].width > 14
