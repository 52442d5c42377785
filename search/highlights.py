"""Why a case was found: the words, marked where they stand in what the reader may read."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from . import abbreviations, keys
from .backends.base import Part
from .query import Query
from .text import drawn_in, one_edit_away, spaced, standing
from .weights import SHORTEST_SLIP

MOST_FRAGMENTS = 2
# Characters: of a fragment, and of what stands in it before its first mark.
LONGEST, CONTEXT = 170, 50
_FIRST_PART = "narrative"
# Found by it, not shown it: a look at who complained is recorded, and happens on the case's page.
_WITHHELD = "complainant"
_BLANK = re.compile(r"\s")

# Where something stands in a text.
Place = tuple[int, int]


@dataclass(frozen=True)
class Fragment:
    """A stretch of text in pieces; ``part`` says what it is from, each piece whether it is marked. Of the
    complainant's own details there are no pieces: only that they fit."""

    part: str
    pieces: tuple[tuple[str, bool], ...]


class Marker:
    """Marks what one query asked for, in hit after hit."""

    def __init__(self, query: Query) -> None:
        said = [query.words, *query.phrases, *(section.words for section in query.clauses.sections)]
        self._typed = {word.folded for one in said for word in one if word.folded}
        self._spelled = {word: abbreviations.other_spellings(word) for word in self._typed}
        self._long = [word.folded for word in query.words if len(word.folded) >= SHORTEST_SLIP]
        self._keys = _asked_keys(query)
        self._has_words = bool(query.words)

    def fragments(self, parts: Sequence[Part]) -> list[Fragment]:
        """At most two stretches that hold most of what was asked for; the story's beginning when none does."""
        read = list(dict.fromkeys(parts))
        said = [spaced(part.text) for part in read]
        places = self._places(said)
        if self._keys:
            for part, marks in zip(read, places, strict=True):
                marks.extend(self._identifiers(part.text))
        if self._has_words and not any(places):
            places = self._similar(said)
        found = [
            (len({text[start + 1 : end + 1] for start, end in marks}), -order, part, sorted(marks))
            for order, (part, text, marks) in enumerate(zip(read, said, places, strict=True))
        ]
        best = sorted((one for one in found if one[0]), reverse=True)[:MOST_FRAGMENTS]
        if not best:
            best = [one for one in found if one[2].name == _FIRST_PART][:1]
        return [_fragment(part, marks) for _, _, part, marks in best]

    def _places(self, said: Sequence[str]) -> list[list[Place]]:
        """By part, of the words typed, and of other spellings of those that stand nowhere."""
        found: list[list[Place]] = [[] for _ in said]
        absent = [word for word in self._typed if not _collected(found, said, word)]
        ways = {way for word in absent for way in self._spelled[word]}
        for way in ways:
            if all(any(f" {syllable} " in text for text in said) for syllable in way):
                for syllable in way:
                    _collected(found, said, syllable)
        return found

    def _identifiers(self, text: str) -> Iterator[Place]:
        """Of the identifiers that were asked for."""
        for span in keys.spans(text):
            if not self._keys.isdisjoint(span.keys | _endings(span.keys)):
                yield span.start, span.end

    def _similar(self, said: Sequence[str]) -> list[list[Place]]:
        """By part, of words drawn out or spelled with one slip."""
        there = list(set(chain.from_iterable(text.split() for text in said)))
        alike = {word for word in there if drawn_in(word) in self._typed}
        alike.update(chain.from_iterable(one_edit_away(word, there) for word in self._long))
        found: list[list[Place]] = [[] for _ in said]
        for word in alike:
            _collected(found, said, word)
        return found


def _collected(found: Sequence[list[Place]], said: Sequence[str], word: str) -> bool:
    """Puts to ``found``, by part, where ``word`` stands; whether it does."""
    stands = False
    for marks, text in zip(found, said, strict=True):
        if places := standing(word, text):
            marks.extend(places)
            stands = True
    return stands


def _asked_keys(query: Query) -> set[str]:
    asked = {key for span, _ in query.identifiers for key in span.keys}
    return asked | {key.partition(":")[2] for any_of in query.clauses.keys for key in any_of}


def _endings(found: Iterable[str]) -> set[str]:
    return {ending for key in found if key.isdecimal() for ending in keys.keys_of("bank_account", key)}


def _fragment(part: Part, marks: Sequence[Place]) -> Fragment:
    """``marks`` in order."""
    if part.name == _WITHHELD:
        return Fragment(part.name, ())
    text = part.text
    first, last = _stretch(text, [start for start, _ in marks])
    pieces: list[tuple[str, bool]] = [("…", False)] if first else []
    at = first
    for start, end in marks:
        if at <= start and end <= last:
            pieces += [(text[at:start], False), (text[start:end], True)]
            at = end
    pieces.append((text[at:last] + ("…" if last < len(text) else ""), False))
    return Fragment(part.name, tuple(piece for piece in pieces if piece[0]))


def _stretch(text: str, starts: Sequence[int]) -> Place:
    """Of the at most 170 characters with the most marks, from a blank to a blank where there is one."""
    if len(text) <= LONGEST:
        return 0, len(text)
    within = [bisect_left(starts, start + LONGEST - CONTEXT) - n for n, start in enumerate(starts)]
    mark = starts[within.index(max(within))] if starts else 0
    first = max(0, min(mark - CONTEXT, len(text) - LONGEST))
    blank = _BLANK.search(text, first, mark) if first else None
    first = blank.end() if blank else first
    last = min(len(text), first + LONGEST)
    if last < len(text):
        last = max(text.rfind(" ", mark, last + 1), text.rfind("\n", mark, last + 1))
        last = last if last > first else first + LONGEST
    return first, last
