from dataclasses import fields, is_dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import abbreviations
from search.abbreviations import other_spellings, spelled_shorter
from search.backends.base import Part
from search.highlights import Fragment, Marker
from search.query import MOST_WORDS, parse
from search.tree import All, Boost, Const, Phrase, Term, deciding
from search.weights import ITSELF, MOST_SLIPS, SLIP


def test_words_phrases_and_identifiers_are_told_apart():
    query = parse('shop "bị lừa" 0912 345 678 ở chợ')
    assert [word.folded for word in query.words] == ["shop", "o", "cho"]
    assert [[word.folded for word in phrase] for phrase in query.phrases] == [["bi", "lua"]]
    assert [sorted(span.keys) for span, _ in query.identifiers] == [["0912345678"]]


@pytest.mark.parametrize("text", ["", "   ", '""', "?!…", "\x00", "😡", "''", '"', "\u202e"])
def test_nothing_to_search_for(text):
    assert parse(text).is_empty


def test_an_unclosed_quotation_is_text():
    assert [word.folded for word in parse('chán "quá').words] == ["chan", "qua"]


def test_too_much_is_shortened_and_said_so():
    query = parse(" ".join(f"w{n}x" for n in range(200)))
    assert len(query.words) == MOST_WORDS
    assert query.shortened
    assert not parse("hàng giả").shortened


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_any_text_parses_and_has_a_tree(text):
    query = parse(text)
    assert query.steps[-1].tree


def test_abbreviations_work_both_ways():
    assert ("khong",) in other_spellings("ko")
    assert ("ko",) in other_spellings("khong")
    assert ("san", "pham") in other_spellings("sp")
    assert "sp" in spelled_shorter("san", "pham")
    assert ("hi",) in other_spellings("hj")


def fragments(text: str, *parts: Part) -> list[Fragment]:
    [found] = Marker(parse(text)).fragments([parts])
    return found


def marked(text: str, *parts: Part) -> list[tuple[str, list[str]]]:
    found = fragments(text, *parts)
    return [(f.part, [piece for piece, is_marked in f.pieces if is_marked]) for f in found]


def test_highlights_are_in_the_texts_own_spelling():
    assert marked("ban xuoc", Part("narrative", "Nhận được bản xước rồi")) == [("narrative", ["bản", "xước"])]


def test_highlights_of_a_slip_and_of_an_abbreviation():
    assert marked("xuoocs", Part("narrative", "bìa xuooc")) == [("narrative", ["xuooc"])]
    assert marked("k sp", Part("narrative", "không phải sản phẩm")) == [("narrative", ["không", "sản", "phẩm"])]


def test_highlights_of_an_identifier():
    text = "gọi số 0912.345.678 ngay"
    assert marked("+84 912 345 678", Part("narrative", text)) == [("narrative", ["0912.345.678"])]
    assert marked("5678", Part("narrative", text)) == [("narrative", ["0912.345.678"])]


def test_highlights_of_what_is_drawn_out():
    assert marked("qua dep", Part("narrative", "ngon quáaaa đẹpppp, Quaa")) == [("narrative", ["quáaaa", "đẹpppp"])]
    assert marked("hang gia", Part("narrative", "haaaang giả")) == [("narrative", ["haaaang", "giả"])]
    assert marked("qua dep", Part("narrative", "đẹp qu" + "a" * 20)) == [("narrative", ["đẹp", "qu" + "a" * 20])]


def test_a_number_is_not_drawn_out():
    assert marked("giá 100", Part("narrative", "giá 10000 đồng, 100 đồng")) == [("narrative", ["giá", "100"])]
    assert marked("số 1", Part("narrative", "số 111")) == [("narrative", ["số"])]


