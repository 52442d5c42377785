"""Watchlists: identifiers, one a line, read as the search box reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

from complaints.identifiers import normalise as normalise_identifier

from . import keys
from .query import Query
from .text import normalise

MOST_LINES = 200
LONGEST_LINE = 300

_CASE_KEY = re.compile(r"\d{2}-[0-9a-z]{5}-[0-9a-z]{5}")


class Sort(StrEnum):
    """What an identifier was taken for."""

    CASE = "case"
    EMAIL = "email"
    LINK = "link"
    PHONE = "phone"
    NUMBER = "number"
    CODE = "code"


@dataclass(frozen=True)
class Understood:
    """``line`` as typed; ``shown``: the identifier in the form it is looked for."""

    line: str
    span: keys.Span
    sort: Sort
    shown: str


@dataclass(frozen=True)
class Reading:
    """``unknown``: lines in which no identifier was found, as typed. ``too_many``: there are more lines than count."""

    understood: tuple[Understood, ...] = ()
    unknown: tuple[str, ...] = ()
    too_many: bool = False

    @property
    def text(self) -> str:
        return "\n".join(dict.fromkeys(one.line for one in self.understood))


def read(text: str) -> Reading:
    """Read at most 200 lines; what names the same identifier again is left out."""
    found: dict[tuple[Sort, str], Understood] = {}
    unknown: list[str] = []
    lines = list(islice(_lines(text), MOST_LINES + 1))
    for line in lines[:MOST_LINES]:
        read = _understood(line)
        for one in read:
            found.setdefault((one.sort, one.shown), one)
        unknown += [] if read else [line]
    return Reading(tuple(found.values()), tuple(unknown), len(lines) > MOST_LINES)


def query(text: str) -> Query:
    """The query that finds any of the identifiers. What sort each is and how it is shown takes longer to tell than all the
    rest: of a saved search it is not asked."""
    found = {span.keys: span for line in islice(_lines(text), MOST_LINES) for span in _spans(line)}
    return Query((), (), tuple((replace(span, whole=True), ()) for span in found.values()))


def _lines(text: str) -> Iterator[str]:
    return (line for raw in text.splitlines() if (line := normalise(raw).strip()))


def _understood(line: str) -> list[Understood]:
    return [_one(line, span) for span in _spans(line)]


def _spans(line: str) -> list[keys.Span]:
    """The identifiers in the line. A code, which may be any word with a digit, must be all of it."""
    if len(line) > LONGEST_LINE:
        return []
    spans = keys.spans(line)
    alone = [one for one in spans if (one.start, one.end) == (0, len(line)) and not _only_an_ending(one)]
    return [one for one in spans if one.whole] or alone[:1]


def _one(line: str, span: keys.Span) -> Understood:
    said = line[span.start : span.end]
    sort = _sort(said, span)
    return Understood(line, span, sort, _shown(said, span, sort))


def _only_an_ending(span: keys.Span) -> bool:
    return any(key.startswith("~") for key in span.keys)


def _sort(said: str, span: keys.Span) -> Sort:
    if not any(c.isalpha() for c in said):
        return Sort.CASE if "-" in said and _case_keys(span) else _number(said)
    if _case_keys(span):
        return Sort.CASE
    if "@" in said and "/" not in said:
        return Sort.EMAIL
    return Sort.LINK if span.whole else Sort.CODE


def _case_keys(span: keys.Span) -> list[str]:
    return [key for key in span.keys if _CASE_KEY.fullmatch(key)]


def _number(said: str) -> Sort:
    return Sort.PHONE if normalise_identifier("phone", said).value.startswith("+84") else Sort.NUMBER


def _shown(said: str, span: keys.Span, sort: Sort) -> str:
    if sort is Sort.CASE:
        return _case_keys(span)[0].upper()
    if sort in (Sort.PHONE, Sort.NUMBER):
        return min((key for key in span.keys if key.isdecimal()), key=lambda key: (key[0] != "0", key), default=said)
    return min(span.keys, key=lambda key: (":" in key, len(key))) if sort is Sort.LINK else said
