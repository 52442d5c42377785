"""Field:value, exclusions, days and amounts: understood, or text."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events import clock
from search.backends.base import Range
from search.clauses import LONGEST_CHOICE, MOST_CLAUSES, InSection, read
from search.days import days_in, midnight
from search.fields import BY_NAME, FIELDS
from search.query import parse
from search.text import fold_in_place
from workflows.deadlines import HANOI

TODAY = date(2026, 11, 26)
KNOWN = {
    ("state", "dang xac minh"): ["investigating"], ("state", "dang"): ["?"], ("owner", "qltt"): ["qltt"],
    ("commune", "phu quoc"): ["phuquoc"],
}  # fmt: skip


def clauses(text: str):
    return read(text, today=TODAY, choices=lambda field, name: KNOWN.get((field, name), []))


def said(text: str) -> str:
    return " ".join(clauses(text).text.split())


@pytest.mark.parametrize(
    "typed", ["sđt: 0912 345 678", "SĐT:0912.345.678", "sdt:+84912345678", "điện thoại: 0912345678", "phone:0912345678"]
)
def test_a_phone_in_any_form_under_any_of_its_names(typed):
    found = clauses(f"lừa đảo {typed} hôm qua")
    [any_of] = found.keys
    assert "phone:0912345678" in any_of
    assert " ".join(found.text.split()) == "lừa đảo hôm qua"


@pytest.mark.parametrize(
    ("typed", "target"),
    [
        ("số điện thoại: 0912345678", "phone"), ("so dien thoai:0912345678", "phone"), ("số đt: 0912345678", "phone"),
        ("di động: 0912345678", "phone"), ("mobile: 0912345678", "phone"), ("phone number: 0912345678", "phone"),
        ("số tk: 19034567890", "bank_account"), ("tk: 19034567890", "bank_account"),
        ("account number: 19034567890", "bank_account"), ("bank account: 19034567890", "bank_account"),
        ("mã thuế: 0312345678", "tax_code"), ("tax code: 0312345678", "tax_code"),
        ("đường dẫn: shop.example", "url"), ("trang web: shop.example", "url"), ("url: shop.example", "url"),
        ("liên kết: shop.example", "url"), ("tên miền: shop.example", "url"), ("domain: shop.example", "url"),
        ("mặt hàng: loa", "in_product"), ("hàng hóa: loa", "in_product"), ("hang hoa: loa", "in_product"),
        ("nhãn hàng: sony", "in_brand"),
        ("shop: dương", "in_seller"), ("cửa hàng: dương", "in_seller"), ("cua hang: dương", "in_seller"),
        ("notes: quỹ", "in_note"), ("tập tin: hóa", "in_file"), ("đính kèm: hóa", "in_file"), ("attachment: hóa", "in_file"),
        ("status: đang xác minh", "state"), ("state: đang xác minh", "state"), ("trang thai: đang xác minh", "state"),
        ("cơ quan phụ trách: qltt", "owner"), ("cơ quan xử lý: qltt", "owner"), ("đơn vị: qltt", "owner"),
        ("đặc khu: phú quốc", "commune"), ("ward: phú quốc", "commune"),
        ("kể từ: 1/11", "since"), ("đến hết: 1/11", "until"), ("tới ngày: 1/11", "until"),
        ("thiệt hại: 5tr", "amount"), ("giá trị: 5tr", "amount"), ("trị giá: 5tr", "amount"),
    ],
)  # fmt: skip
def test_a_field_goes_by_the_names_people_give_it(typed, target):
    """In both languages, with diacritics and without; no word of the name is left to be searched for."""
    found = clauses(f"kêu rè {typed}")
    assert " ".join(found.text.split()) == "kêu rè"
    assert BY_NAME[fold_in_place(typed.partition(":")[0])].target[0] == target
    assert [one.text for one in found.said] == [typed]


@pytest.mark.parametrize("colon", ["：", " ：", "： "])
def test_a_wide_colon_is_a_colon(colon):
    assert clauses(f"sp{colon}loa").sections == clauses("sp:loa").sections
    assert clauses(f"-sp{colon}loa").barred == clauses("-sp:loa").barred


def test_the_end_of_a_number_is_enough():
    assert clauses("stk: 5678").keys == (("bank_account:5678", "bank_account:~5678"),)


def test_words_of_one_section():
    [one, two] = clauses('sp:loa người bán: "Ánh Dương" kêu rè').sections
    assert (one.section, [w.folded for w in one.words]) == ("in_product", ["loa"])
    assert (two.section, [w.folded for w in two.words]) == ("in_seller", ["anh", "duong"])
    assert said('sp:loa người bán: "Ánh Dương" kêu rè') == "kêu rè"


def test_the_longest_known_name_is_the_choice():
    found = clauses("tình trạng: đang xác minh gấp cơ quan:QLTT")
    assert found.filters == {"state": ["investigating"], "owner": ["qltt"]}
    assert " ".join(found.text.split()) == "gấp"


@pytest.mark.parametrize(
    ("typed", "since", "until"),
    [
        ("ngày: 01/11/2026", "2026-11-01", "2026-11-02"),
        ("ngày: 1/11", "2026-11-01", "2026-11-02"),
        ("ngày: 30/11", "2025-11-30", "2025-12-01"),
        ("date:2026-11-01", "2026-11-01", "2026-11-02"),
        ("ngày: 11/2026", "2026-11-01", "2026-12-01"),
        ("ngày: 12/2026", "2026-12-01", "2027-01-01"),
        ("ngày: 2026", "2026-01-01", "2027-01-01"),
        ("ngày: 1/11..15/11", "2026-11-01", "2026-11-16"),
        ("ngày: hôm qua", "2026-11-25", "2026-11-26"),
        ("từ: 1/11", "2026-11-01", None),
        ("đến: 15/11", None, "2026-11-16"),
    ],
)
def test_days_are_whole_days_in_hanoi(typed, since, until):
    bounds = [day and int(datetime.fromisoformat(day).replace(tzinfo=HANOI).timestamp()) for day in (since, until)]
    assert clauses(typed).ranges == (Range("lodged_at", *bounds),)


@pytest.mark.parametrize(
    ("typed", "bounds"),
    [
        ("số tiền: 5tr", (5_000_000, 5_000_001)),
        ("tiền:>5tr", (5_000_001, None)),
        ("tiền: <500k", (None, 500_000)),
        ("số tiền: 1tr..5tr", (1_000_000, 5_000_001)),
        ("số tiền: 5 triệu", (5_000_000, 5_000_001)),
        ("amount:1.500.000", (1_500_000, 1_500_001)),
    ],
)
def test_amounts(typed, bounds):
    assert clauses(typed).ranges == (Range("amount", *bounds),)


def test_what_is_left_out():
    found = clauses('kem -giả -"hàng thật" -0912345678 -sp:loa -gia')
    forms = [(one.section, [w.folded for w in one.words]) for one in found.barred if isinstance(one, InSection)]
    assert forms == [("in_product", ["loa"]), ("exact", ["gia"]), ("exact", ["hang", "that"]), ("folded", ["gia"])]
    assert ("0912345678",) in found.barred
    assert " ".join(found.text.split()) == "kem"


@pytest.mark.parametrize(
    "text",
    [
        "tình trạng: chẳng biết", "ngày: 31/02/2026", "số tiền: nhiều", "https://shop.example/a", "lúc 10:30", "a:b",
        "mười - hai", "82-7K3F9-Q2MXA", "từ:", "sp:", "-", "--", "ngày: 1..", "số tiền: 5tr..nhiều",
        "ngày: 0001-01-01", "ngày: 9999", "đến: 99999", "tiền: " + "9" * 5000, "tiền: <" + "9" * 5000 + "tr",
    ],
)  # fmt: skip
def test_whatever_is_not_understood_is_text(text):
    found = clauses(text)
    assert not found.any
    assert found.text == text


def test_fields_that_are_not_understood_are_read_up_to_a_number_too():
    asked = []
    found = read("tt: zz " * 1000 + "-tt: zz", today=TODAY, choices=lambda field, name: asked.append(name) or [])
    assert not found.any
    assert len(found.unread) == MOST_CLAUSES
    assert len(asked) <= MOST_CLAUSES * LONGEST_CHOICE


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from([*BY_NAME, ":", "：", " ", "-", '"', "..", "5tr", "1/1", "0912345678", "ạ", "İ", "ß", "ﬁ", ">"])
    )
)
def test_any_text_is_read(pieces):
    text = "".join(pieces)
    assert len(clauses(text).text) == len(text)
    query = parse(text)
    assert query.steps[-1].tree


def test_every_name_belongs_to_one_field():
    assert len(BY_NAME) == len({fold for field in FIELDS for fold in field.names} | set()) - _twice()


def _twice() -> int:
    """Names that are one without diacritics: sđt and sdt."""
    names = [name for field in FIELDS for name in field.names]
    return len(set(names)) - len(BY_NAME)


def test_days_in_understands_no_nonsense():
    assert days_in("", TODAY) is None
    assert days_in("32/13/2026", TODAY) is None


def test_the_page_asks_by_the_day_it_is():
    with clock.frozen(datetime(2026, 11, 26, 0, 30, tzinfo=HANOI)):
        assert parse("ngày: hôm nay").clauses.ranges == (
            Range("lodged_at", midnight(TODAY), midnight(date(2026, 11, 27))),
        )
