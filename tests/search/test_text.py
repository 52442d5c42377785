import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text import analysed, normalise, one_edit_apart, pair, words


def forms(text: str) -> list[tuple[str, str]]:
    return [(word.folded, word.exact) for word in words(normalise(text))]


@pytest.mark.parametrize("text", ["hòa bình thủy điện", "Đường người được", "quyền khuỷu thuở"])
def test_normal_forms_are_one(text):
    assert forms(text) == forms(unicodedata.normalize("NFD", text)) == forms(unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize(("new", "old"), [("hòa", "hoà"), ("thủy", "thuỷ"), ("khỏe", "khoẻ"), ("TÙY", "tuỳ")])
def test_both_tone_placements_are_one_word(new, old):
    assert forms(new) == forms(old)


def test_diacritics_tell_exact_words_apart():
    assert len({word.exact for word in words("ban bán bàn bản bạn băn bân")}) == 7
    assert {word.folded for word in words("ban bán bàn bản bạn băn bân")} == {"ban"}


def test_letters_drawn_out_do_not_count():
    assert forms("quáaaaa đẹpppp") == forms("quá đẹp")
    assert [w.folded for w in words("1000000 xoong")] == ["1000000", "xoong"]


def test_places_fit_the_text():
    text = normalise("Sách bị  xước… 😡 (hoà)")
    assert [text[w.start : w.end] for w in words(text)] == ["Sách", "bị", "xước", "hoà"]


def test_what_an_engine_indexes():
    terms = analysed(["Hàng giả", "đã trả"])
    assert terms.folded == "hang gia ¶ da tra"
    assert terms.pairs == f"{pair('hang', 'gia')} {pair('da', 'tra')}"


@given(st.text(max_size=200))
def test_any_text_has_its_words(text):
    found = words(normalise(text))
    assert all(word.folded and " " not in word.folded + word.exact for word in found)
    assert [w.start for w in found] == sorted(w.start for w in found)


@pytest.mark.parametrize("other", ["trach", "trch", "traach", "trsch", "rtach", "trahc"])
def test_one_edit(other):
    assert one_edit_apart("trach", other)
    assert one_edit_apart(other, "trach")


@pytest.mark.parametrize("other", ["trcah1", "tach1", "hcart", "xrach1"])
def test_two_edits(other):
    assert not one_edit_apart("trach", other)
