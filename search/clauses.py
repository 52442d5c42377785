"""The parts of a query that say where to look or what to leave out: ``sp:tai nghe``, ``-"hàng giả"``, ``từ: 1/11``.

Whatever is not understood stays text. Nothing here raises, and nothing meets an engine's own syntax.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from agencies.folding import fold
from complaints import writing

from . import keys
from .backends.base import Range
from .days import days_in, midnight
from .fields import BY_NAME, NAMED, Field, Takes
from .text import Word, fold_in_place, words

MOST_CLAUSES = 16
LONGEST_CHOICE = 6

# What stands for a field's value: its field and folded words → the values of the filter, none when it is unknown.
Choices = Callable[[str, str], list[str]]

_QUOTED = re.compile('["“”„«]([^"“”„«»]+)["“”„»]')
_TOKEN = re.compile(r"\S+")
_BARRED = re.compile(r"(?<!\S)-(?=[^\s-])")
# “5tr - 20tr”, “từ 5tr đến 20tr”: the same as “5tr..20tr”.
_SPAN = re.compile(r"(?:tu )?(.+?)(?: ?- ?| den | to )(.+)")
_SIGNS = {"duoi": "<", "under": "<", "tren": ">", "over": ">", "hon": ">"}
# An engine's numbers have 64 bits, and no dispute has so many đồng.
_BEYOND_ANY = 2**62


@dataclass(frozen=True)
class InSection:
    """These words, as a phrase, in one section of a document."""

    section: str
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Said:
    """One field as it was written, and what it was read as: the values of a filter, or a range; a key, a section's words
    and an exclusion speak for themselves."""

    text: str
    chosen: tuple[str, tuple[str, ...]] | None = None
    range: Range | None = None


@dataclass(frozen=True)
class Clauses:
    """``text``: what is left, blanked where a clause stood. ``keys``: for each identifier asked for, its keys, any of
    which will do. ``barred``: what must not be there, each one word, phrase, section's phrase or set of keys.
    ``unread``: fields whose value was not understood, as typed; they are text."""

    text: str
    keys: tuple[tuple[str, ...], ...] = ()
    sections: tuple[InSection, ...] = ()
    filters: dict[str, list[str]] = field(default_factory=dict)
    ranges: tuple[Range, ...] = ()
    barred: tuple[InSection | tuple[str, ...], ...] = ()
    unread: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()

    @property
    def any(self) -> bool:
        return bool(self.keys or self.sections or self.filters or self.ranges or self.barred)


class _Reader:
    def __init__(self, text: str, today: date, choices: Choices) -> None:
        self.text, self.folded = text, fold_in_place(text)
        self.today, self.choices = today, choices
        self.keys: list[tuple[str, ...]] = []
        self.sections: list[InSection] = []
        self.filters: dict[str, list[str]] = {}
        self.ranges: list[Range] = []
        self.barred: list[InSection | tuple[str, ...]] = []
        self.taken: list[tuple[int, int]] = []
        self.unread: list[str] = []
        self.said: list[Said] = []

    def read(self) -> Clauses:
        at = 0
        while max(len(self.taken), len(self.unread)) < MOST_CLAUSES and (match := NAMED.search(self.folded, at)):
            end = self._named(match)
            at = end or match.end()
            if not end:
                self.unread.append(self.text[match.start() : self._value(match.end())[1]])
        for match in _BARRED.finditer(self.text):
            start = match.start()
            # A field that was not read is text, and bars no word of its own name.
            if len(self.taken) < MOST_CLAUSES and not self._is_taken(start) and not NAMED.match(self.folded, start):
                self._exclusion(start, match.end())
        return Clauses(
            self._left(),
            tuple(self.keys),
            tuple(self.sections),
            self.filters,
            tuple(self.ranges),
            tuple(self.barred),
            tuple(self.unread),
            tuple(self.said),
        )

    def _named(self, match: re.Match[str]) -> int:
        """Where the value of a field ends; 0 when it is none."""
        asked = BY_NAME[match["name"]]
        field, ranges = asked.target[0], len(self.ranges)
        values = len(self.filters.get(field, ()))
        end = self._field(asked, match.end(), barred=bool(match["not"]))
        if end:
            chosen = tuple(self.filters.get(field, ())[values:])
            self._take(match.start(), end, (field, chosen) if chosen else None, (*self.ranges[ranges:], None)[0])
        return end

    def _take(
        self, start: int, end: int, chosen: tuple[str, tuple[str, ...]] | None = None, within: Range | None = None
    ) -> None:
        self.taken.append((start, end))
        self.said.append(Said(self.text[start:end].strip(), chosen, within))

    def _is_taken(self, at: int) -> bool:
        return any(start <= at < end for start, end in self.taken)

    def _left(self) -> str:
        left = self.text
        for start, end in self.taken:
            left = left[:start] + " " * (end - start) + left[end:]
        return left

    def _field(self, asked: Field, at: int, *, barred: bool) -> int:
        """Where its value ends; 0 when it is none."""
        match asked.takes:
            case Takes.IDENTIFIER:
                return self._identifier(asked, at, barred)
            case Takes.TEXT:
                return self._section(asked, at, barred)
            case Takes.CHOICE:
                return 0 if barred else self._choice(asked, at)
            case Takes.DAYS:
                return 0 if barred else self._days(asked, at)
            case Takes.AMOUNT:
                return 0 if barred else self._amount(at)

    def _value(self, at: int) -> tuple[str, int]:
        match = _QUOTED.match(self.text, at)
        if match:
            return match[1].strip(), match.end()
        token = _TOKEN.match(self.text, at)
        return (token[0].rstrip(",;"), token.end()) if token else ("", at)

    def _identifier(self, asked: Field, at: int, barred: bool) -> int:
        value, end = self._value(at)
        span = next((one for one in keys.spans(self.text[at : at + 120]) if one.start == 0), None)
        if span is not None and at + span.end >= end:
            found, end = keys.with_whole(span.keys), at + span.end
        else:
            found = {keys.key_of(value)} - {""}
        typed = tuple(sorted(keys.typed(kind, key) for kind in asked.target for key in found))
        if not typed:
            return 0
        (self.barred if barred else self.keys).append(typed)
        return end

    def _section(self, asked: Field, at: int, barred: bool) -> int:
        value, end = self._value(at)
        said = tuple(words(value))
        if not said:
            return 0
        (self.barred if barred else self.sections).append(InSection(asked.target[0], said))
        return end

    def _choice(self, asked: Field, at: int) -> int:
        """The longest run of words that is the name of something."""
        quoted = _QUOTED.match(self.text, at)
        ends = [match.end() for match in islice(_TOKEN.finditer(self.text, at), LONGEST_CHOICE)]
        for end in [quoted.end()] if quoted else reversed(ends):
            name = " ".join(word.folded for word in words(self.text[at:end]))
            if name and (values := self.choices(asked.target[0], name)):
                self.filters.setdefault(asked.target[0], []).extend(values)
                return end
        return 0

    def _days(self, asked: Field, at: int) -> int:
        for value, end in [*self._several_words(at, 3), self._value(at)]:
            first, _, last = value.partition("..")
            begins, ends = days_in(first, self.today), days_in(last or first, self.today)
            if begins and ends:
                self.ranges.append(_between(asked.target[0], begins[0], ends[1]))
                return end
        return 0

    def _several_words(self, at: int, most: int) -> list[tuple[str, int]]:
        """``hôm qua``: two words and more, the most first."""
        ends = [match.end() for match in islice(_TOKEN.finditer(self.text, at), most)][1:]
        return [(self.text[at:end], end) for end in reversed(ends)]

    def _amount(self, at: int) -> int:
        """``5tr``, ``> 5 triệu``, ``1 triệu .. 5 triệu``"""
        for value, end in [*self._several_words(at, 5), self._value(at)]:
            if bounds := _amounts(value):
                self.ranges.append(Range("amount", *bounds))
                return end
        return 0

    def _exclusion(self, start: int, at: int) -> None:
        value, end = self._value(at)
        span = next((one for one in keys.spans(self.text[at : at + 120]) if one.start == 0 and one.whole), None)
        if span is not None:
            self.barred.append(tuple(sorted(span.keys)))
            self._take(start, at + span.end)
        elif said := tuple(words(value)):
            # Who writes the accents means that word and no other.
            self.barred.append(InSection("folded" if value.isascii() else "exact", said))
            self._take(start, end)


def read(text: str, *, today: date, choices: Choices) -> Clauses:
    """``text`` as `normalise` gives it."""
    return _Reader(text, today, choices).read()


def _between(side: str, first: date, after: date) -> Range:
    since = None if side == "until" else midnight(first)
    until = None if side == "since" else midnight(after)
    return Range("lodged_at", since, until)


def _amounts(value: str) -> tuple[int | None, int | None] | None:
    value = fold(value)
    word, _, rest = value.partition(" ")
    value = _SIGNS[word] + rest if word in _SIGNS else value
    if ".." not in value and (span := _SPAN.fullmatch(value)):
        value = f"{span[1]}..{span[2]}"
    sign = value[:1] if value[:1] in "<>" else ""
    first, _, last = value[len(sign) :].partition("..")
    least, most = writing.amount_in(first), writing.amount_in(last or first)
    if least is None or most is None or (sign and last):
        return None
    least, most = min(least, _BEYOND_ANY), min(most, _BEYOND_ANY)
    return {"": (least, most + 1), ">": (least + 1, None), "<": (None, least)}[sign]
