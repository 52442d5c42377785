"""Why a case was found: the words, marked where they stand in what the reader may read."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, chain, islice, pairwise
from typing import NamedTuple

from . import abbreviations, keys
from .backends.base import Part
from .query import Query
from .text import drawn_out, one_edit_away, spaced, standing
from .weights import SHORTEST_SLIP

MOST_FRAGMENTS = 2
# Characters: of a fragment, and of what stands in it before its first mark.
LONGEST, CONTEXT = 170, 50
_FIRST_PART = "narrative"
# Found by it, not shown it: a look at who complained is recorded, and happens on the case's page.
_WITHHELD = "complainant"
_BLANK = re.compile(r"\s")


class Mark(NamedTuple):
    """Where something stands in a text. ``of``: what of the query it is."""

    start: int
    end: int
    of: str


@dataclass(frozen=True)
class Fragment:
    """A stretch of text in pieces; ``part`` says what it is from, each piece whether it is marked. Of the
    complainant's own details there are no pieces: only that they fit."""

    part: str
    pieces: tuple[tuple[str, bool], ...]


class Marker:
    """Marks what one query asked for, in all of its hits at once."""

    def __init__(self, query: Query) -> None:
        said = [query.words, *query.phrases, *(section.words for section in query.clauses.sections)]
        self._typed = {word.folded for one in said for word in one if word.folded}
        self._spelled = {word: ways for word in self._typed if (ways := abbreviations.other_spellings(word))}
        self._long = [word.folded for word in query.words if len(word.folded) >= SHORTEST_SLIP]
        self._keys = _asked_keys(query)
        self._has_words = bool(query.words)

    def fragments(self, hits: Sequence[Sequence[Part]]) -> list[list[Fragment]]:
        """For each of ``hits``, of its parts at most two stretches that hold most of what was asked for; the story's
        beginning when none does."""
        read = [list(dict.fromkeys(parts)) for parts in hits]
        one_text = _OneText(read)
        self._as_typed(one_text)
        return [self._shown(*hit) for hit in zip(read, one_text.said, one_text.marks, strict=True)]

    def _shown(self, read: Sequence[Part], said: Sequence[str], marks: Sequence[list[Mark]]) -> list[Fragment]:
        if self._keys:
            for part, found in zip(read, marks, strict=True):
                found.extend(self._identifiers(part.text))
        if self._has_words and not any(marks):
            marks = self._similar(said)
        counted = [(len({one.of for one in found}), -order) for order, found in enumerate(marks)]
        best = [-order for count, order in sorted(counted, reverse=True) if count][:MOST_FRAGMENTS]
        if not best:
            best = [order for order, part in enumerate(read) if part.name == _FIRST_PART][:1]
        return [_fragment(read[order], marks[order]) for order in best]

    def _as_typed(self, one_text: _OneText) -> None:
        """Marks the words typed, and other spellings of those that stand nowhere in a hit."""
        present = {word: one_text.collect(word, word) for word in self._typed}
        for drawn, word in drawn_out(one_text.text, filter(str.isalpha, set().union(*self._typed))):
            if word in self._typed:
                present[word] |= one_text.collect(drawn, word, is_whole=True)
        for word, ways in self._spelled.items():
            for hit in set(range(len(one_text.said))) - present[word]:
                _collect_spelled(one_text.marks[hit], one_text.said[hit], ways)

    def _identifiers(self, text: str) -> Iterator[Mark]:
        """Of the identifiers that were asked for."""
        for span in keys.spans(text):
            if asked := self._keys & (span.keys | _endings(span.keys)):
                yield Mark(span.start, span.end, min(asked))

    def _similar(self, said: Sequence[str]) -> list[list[Mark]]:
        """By part, of words spelled with one slip."""
        marks: list[list[Mark]] = [[] for _ in said]
        there = list(set(chain.from_iterable(text.split() for text in said)))
        for word in self._long:
            for other in one_edit_away(word, there):
                _collect(marks, said, other, word)
        return marks


