"""What a person may have meant: keystrokes that were not turned into letters, words that stand nowhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain, pairwise

from . import abbreviations
from .backends.base import Part
from .fields import NAMED
from .keystrokes import decoded, is_syllable
from .query import Query
from .text import Word, fold_in_place, normalise, one_edit_apart, words
from .weights import SHORTEST_SLIP

_QUOTED = re.compile('["“”„«][^"“”„«»]+["“”„»]')
_TYPED = re.compile(r"[A-Za-z][A-Za-z0-9]*|\d+")


def retyped(text: str, *, guess: bool = False) -> str:
    """``text`` with raw Telex or VNI keystrokes made letters; empty when it holds none.

    Only where every word can be Vietnamese, one way or the other, and one of them is nothing but keystrokes. With
    ``guess``, when nothing was found as typed, wherever a word can be read so.
    """
    if not guess and not text.isascii():
        return ""
    kept = _as_they_are(text)
    typed = [match[0] for match in _TYPED.finditer(text) if match.start() not in kept]
    raw = [word for word in typed if decoded(word) and not is_syllable(word.lower())]
    foreign = [
        word for word in typed
        if not (decoded(word) or is_syllable(word.lower()) or word.isdigit() or _is_known(word.lower()))
    ]  # fmt: skip
    if not guess and (foreign or not raw):
        return ""

    def read(match: re.Match[str]) -> str:
        return match[0] if match.start() in kept else _read(match[0], guess or match[0] in raw)

    made = _TYPED.sub(read, text)
    return made if made != text else ""


def as_typed(text: str) -> str:
    """``text`` with what could be read as keystrokes in quotation marks, which are never read so."""
    kept = _as_they_are(text)

    def quoted(match: re.Match[str]) -> str:
        return match[0] if match.start() in kept or not decoded(match[0]) else f'"{match[0]}"'

    return _TYPED.sub(quoted, text)


def _as_they_are(text: str) -> set[int]:
    """Places that are no keystrokes: in quotation marks, and in the names of fields."""
    spans = [match.span() for match in _QUOTED.finditer(text)]
    spans += [match.span() for match in NAMED.finditer(fold_in_place(text))]
    return {at for start, end in spans for at in range(start, end)}


def readings(text: str) -> list[str]:
    """What ``text`` may be where nothing holds it as typed, the likeliest first: keystrokes where it can be nothing
    else, as typed (with slips), whatever can be read as keystrokes."""
    meant = (retyped(text), text, retyped(text, guess=True))
    return list(dict.fromkeys(one for one in meant if one or one == text))


def _read(word: str, wanted: bool) -> str:
    plain = word.lower()
    if not wanted and (is_syllable(plain) or _is_known(plain)):
        return word
    return decoded(word) or word


def _is_known(word: str) -> bool:
    return bool(abbreviations.other_spellings(word))


def respelled(text: str, query: Query, hits: Sequence[Sequence[Part]]) -> str:
    """``text`` with each word that stands in none of ``hits`` replaced by a like one that does: the one that stands
    beside the same neighbours, then the one that stands there most. Empty when there is nothing to put right. Made of
    what was found alone, so it tells nothing else."""
    made = typed = normalise(text)
    slips = [place for place, word in enumerate(query.words) if _may_be_a_slip(word, typed)]
    if not slips:
        return ""
    stands, beside = _dictionary(hits)
    known = {folded for folded, _written in stands}
    for place in reversed(slips):
        word = query.words[place]
        if word.folded in known:
            continue
        near = {
            other.folded for other in (*query.words[max(0, place - 1) : place], *query.words[place + 1 : place + 2])
        }
        # People slip anywhere but at the first letter.
        likely = [
            (sum(beside[folded, other] for other in near), count, written)
            for (folded, written), count in stands.items()
            if folded[0] == word.folded[0] and one_edit_apart(folded, word.folded)
        ]
        if likely:
            made = made[: word.start] + max(likely)[2] + made[word.end :]
    return made if made != typed else ""


def _may_be_a_slip(word: Word, typed: str) -> bool:
    """A syllable that can be Vietnamese is no slip, only a word that stands nowhere."""
    long_enough = len(word.folded) >= SHORTEST_SLIP and not _is_known(word.folded)
    return long_enough and not is_syllable(typed[word.start : word.end].lower())


def _dictionary(hits: Sequence[Sequence[Part]]) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """How often (folded, as written) stands in them, and how often two folded words stand side by side."""
    stands: Counter[tuple[str, str]] = Counter()
    beside: Counter[tuple[str, str]] = Counter()
    for part in chain.from_iterable(hits):
        if part.name == "complainant":
            continue
        said = words(part.text)
        stands.update((word.folded, part.text[word.start : word.end].lower()) for word in said)
        for a, b in pairwise(said):
            beside.update([(a.folded, b.folded), (b.folded, a.folded)])
    return stands, beside
