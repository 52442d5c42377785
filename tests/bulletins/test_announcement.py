"""What is read over loudspeakers: everything one has to know, nothing one cannot say."""

import re

from bulletins.announcement import announcement, as_text
from bulletins.spoken import BREATH
from tests.bulletins.conftest import ADVICE, PRODUCT, SCAM, VIOLATOR
from tests.bulletins.told import copy, version

FIGURES = {"received": 46, "resolved": 12, "loss": 159_000_000}


def all_kinds():
    return [
        copy("product", **PRODUCT), copy("scam", **SCAM),
        copy("violator", **VIOLATOR | {"reply": "Chúng tôi nhận lỗi."}), copy("advice", **ADVICE),
    ]  # fmt: skip


def said(*items, figures=None):
    return announcement(version(figures=figures), list(items))


def test_the_whole_bulletin_is_read():
    text = as_text(said(*all_kinds(), figures=FIGURES), symbol="01/TB-SCT").decode("utf-8-sig")
    assert text.startswith("[Không đọc phần này. Bản tin 01/TB-SCT.")
    _head, _empty, body = text.partition("\r\n\r\n")
    assert "Sở Công Thương tỉnh Đồng Tháp xin thông báo." in body
    assert "bốn mươi sáu lượt phản ánh" in body
    assert "một trăm năm mươi chín triệu đồng" in body
    assert "Người tiêu dùng cần: Ngừng dùng và báo cơ quan chức năng." in body
    assert "Gọi báo có đơn, xin chuyển khoản ba mươi nghìn đồng." in body
    assert "ngày hai mươi tháng mười năm hai nghìn không trăm hai mươi sáu" in body
    assert "Phía cơ sở cho biết như sau.\r\nChúng tôi nhận lỗi." in body
    assert body.count("một tám không không, sáu tám ba tám") == 2
    assert not re.search(r"\d|://|\[|•|8934588012112|shop-gia", body)
    assert "\n" not in body.replace("\r\n", "")


def test_it_tells_how_long_reading_takes():
    made = said(copy(**PRODUCT))
    assert made.seconds == -(-made.words * 60 // 130)
    assert made.duration in as_text(made, symbol="").decode()
    assert 40 < made.words < 200


def test_lines_are_short_enough_to_be_read_in_one_breath():
    for lines in said(*all_kinds(), figures=FIGURES).paragraphs:
        assert all(len(line.split()) <= BREATH + 8 for line in lines), lines


def test_equal_copies_give_equal_bytes():
    assert as_text(said(*all_kinds()), symbol="1") == as_text(said(*all_kinds()), symbol="1")


def test_of_what_was_taken_down_nothing_is_read():
    assert "Sen Xanh" not in as_text(said(copy("advice", **ADVICE)), symbol="1").decode()


def test_markup_and_endless_words_are_read_as_they_are_and_break_nothing():
    wild = copy("advice", title="<script>alert(1)</script>", text="a" * 5000 + " file:///etc/passwd http://x.example")
    text = as_text(said(wild), symbol="1").decode()
    assert "file://" not in text
    assert "x.example" not in text