def test_highlights_are_whole_words_and_identifiers_whole():
    assert marked("an 0912345678", Part("narrative", "an toàn, ban an_n 0912 345 678")) == [
        ("narrative", ["an", "an", "0912 345 678"])
    ]
    assert marked("VCB-123", Part("narrative", "mã VCB-123 nhé")) == [("narrative", ["VCB-123"])]
    assert marked("0912, 345678", Part("narrative", "gọi 0912 345 678")) == [("narrative", ["0912 345 678"])]


@pytest.mark.parametrize("before", ["", "mở đầu " * 30])
def test_what_is_longer_than_a_stretch_is_marked_as_far_as_it_is_shown(before):
    link = "https://shopee.vn/" + "san-pham-" * 20 + "i.123.456"
    [(_, [shown])] = marked(link, Part("narrative", f"{before}mua ở {link} nhé"))
    assert link.startswith(shown)
    assert len(shown) > 80


def test_a_mark_with_blanks_is_not_cut_where_the_text_has_no_others():
    story = "dài " * 60 + "gọi 0912 345 678," + "y" * 300
    assert marked("0912345678", Part("narrative", story)) == [("narrative", ["0912 345 678"])]


def test_a_word_longer_than_any_that_is_indexed_is_marked_whole():
    mined = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    assert marked(f"giao dịch {mined}", Part("narrative", f"giao dịch {mined}.")) == [
        ("narrative", ["giao", "dịch", mined])
    ]


def test_what_is_said_in_several_ways_counts_once():
    parts = [Part("file", "kem Kem KEM kemmm kemmmm"), Part("narrative", "kem giả lừa"), Part("note", "kem lừa")]
    assert [part for part, _ in marked("kem gia lua", *parts)] == ["narrative", "note"]


def test_of_a_long_story_the_stretch_with_the_most_marks_is_shown():
    story = "giả " + "mở đầu " * 60 + "kim cương giả mua ở chợ " + "kết thúc " * 60
    assert marked("kim cương giả", Part("narrative", story)) == [("narrative", ["kim", "cương", "giả"])]


def test_what_is_drawn_out_in_two_parts_makes_no_stretch_richer():
    story = "quáaaa " + "mở đầu " * 40 + "quá đẹp rồi " + "kết thúc " * 40
    found = marked("qua dep", Part("narrative", story), Part("note", "quáaaa"), Part("file", "quáaaa"))
    assert found[0] == ("narrative", ["quá", "đẹp"])


def test_a_long_story_without_a_blank_is_cut_too():
    [fragment] = fragments("kim", Part("narrative", "x/" * 500 + "kim" + "/y" * 500))
    assert [text for text, is_marked in fragment.pieces if is_marked] == ["kim"]
    assert len("".join(text for text, _ in fragment.pieces)) < 200


def test_a_long_story_is_cut_around_the_marks():
    story = "mở đầu " * 100 + "kim cương giả" + " kết thúc" * 100
    [fragment] = fragments("kim cương", Part("narrative", story))
    whole = "".join(text for text, _ in fragment.pieces)
    assert whole.startswith("…")
    assert whole.endswith("…")
    assert "kim cương giả" in whole
    assert len(whole) < 300


def test_the_senders_own_details_are_never_quoted():
    [fragment] = fragments("Trần Thị Mẫu", Part("complainant", "Trần Thị Mẫu"))
    assert fragment.pieces == ()


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.text(max_size=60))
def test_pieces_are_the_text(story, text):
    for fragment in fragments(text, Part("narrative", story)):
        assert "".join(piece for piece, _ in fragment.pieces).strip("…") in story or "…" in story


_PIECES = [*"mua hàng giả hànggg khong ko sản phẩm sp ß".split(), "x" * 40, "x" * 40 + "abc", "0912 345 678", ""]
_SAID = st.lists(st.sampled_from(_PIECES), max_size=9).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(st.tuples(st.sampled_from(["narrative", "note"]), _SAID), max_size=3), max_size=4), _SAID)
def test_many_hits_are_marked_as_each_of_them_is(told, text):
    hits, marker = [[Part(*one) for one in parts] for parts in told], Marker(parse(text))
    assert marker.fragments(hits) == [found for hit in hits for found in marker.fragments([hit])]


