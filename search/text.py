"""Vietnamese words made comparable, for both search engines: the engines only ever see what comes from here.

Each word has two forms. *Folded*: no case, no diacritics (`agencies.folding.fold`). *Exact*: lower case with its
letters' diacritics, the tone mark moved behind the last letter, so that both placements of a tone (hòa, hoà) and
both normal forms (NFC, NFD) are one word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from agencies.folding import fold, normalise

__all__ = [
    "LONGEST_WORD", "Word", "analysed", "drawn_out", "fold_in_place", "folded_words", "normalise", "one_edit_apart",
    "one_edit_away", "pair", "spaced", "standing", "words",
]  # fmt: skip

LONGEST_WORD = 40
# Letters and digits in runs: one by one, in turn with combining marks, takes nearly twice as long.
_WORD = re.compile("[^\\W_]+(?:[\u0300-\u036f]+[^\\W_]*)*")
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
# đẹpppp, quáaaa: a letter drawn out says only how loud it is.
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
# Stands between two parts of a document (story, note, …), so that no phrase runs from one into the next.
BREAK = "¶"
_BESIDE = "_"


class Word(NamedTuple):
    """A word of a text; ``start`` and ``end`` are its place in the text it was taken from."""

    folded: str
    exact: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The words of ``text``, which must be NFC (see `normalise`) for the places to fit. Never raises."""
    return [Word(*_forms(match[0]), *match.span()) for match in _WORD.finditer(text)]


def folded_words(text: str) -> list[str]:
    """The folded forms alone, in order: a fraction of the time of `words`."""
    return " ".join([folded for folded, _, _ in map(_read, text.split())]).split()


def standing(word: str, spaced: str, *, is_whole: bool = False) -> list[tuple[int, int]]:
    """Where the folded ``word`` stands in a text (see `spaced`). One of 40 letters may be the beginning of a longer one,
    unless it ``is_whole``. Not in one of the few letters that fold to two, nor where it holds a mark that makes no
    letter with the one before."""
    is_cut = len(word) == LONGEST_WORD and not is_whole
    found, wanted = list[tuple[int, int]](), f" {word}" if is_cut else f" {word} "
    at = spaced.find(wanted)
    while at >= 0:
        end = spaced.index(" ", at + 1) - 1 if is_cut else at + len(word)
        found.append((at, end))
        at = spaced.find(wanted, end)
    return found


def drawn_out(spaced: str, letters: Iterable[str]) -> list[tuple[str, str]]:
    """The words with any of ``letters`` drawn out, and what each says."""
    # Looked for one by one in much less time than the pattern takes.
    found = {word for letter in letters for word in _holding(letter * 3, spaced)}
    read = ((word, _DRAWN_OUT.sub(r"\1", word)) for word in found)
    return [(word, said) for word, said in read if word != said]


def _holding(piece: str, spaced: str) -> Iterator[str]:
    at = spaced.find(piece)
    while at >= 0:
        end = spaced.index(" ", at)
        yield spaced[spaced.rindex(" ", 0, at) + 1 : end]
        at = spaced.find(piece, end)


@lru_cache(maxsize=50_000)
def _forms(word: str) -> tuple[str, str]:
    folded = _DRAWN_OUT.sub(r"\1", "".join(_WORD.findall(fold(word))))
    decomposed = unicodedata.normalize("NFD", word.lower())
    letters = unicodedata.normalize("NFC", _TONES.sub("", decomposed))
    exact = _DRAWN_OUT.sub(r"\1", letters) + "".join(_TONES.findall(decomposed))
    return folded[:LONGEST_WORD], exact[:LONGEST_WORD]


@lru_cache(maxsize=50_000)
def _read(piece: str) -> tuple[str, str, str]:
    """The words of what stands between two blanks, mostly one: folded, exact, and each folded one said twice,
    “a a_b b”."""
    forms = [_forms(word) for word in _WORD.findall(piece)]
    twice = _BESIDE.join([f"{folded} {folded}" for folded, _ in forms])
    return " ".join([folded for folded, _ in forms]), " ".join([exact for _, exact in forms]), twice


class _LetterForLetter(dict[int, str]):
    """For `str.translate`: letters without case and diacritics, each one still; what is between words as ``between``."""

    def __init__(self, between: str = "") -> None:
        self.between = between

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        is_of_a_word = letter.isalnum() or unicodedata.combining(letter)
        made = (fold(letter) or letter)[0] if is_of_a_word else self.between or letter
        # Of letters beyond, ideographs mostly, none is kept: nobody can fill a server's memory with them.
        if code < 0x3000:
            self[code] = made
        return made


_IN_PLACE, _SPACED = _LetterForLetter(), _LetterForLetter(" ")
_ASCII_SPACED = bytes(code if chr(code).isalnum() else 0x20 for code in range(128)).lower() + bytes(128)


def fold_in_place(text: str) -> str:
    """``text`` without case and diacritics, letter for letter: what stands at a place stands there still."""
    return text.translate(_IN_PLACE)


def spaced(text: str) -> str:
    """The same with blanks for all that is between words, and around it: what stood at a place stands one further on."""
    # Vietnamese is its letters and their marks; half the time of looking up each letter.
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D")).encode("ascii", "ignore")
    if len(plain) == len(text):
        return f" {plain.translate(_ASCII_SPACED).decode('ascii')} "
    return f" {text.translate(_SPACED)} "


def pair(first: str, second: str) -> str:
    """Two neighbouring folded syllables as one term: most Vietnamese words are two syllables."""
    return _BESIDE.join((first, second))


@dataclass(frozen=True, slots=True)
class Analysed:
    """Texts as an engine indexes them: terms separated by blanks, for a tokenizer that only splits there."""

    folded: str
    exact: str
    pairs: str


def analysed(texts: Sequence[str]) -> Analysed:
    """The terms of ``texts`` (each normalised); no pair and no phrase spans two of them."""
    read = [
        zip(*found, strict=True) for text in texts if (found := [one for one in map(_read, text.split()) if one[0]])
    ]
    parts = [(" ".join(folded), " ".join(exact), _pairs(_BESIDE.join(twice))) for folded, exact, twice in read]
    between = f" {BREAK} "
    return Analysed(
        folded=between.join([folded for folded, _, _ in parts]),
        exact=between.join([exact for _, exact, _ in parts]),
        pairs=" ".join([pairs for _, _, pairs in parts if pairs]),
    )


def _pairs(twice: str) -> str:
    """Of “a a_b b_c c” what is between the first and the last word: “a_b b_c”."""
    return twice[twice.index(" ") + 1 : twice.rindex(" ")]


def one_edit_apart(a: str, b: str) -> bool:
    """Whether one letter added, left out or changed, or two neighbours swapped, makes ``a`` of ``b`` (or nothing does)."""
    return OSA.distance(a, b, score_cutoff=1) < 2


def one_edit_away(word: str, others: Sequence[str]) -> list[str]:
    """Those of ``others`` that are (see `one_edit_apart`)."""
    return [one for one, _, _ in process.extract(word, others, scorer=OSA.distance, score_cutoff=1, limit=None)]
