"""Exact wording of Decree 30/2020/NĐ-CP, Appendix I."""

from datetime import date

import pytest

from documents.decree30 import (
    Authority,
    Letterhead,
    OfficialDocument,
    Recipients,
    Signatory,
    Urgency,
    balanced_lines,
    bare_subject,
    document_number,
    document_symbol,
    place_and_date,
    without_degrees,
)
from tests.documents.conftest import notice


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 1, 5), "Đồng Tháp, ngày 05 tháng 01 năm 2026"),
        (date(2026, 2, 28), "Đồng Tháp, ngày 28 tháng 02 năm 2026"),
        (date(2026, 3, 9), "Đồng Tháp, ngày 09 tháng 3 năm 2026"),
        (date(2026, 9, 10), "Đồng Tháp, ngày 10 tháng 9 năm 2026"),
        (date(2026, 12, 31), "Đồng Tháp, ngày 31 tháng 12 năm 2026"),
    ],
)
def test_only_days_below_ten_and_the_first_two_months_are_padded(day, expected):
    assert place_and_date("Đồng Tháp", day) == expected


def test_a_draft_leaves_room_for_date_and_number():
    blank_date = place_and_date("Đồng Tháp", None)
    assert blank_date.split() == ["Đồng", "Tháp,", "ngày", "tháng", "năm"]
    assert "ngày\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0tháng" in blank_date
    assert document_number(None, "TB", "SCT") == "Số: " + "\u00a0" * 8 + "/TB-SCT"


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1, "Số: 01/TB-SCT"), (9, "Số: 09/TB-SCT"), (10, "Số: 10/TB-SCT"), (1234, "Số: 1234/TB-SCT")],
)
def test_numbers_below_ten_are_padded(number, expected):
    assert document_number(number, "TB", "SCT") == expected


@pytest.mark.parametrize(
    ("number", "kind", "issuer"),
    [(0, "TB", "SCT"), (-1, "TB", "SCT"), (1, "XX", "SCT"), (1, "TB", "S CT"), (1, "TB", "")],
)
def test_impossible_numbers_are_refused(number, kind, issuer):
    with pytest.raises(ValueError, match=r"number|type|abbreviation"):
        document_number(number, kind, issuer)


@pytest.mark.parametrize(
    ("signatory", "lines"),
    [
        (Signatory("Giám đốc", "Lê An"), ["GIÁM ĐỐC"]),
        (Signatory("Giám đốc", "Lê An", Authority.ACTING), ["Q. GIÁM ĐỐC"]),
        (Signatory("Phó Giám đốc", "Lê An", Authority.DEPUTY, "Giám đốc"), ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"]),
        (Signatory("Chánh Văn phòng", "Lê An", Authority.BY_ORDER, "Giám đốc"), ["TL. GIÁM ĐỐC", "CHÁNH VĂN PHÒNG"]),
        (Signatory("Trưởng phòng", "Lê An", Authority.BY_PROXY, "Giám đốc"), ["TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG"]),
        (
            Signatory("Chủ tịch", "Lê An", Authority.COLLECTIVE, "Ủy ban nhân dân"),
            ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"],
        ),
        (
            Signatory("Phó Chủ tịch", "Lê An", Authority.DEPUTY, "Chủ tịch", collective="Ủy ban nhân dân"),
            ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"],
        ),
    ],
)
def test_authority_to_sign(signatory, lines):
    assert signatory.title_lines == lines


@pytest.mark.parametrize(("authority", "instead_of"), [(Authority.DEPUTY, ""), (None, "Giám đốc")])
def test_signing_in_stead_names_whom(authority, instead_of):
    with pytest.raises(ValueError, match="instead_of"):
        Signatory("Phó Giám đốc", "Lê An", authority, instead_of)


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("TS. Nguyễn Thị Tư", "Nguyễn Thị Tư"),
        ("PGS.TS. Trần Sơn", "Trần Sơn"),
        ("ThS Lê Văn Bảy", "Lê Văn Bảy"),
        ("GS.TSKH Phan Cẩm Tú", "Phan Cẩm Tú"),
        ("Tsăn Văn Cnô", "Tsăn Văn Cnô"),
        ("Lê Thị Bs", "Lê Thị Bs"),
    ],
)
def test_names_are_printed_without_degrees(name, printed):
    assert without_degrees(name) == printed


def test_recipients_end_with_the_archive():
    recipients = Recipients(("UBND tỉnh (để báo cáo);", "Công an tỉnh"), ("VT", "QLTM"))
    assert recipients.lines == ["- UBND tỉnh (để báo cáo);", "- Công an tỉnh;", "- Lưu: VT, QLTM."]


def test_grounds_end_with_semicolons_and_the_last_with_a_full_stop():
    assert notice(grounds=("Căn cứ A.", "Căn cứ B;", "Căn cứ C")).ground_lines == [
        "Căn cứ A;", "Căn cứ B;", "Căn cứ C.",
    ]  # fmt: skip
    assert notice(grounds=()).ground_lines == []


def test_an_appendix_names_its_document():
    assert notice().appendix_note == ("(Kèm theo Thông báo số 05/TB-SCT ngày 05 tháng 02 năm 2026 của Sở Công Thương)")


def test_urgency_boxes():
    assert [(urgency.mark, *urgency.value[1:]) for urgency in Urgency] == [
        ("HỎA TỐC", 30, 8), ("THƯỢNG KHẨN", 40, 8), ("KHẨN", 20, 8),
    ]  # fmt: skip


def test_long_names_break_evenly():
    assert balanced_lines("ỦY BAN NHÂN DÂN TỈNH ĐỒNG THÁP", 22) == ["ỦY BAN NHÂN DÂN", "TỈNH ĐỒNG THÁP"]
    assert balanced_lines("SỞ CÔNG THƯƠNG", 22) == ["SỞ CÔNG THƯƠNG"]
    assert balanced_lines("", 22) == []
    assert balanced_lines("Một\nHai", 22) == ["Một", "Hai"]


def test_decomposed_text_counts_letters_not_marks():
    assert balanced_lines("U\u031b\u0309Y BAN", 6) == ["ỬY BAN"]


def test_an_unknown_type_has_no_name():
    document = OfficialDocument(Letterhead("Sở", "S", "Đ"), "ZZ", "x", Signatory("Giám đốc", "A"))
    with pytest.raises(KeyError):
        _ = document.type_name


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Về việc trả lời phản ánh", "trả lời phản ánh"),
        ("V/v Trả lời phản ánh", "trả lời phản ánh"),
        ("Về vụ việc 82-AAAAA", "vụ việc 82-AAAAA"),
        ("Trả lời phản ánh", "trả lời phản ánh"),
        ("UBND tỉnh trả lời", "UBND tỉnh trả lời"),
    ],
)
def test_a_subject_goes_on_after_its_lead_in(subject, bare):
    assert bare_subject(subject) == bare


def test_an_official_letter_has_no_type_in_its_symbol_and_greets_its_addressees():
    document = OfficialDocument(
        Letterhead("Sở", "SCT", "Đ"), "CV", "Trả lời phản ánh", Signatory("Giám đốc", "A"), number=5,
        addressees=("Ông A", "Bà B"), field_abbr="QLTM",
    )  # fmt: skip
    assert document.number_line == "Số: 05/SCT-QLTM"
    assert document.letter_subject == "V/v trả lời phản ánh"
    assert document.addressee_lines == ["Kính gửi:", "- Ông A;", "- Bà B."]
    assert document_symbol("CV", "SCT") == "SCT"
