"""Vietnamese words made comparable, for both search engines: the engines only ever see what comes from here.

Each word has two forms. *Folded*: no case, no diacritics (`agencies.folding.fold`). *Exact*: lower case with its
letters' diacritics, the tone mark moved behind the last letter, so that both placements of a tone (hòa, hoà) and
both normal forms (NFC, NFD) are one word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise
from typing import NamedTuple

from agencies.folding import fold, normalise

__all__ = ["LONGEST_WORD", "Word", "analysed", "fold_in_place", "normalise", "one_edit_apart", "pair", "words"]

LONGEST_WORD = 40
# Letters and digits in runs: one by one, in turn with combining marks, takes nearly twice as long.
_WORD = re.compile("[^\\W_]+(?:[\u0300-\u036f]+[^\\W_]*)*")
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
# đẹpppp, quáaaa: a letter drawn out says only how loud it is.
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
# Stands between two parts of a document (story, note, …), so that no phrase runs from one into the next.
BREAK = "¶"


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
    """The folded forms alone, in order: a third of the time of `words`."""
    return [_forms(word)[0] for word in _WORD.findall(text)]


def places(text: str, first: int, last: int | None = None) -> list[tuple[int, int]]:
    """Where the words numbered ``first`` to ``last`` stand, as `folded_words` numbers them."""
    return [match.span() for match in islice(_WORD.finditer(text), first, None if last is None else last + 1)]


@lru_cache(maxsize=50_000)
def _forms(word: str) -> tuple[str, str]:
    folded = _DRAWN_OUT.sub(r"\1", "".join(_WORD.findall(fold(word))))
    decomposed = unicodedata.normalize("NFD", word.lower())
    letters = unicodedata.normalize("NFC", _TONES.sub("", decomposed))
    exact = _DRAWN_OUT.sub(r"\1", letters) + "".join(_TONES.findall(decomposed))
    return folded[:LONGEST_WORD], exact[:LONGEST_WORD]


def fold_in_place(text: str) -> str:
    """``text`` without case and diacritics, letter for letter: what stands at a place stands there still."""
    return "".join((fold(letter) or letter)[0] for letter in text)


def pair(first: str, second: str) -> str:
    """Two neighbouring folded syllables as one term: most Vietnamese words are two syllables."""
    return f"{first}_{second}"


@dataclass(frozen=True, slots=True)
class Analysed:
    """Texts as an engine indexes them: terms separated by blanks, for a tokenizer that only splits there."""

    folded: str
    exact: str
    pairs: str


def analysed(texts: Sequence[str]) -> Analysed:
    """The terms of ``texts`` (each normalised); no pair and no phrase spans two of them."""
    parts = [found for text in texts if (found := [_forms(word) for word in _WORD.findall(text)])]
    pairs = (f"{a}_{b}" for part in parts for (a, _), (b, _) in pairwise(part))
    between = f" {BREAK} "
    return Analysed(
        folded=between.join(" ".join([folded for folded, _ in part]) for part in parts),
        exact=between.join(" ".join([exact for _, exact in part]) for part in parts),
        pairs=" ".join(pairs),
    )


def one_edit_apart(a: str, b: str) -> bool:
    """Whether one letter added, left out or changed, or two neighbours swapped, makes ``a`` of ``b`` (or nothing does)."""
    if abs(len(a) - len(b)) > 1:
        return False
    same = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    a, b = a[same:], b[same:]
    swapped = len(a) > 1 and a[1::-1] + a[2:] == b
    return swapped or a[1:] == b[1:] or a[1:] == b or a == b[1:]
