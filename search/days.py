"""Days, months and years as people write and say them: “11/2026”, “hôm qua”, “tuần trước”, “quý 4”."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from agencies.folding import fold
from complaints import writing
from workflows.deadlines import HANOI

_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MONTH = re.compile(r"(\d{1,2})[/.-](\d{4})")
_YEAR = re.compile(r"\d{4}")
_AGO = re.compile(r"(\d{1,3}) (?:ngay truoc|ngay qua|days ago)")
_A_MONTH = re.compile(r"thang (\d{1,2})(?:[/.-](\d{4}))?")
_QUARTER = re.compile(r"(?:quy |q)([1-4])(?:[/.-](\d{4}))?")
YEARS = range(1900, 2200)


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
        return date(year, month, day) if year in YEARS else None
    except ValueError:
        return None


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def midnight(day: date) -> int:
    """Seconds since the epoch of the first instant of ``day`` in Hanoi."""
    return int(datetime(day.year, day.month, day.day, tzinfo=HANOI).timestamp())
