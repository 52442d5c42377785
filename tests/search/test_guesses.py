"""Raw keystrokes read as what they were meant for; words that stand nowhere put right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.backends.base import Part
from search.guesses import respelled, retyped
from search.keystrokes import decoded, is_syllable
from search.query import parse


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lwaf ddaor", "lừa đảo"), ("chuyeenr khoanr", "chuyển khoản"), ("hangf giar", "hàng giả"),
        ("dduwowcj ddieenj thoaij", "được điện thoại"), ("khoong giao hangf", "không giao hàng"),
        ("lu7a2 d9ao3", "lừa đảo"), ("hang2 gia3", "hàng giả"), ("tieenf vaf quaf", "tiền và quà"),
    ],
)  # fmt: skip
def test_keystrokes_are_read(typed, meant):
    assert retyped(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "hàng giả", "hang gia", "iphone 15 pro max", "shop giao box rỗng", "samsung s24", "0912345678", "", "lừa đảo ddaor",
        "ko nhan dc sp", "kem tron",
    ],
)  # fmt: skip
def test_what_may_be_words_is_left_alone(typed):
    assert retyped(typed) == ""


def test_when_nothing_was_found_every_word_that_can_be_read_is():
    assert retyped("iphone giar", guess=True) == "iphone giả"
    assert retyped("iphone", guess=True) == ""


@pytest.mark.parametrize("word", ["tieeng", "hangff", "dd", "w", "aaa", "xyz", "cacr", "123", "a1b2c3d4e5f6g7"])
def test_what_makes_no_syllable_is_none(word):
    made = decoded(word)
    assert made is None or is_syllable(made)


@given(st.text(max_size=30))
def test_any_text_can_be_asked_about(text):
    made = retyped(text, guess=True)
    assert isinstance(made, str)
    assert made != text or not text


def test_a_word_that_stands_nowhere_is_put_right_from_what_was_found():
    hits = [[Part("narrative", "Bị lừa chuyển khoản")], [Part("narrative", "chuyển khoản xong thì mất")]]
    typed = "lừa chuyenr khoảnn"
    assert respelled(typed, parse(typed), hits) == "lừa chuyển khoản"
    assert respelled("chuyển khoản", parse("chuyển khoản"), hits) == ""
    assert respelled("hoàn toàn khác", parse("hoàn toàn khác"), hits) == ""


def test_the_neighbour_decides_between_two_that_are_alike():
    hits = [[Part("narrative", "thảo luận, thảo luận, mua điện thoại")]]
    assert respelled("dien thaoi", parse("dien thaoi"), hits) == "dien thoại"


def test_the_senders_details_are_no_dictionary():
    assert respelled("nguyenn", parse("nguyenn"), [[Part("complainant", "Nguyễn Thị Mẫu")]]) == ""


def test_without_a_word_that_may_be_a_slip_the_hits_are_not_read():
    """Reading them takes longer than finding them."""
    typed = "kem trộn kich ung"
    assert respelled(typed, parse(typed), None) == ""
