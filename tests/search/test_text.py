import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text import (
    analysed,
    drawn_out,
    fold_in_place,
    normalise,
    one_edit_apart,
    one_edit_away,
    pair,
    spaced,
    standing,
    words,
)


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


ODD = st.text(st.sampled_from("aăâđĐeêÊwWZ .,–“…_/\n\t0129ẮỆợữÝ\u0301\u0323ßﬁİıñÅ中👍½²"), max_size=30)


@given(ODD.map(normalise))
def test_what_is_between_words_is_blank_and_all_else_where_it_was(text):
    folded, found = fold_in_place(text), spaced(text)
    assert len(folded) == len(text) == len(found) - 2
    for place, letter in enumerate(text):
        assert found[place + 1] == (folded[place] if letter.isalnum() or unicodedata.combining(letter) else " ")


@given(ODD.map(normalise).filter(lambda text: not any(map(unicodedata.combining, text))))
def test_a_word_stands_where_it_was_read(text):
    said = words(text)
    for word in said:
        is_plain = fold_in_place(text[word.start : word.end]) == word.folded
        assert not is_plain or (word.start, word.end) in standing(word.folded, spaced(text))


def test_what_is_drawn_out_says_the_word():
    assert set(drawn_out(spaced("quá quáaa quaa haaang quáaa 1000000"), "agh")) == {
        ("quaaa", "qua"),
        ("haaang", "hang"),
    }
    assert drawn_out(spaced("quá"), "aqu") == drawn_out(spaced("quáaa"), "qu") == []
    assert drawn_out(spaced("1000000"), "0") == []


def test_those_one_edit_away():
    assert one_edit_away("hang", ["hang", "hnag", "han", "ganh", "hange"]) == ["hang", "hnag", "han", "hange"]
