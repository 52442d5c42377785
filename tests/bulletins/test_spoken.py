"""How it is read aloud."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulletins.spoken import ADDRESS, BREATH, breaths, cardinal, digits, sentences, spoken

HOTLINES = ("1800.6838", "113", "156", "5656")


@pytest.mark.parametrize(("number", "words"), [
    (0, "không"), (10, "mười"), (15, "mười lăm"), (21, "hai mươi mốt"), (24, "hai mươi tư"), (55, "năm mươi lăm"),
    (101, "một trăm linh một"), (110, "một trăm mười"), (1_001, "một nghìn không trăm linh một"),
    (2026, "hai nghìn không trăm hai mươi sáu"), (12_500_000, "mười hai triệu năm trăm nghìn"),
    (3_000_000_005, "ba tỷ không trăm linh năm"),
])  # fmt: skip
def test_numbers(number, words):
    assert cardinal(number) == words


@pytest.mark.parametrize(("written", "read"), [
    ("Thiệt hại 8.000.000 đồng", "Thiệt hại tám triệu đồng"),
    ("phạt 30.000đ", "phạt ba mươi nghìn đồng"),
    ("tăng 12,5%", "tăng mười hai phẩy năm phần trăm"),
    ("ngày 05/01/2026", "ngày mùng năm tháng một năm hai nghìn không trăm hai mươi sáu"),
    ("ngày 20/4", "ngày hai mươi tháng tư"),
    ("tháng 10/2026", "tháng mười năm hai nghìn không trăm hai mươi sáu"),
    ("lúc 8h30", "lúc tám giờ ba mươi phút"),
    ("trực 24/7", "trực suốt ngày đêm"),
    ("3-5 ngày", "ba đến năm ngày"),
    ("hộp 250 ml", "hộp hai trăm năm mươi mi li lít"),
    ("Quyết định số 15/QĐ-XPHC", "Quyết định số mười lăm"),
    ("Nghị định 55/2024/NĐ-CP", "Nghị định năm mươi lăm năm hai nghìn không trăm hai mươi tư"),
    ("Gọi 1800.6838", "Gọi một tám không không, sáu tám ba tám"),
    ("gọi 113 ngay", "gọi một một ba ngay"),
    ("Có 113 vụ", "Có một trăm mười ba vụ"),
    ("số 0912345678", "số không chín một hai, ba bốn năm, sáu bảy tám"),
    ("UBND TP. Cao Lãnh", "Ủy ban nhân dân thành phố Cao Lãnh"),
    ("không đọc mã OTP", "không đọc mã ô tê pê"),
    ("Lô SX2024A", "Lô sờ ích hai không hai bốn a"),
    ("vào hxxps://shop[.]example/kem", "vào địa chỉ mạng ghi trong bản tin"),
    ("vào shop-gia[.]vn", "vào địa chỉ mạng ghi trong bản tin"),
    ("thư a[@]b[.]example", "thư địa chỉ mạng ghi trong bản tin"),
    ("từ số 0909••••56", "từ số ghi trong bản tin"),
])  # fmt: skip
def test_what_is_written_is_read(written, read):
    assert spoken(written, numbers=HOTLINES) == read


def test_long_numbers_are_read_in_groups():
    assert digits("0277 3010 000") == "không hai bảy bảy, ba không một không, không không không"


@given(st.text(alphabet="0123456789.,/-–:%hđ°•[]()@ aBĐQTx\n", max_size=60))
def test_no_digit_and_no_address_is_left_whatever_was_written(text):
    said = spoken(text)
    assert not re.search(r"\d|://|•|@", said)


@given(st.text(max_size=200))
def test_anything_is_read_without_an_error(text):
    for sentence in sentences(spoken(text)):
        assert breaths(sentence)


def test_sentences_are_short_and_lines_are_read_in_one_breath():
    made = list(sentences("Xem nhãn; hỏi hóa đơn (nếu có) - rồi trả tiền. Đừng vội!"))
    assert made == ["Xem nhãn.", "Hỏi hóa đơn, nếu có.", "Rồi trả tiền.", "Đừng vội!"]
    long = ", ".join(["một hai ba bốn năm sáu bảy tám"] * 6) + "."
    assert all(len(line.split()) <= BREATH for line in breaths(long))
    assert " ".join(breaths(long)) == long


@pytest.mark.parametrize("endless", ["1." * 2500, "@" * 5000, "a@" * 2500, "•" * 5000, "W" * 5000])
def test_a_word_without_end_is_not_read(endless):
    assert spoken(f"Xem {endless} ngay") == f"Xem {ADDRESS} ngay"