def test_a_word_drawn_out_to_forty_letters_marks_no_longer_one():
    hits = [[Part("narrative", "x" * 40)], [Part("narrative", "x" * 40 + "abc và hàng")]]
    first, [second] = Marker(parse("x hàng")).fragments(hits)
    assert first[0].pieces == (("x" * 40, True),)
    assert [piece for piece, is_marked in second.pieces if is_marked] == ["hàng"]


def test_a_code_that_was_asked_for_is_shown_though_another_word_stands_twice_elsewhere():
    story = (
        "Tôi có mã đơn và hoá đơn đầy đủ. "
        + "Cửa hàng hẹn nhiều lần rồi lại thôi. " * 9
        + "Trên bao bì ghi 12ab-cd rõ."
    )
    [found] = fragments("đơn 12ab-cd", Part("narrative", story))
    assert ("12ab-cd", True) in found.pieces


@pytest.mark.parametrize("text", ["", "___", "...", '""'])
def test_an_empty_query_finds_everything(text):
    [step] = parse(text).steps
    assert (step.tree, step.finds) == (All(), All())


@pytest.mark.parametrize(
    "text", ["mua hàng", '"mua hàng" giả', "0912345678 mua", "mua 5678", "sp: quạt -giả", "-giả", "mua"]
)
def test_what_decides_alone_ranks_nothing(text):
    query = parse(text)
    for step in (*query.steps, query.exact):
        assert deciding(step.finds) == step.finds


def test_what_was_said_twice_is_shown_once():
    parts = [Part("reason", "Ngừng bán hàng"), Part("reason", "Ngừng bán hàng"), Part("note", "Đã gọi bán hàng")]
    assert [fragment.part for fragment in fragments("bán hàng", *parts)] == ["reason", "note"]


def test_of_a_long_message_a_word_that_is_there_still_counts_whatever_its_rarity():
    """Too many words for slips: cases that hold only some of them are found all the same, and ranked."""
    query = parse(" ".join(f"{first}{last}" for first in "bcdght" for last in ("an", "em", "om")))
    assert len(query.words) > MOST_SLIPS
    scored = query.steps[-1].tree.wished
    alone = next(word.folded for word in query.words if not other_spellings(word.folded))
    assert Const(Term("folded", alone), SLIP + ITSELF) in scored
    assert any(isinstance(one, Boost) and isinstance(one.node, Phrase) for one in scored)
    assert Const(Term("folded", alone), SLIP + ITSELF) not in query.steps[0].tree.wished


def clauses_of(node) -> int:
    """As a server counts them: the leaves."""
    inner = [getattr(node, field.name) for field in fields(node)]
    nodes = [one for value in inner for one in (value if isinstance(value, tuple) else (value,)) if is_dataclass(one)]
    return sum(map(clauses_of, nodes)) or 1


@pytest.mark.parametrize(
    "text",
    [
        "khong " * 24, "khong minh " * 12, "khong không khống khỗng " * 6, "khong biet khong minh khong roi " * 2,
        " ".join(sorted(abbreviations.table().spellings, key=lambda one: -len(other_spellings(one)))[:24]),
        " ".join(sorted(abbreviations.table().spellings, key=lambda one: -len(other_spellings(one)))[:12])
        + "".join(f" sđt: 091234567{n}" for n in range(9)) + "".join(f' "một {n}" 81234567{n}' for n in range(9)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("spellings", [0, 30])
def test_no_message_makes_more_clauses_than_a_server_takes(monkeypatch, text, spellings):
    if spellings:
        many = [(f"x{n}y",) for n in range(spellings)]
        monkeypatch.setattr(abbreviations, "other_spellings", lambda folded: many)
    query = parse(text)
    steps = (*query.steps, query.exact)
    assert max(clauses_of(tree) for step in steps for tree in (step.tree, step.finds)) < 850
