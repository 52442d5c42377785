"""The parts of a query that say where to look or what to leave out: ``sp:tai nghe``, ``-"hàng giả"``, ``từ: 1/11``.

Whatever is not understood stays text. Nothing here raises, and nothing meets an engine's own syntax.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice

from agencies.folding import fold
from complaints import writing
from workflows.deadlines import HANOI

from . import keys
from .backends.base import Range
from .fields import BY_NAME, NAMED, Field, Takes
from .text import Word, fold_in_place, words

MOST_CLAUSES = 16
LONGEST_CHOICE = 6

# What stands for a field's value: its field and folded words → the values of the filter, none when it is unknown.
Choices = Callable[[str, str], list[str]]

_QUOTED = re.compile('["“”„«]([^"“”„«»]+)["“”„»]')
_TOKEN = re.compile(r"\S+")
_BARRED = re.compile(r"(?<!\S)-(?=[^\s-])")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MONTH = re.compile(r"(\d{1,2})[/.-](\d{4})")
_YEAR = re.compile(r"\d{4}")
_AGO = re.compile(r"(\d{1,3}) (?:ngay truoc|ngay qua|days ago)")
_A_MONTH = re.compile(r"thang (\d{1,2})(?:[/.-](\d{4}))?")
_QUARTER = re.compile(r"(?:quy |q)([1-4])(?:[/.-](\d{4}))?")
# “5tr - 20tr”, “từ 5tr đến 20tr”: the same as “5tr..20tr”.
_SPAN = re.compile(r"(?:tu )?(.+?)(?: ?- ?| den | to )(.+)")
_SIGNS = {"duoi": "<", "under": "<", "tren": ">", "over": ">", "hon": ">"}
_YEARS = range(1900, 2200)
# An engine's numbers have 64 bits, and no dispute has so many đồng.
_BEYOND_ANY = 2**62


@dataclass(frozen=True)
class InSection:
    """These words, as a phrase, in one section of a document."""

    section: str
    words: tuple[Word, ...]


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

    def read(self) -> Clauses:
        at = 0
        left: set[int] = set()
        while len(self.taken) < MOST_CLAUSES and (match := NAMED.search(self.folded, at)):
            end = self._field(BY_NAME[match["name"]], match.end(), barred=bool(match["not"]))
            at = self._take(match.start(), end) if end else match.end()
            if not end:
                left.add(match.start())
                self.unread.append(self.text[match.start() : self._value(match.end())[1]])
        for match in _BARRED.finditer(self.text):
            # A field that cannot be barred is text, and bars no word of its own name.
            if len(self.taken) < MOST_CLAUSES and match.start() not in left and not self._is_taken(match.start()):
                self._exclusion(match.start(), match.end())
        return Clauses(
            self._left(),
            tuple(self.keys),
            tuple(self.sections),
            self.filters,
            tuple(self.ranges),
            tuple(self.barred),
            tuple(self.unread[:MOST_CLAUSES]),
        )

    def _take(self, start: int, end: int) -> int:
        self.taken.append((start, end))
        return end

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
            found, end = set(span.keys), at + span.end
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


def days_in(text: str, today: date) -> tuple[date, date] | None:
    """The first day, and the one after the last: of a day, a month (``11/2026``), a year; None for anything else.

    A day without a year is the latest that is not in the future.
    """
    said = text.strip().lower()
    if span := _spoken(fold(said), today):
        return span
    if iso := _ISO.fullmatch(said):
        return _one(_date(int(iso[1]), int(iso[2]), int(iso[3])))
    if (written := _DAY.fullmatch(said)) and written[3]:
        return _one(_date(int(written[3]), int(written[2]), int(written[1])))
    if month := _MONTH.fullmatch(said):
        first = _date(int(month[2]), int(month[1]), 1)
        return (first, _next_month(first)) if first else None
    if _YEAR.fullmatch(said):
        first, after = _date(int(said), 1, 1), _date(int(said) + 1, 1, 1)
        return (first, after) if first and after else None
    return _one(writing.day_in(said, today))


def _spoken(said: str, today: date) -> tuple[date, date] | None:
    """``tuần này``, ``tháng 11``, ``quý 4/2026``, ``7 ngày trước``; folded."""
    if said in _THESE:
        return _THESE[said](today)
    if ago := _AGO.fullmatch(said):
        day = today - timedelta(days=int(ago[1]))
        return (day, day + timedelta(days=1))
    if month := _A_MONTH.fullmatch(said):
        year = int(month[2] or (today.year if int(month[1]) <= today.month else today.year - 1))
        first = _date(year, int(month[1]), 1)
        return (first, _next_month(first)) if first else None
    if quarter := _QUARTER.fullmatch(said):
        first = _date(int(quarter[2] or today.year), 3 * int(quarter[1]) - 2, 1)
        return (first, _next_month(_next_month(_next_month(first)))) if first else None
    return None


def _week(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=7)


def _month(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, _next_month(first)


def _year(day: date) -> tuple[date, date]:
    return day.replace(month=1, day=1), date(day.year + 1, 1, 1)


_THESE: dict[str, Callable[[date], tuple[date, date]]] = {
    "today": lambda day: (day, day + timedelta(days=1)),
    "yesterday": lambda day: (day - timedelta(days=1), day),
    "tuan nay": _week, "this week": _week,
    "tuan truoc": lambda day: _week(day - timedelta(days=7)), "last week": lambda day: _week(day - timedelta(days=7)),
    "thang nay": _month, "this month": _month,
    "thang truoc": lambda day: _month(day.replace(day=1) - timedelta(days=1)),
    "last month": lambda day: _month(day.replace(day=1) - timedelta(days=1)),
    "nam nay": _year, "this year": _year,
    "nam ngoai": lambda day: _year(day.replace(month=1, day=1) - timedelta(days=1)),
}  # fmt: skip


def _one(day: date | None) -> tuple[date, date] | None:
    return (day, day + timedelta(days=1)) if day else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _between(side: str, first: date, after: date) -> Range:
    since = None if side == "until" else midnight(first)
    until = None if side == "since" else midnight(after)
    return Range("lodged_at", since, until)


def midnight(day: date) -> int:
    """Seconds since the epoch of the first instant of ``day`` in Hanoi."""
    return int(datetime(day.year, day.month, day.day, tzinfo=HANOI).timestamp())


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