class _OneText:
    """All parts of all hits one behind the other: made comparable at once, and a word is looked for once. ``said`` and
    ``marks``: by hit and part."""

    def __init__(self, hits: Sequence[Sequence[Part]]) -> None:
        texts = [part.text for parts in hits for part in parts]
        # Between two, and around them all, what is around each alone.
        self.text = spaced("  ".join(texts)) if texts else ""
        self._begins = list(accumulate((len(text) + 2 for text in texts), initial=0))
        self.marks: list[list[list[Mark]]] = [[[] for _ in parts] for parts in hits]
        self._parts = [(hit, found) for hit, parts in enumerate(self.marks) for found in parts]

    @cached_property
    def said(self) -> list[list[str]]:
        each = (self.text[begin:end] for begin, end in pairwise(self._begins))
        return [list(islice(each, len(parts))) for parts in self.marks]

    def collect(self, word: str, of: str, *, is_whole: bool = False) -> set[int]:
        """Marks ``word`` where it stands; the hits it stands in."""
        hits = set()
        for start, end in standing(word, self.text, is_whole=is_whole):
            place = bisect_right(self._begins, start) - 1
            begin, (hit, found) = self._begins[place], self._parts[place]
            found.append(Mark(start - begin, end - begin, of))
            hits.add(hit)
        return hits


def _collect_spelled(marks: Sequence[list[Mark]], said: Sequence[str], ways: Sequence[tuple[str, ...]]) -> None:
    """The ways that are there in all their syllables."""
    for way in ways:
        if all(any(f" {syllable} " in text for text in said) for syllable in way):
            for syllable in way:
                _collect(marks, said, syllable, syllable)


def _collect(marks: Sequence[list[Mark]], said: Sequence[str], word: str, of: str) -> None:
    """Puts to ``marks``, by part, where ``word`` stands."""
    for found, text in zip(marks, said, strict=True):
        found.extend([Mark(start, end, of) for start, end in standing(word, text)])


def _asked_keys(query: Query) -> set[str]:
    asked = {key for span, _ in query.identifiers for key in span.keys}
    return asked | {key.partition(":")[2] for any_of in query.clauses.keys for key in any_of}


def _endings(found: Iterable[str]) -> set[str]:
    return {ending for key in found if key.isdecimal() for ending in keys.keys_of("bank_account", key)}


def _fragment(part: Part, marks: Sequence[Mark]) -> Fragment:
    if part.name == _WITHHELD:
        return Fragment(part.name, ())
    text = part.text
    # Of two that begin together the longer: an identifier, whose first word may have been asked for, too.
    placed = [(start, -end) for start, end in sorted({(one.start, -one.end) for one in marks})]
    first, last = _stretch(text, placed)
    pieces: list[tuple[str, bool]] = [("…", False)] if first else []
    at = first
    for start, end in placed:
        if at <= start < last:
            stop = min(end, last)
            pieces += [(text[at:start], False), (text[start:stop], True)]
            at = stop
    pieces.append((text[at:last] + ("…" if last < len(text) else ""), False))
    return Fragment(part.name, tuple(piece for piece in pieces if piece[0]))


def _stretch(text: str, placed: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Of the at most 170 characters with the most marks, from a blank to a blank where there is one."""
    if len(text) <= LONGEST:
        return 0, len(text)
    starts = [start for start, _ in placed]
    within = [bisect_left(starts, start + LONGEST - CONTEXT) - n for n, start in enumerate(starts)]
    mark, end = placed[within.index(max(within))] if placed else (0, 0)
    first = max(0, min(mark - CONTEXT, len(text) - LONGEST))
    blank = _BLANK.search(text, first, mark) if first else None
    first = blank.end() if blank else first
    last = min(len(text), first + LONGEST)
    if last < len(text):
        cut = max(text.rfind(" ", end, last + 1), text.rfind("\n", end, last + 1))
        last = cut if cut > first else last
    return first, last
