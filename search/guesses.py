"""What a person may have meant: keystrokes that were not turned into letters, words that stand nowhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from . import abbreviations
from .backends.base import Part
from .keystrokes import decoded, is_syllable
from .query import SHORTEST_SLIP, Query
from .text import normalise, one_edit_apart, words

_TYPED = re.compile(r"[A-Za-z][A-Za-z0-9]*|\d+")


def retyped(text: str, *, guess: bool = False) -> str:
    """``text`` with raw Telex or VNI keystrokes made letters; empty when it holds none.

    Only where every word can be Vietnamese, one way or the other, and one of them is nothing but keystrokes. With
    ``guess``, when nothing was found as typed, wherever a word can be read so.
    """
    typed = _TYPED.findall(text)
    raw = [word for word in typed if decoded(word) and not is_syllable(word.lower())]
    foreign = [
        word for word in typed
        if not (decoded(word) or is_syllable(word.lower()) or word.isdigit() or _is_known(word.lower()))
    ]  # fmt: skip
    if not guess and (foreign or not raw or not text.isascii()):
        return ""
    made = _TYPED.sub(lambda match: _read(match[0], guess or match[0] in raw), text)
    return made if made != text else ""


def readings(text: str) -> list[str]:
    """What ``text`` may be, the likeliest first: keystrokes where it can be nothing else, as typed, whatever can be
    read as keystrokes."""
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
    """``text`` with each word that stands in none of ``hits`` replaced by the like one that stands in most; empty
    when there is nothing to put right. Made of what was found alone, so it tells nothing else."""
    stands = Counter(
        (word.folded, part.text[word.start : word.end].lower())
        for parts in hits for part in parts if part.name != "complainant" for word in words(part.text)
    )  # fmt: skip
    known = {folded for folded, _written in stands}
    made = typed = normalise(text)
    for word in reversed(query.words):
        if len(word.folded) < SHORTEST_SLIP or word.folded in known or _is_known(word.folded):
            continue
        # People slip anywhere but at the first letter.
        near = (one for one in stands.items() if one[0][0][0] == word.folded[0])
        likely = [(count, written) for (folded, written), count in near if one_edit_apart(folded, word.folded)]
        if likely:
            made = made[: word.start] + max(likely)[1] + made[word.end :]
    return made if made != typed else ""
