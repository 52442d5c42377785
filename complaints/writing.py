"""Amounts, days and times as people write and say them: ``5tr``, ``23/11``, ``hôm qua``, ``2 giờ chiều``."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import pairwise

from agencies.folding import fold, normalise

# Digits alone, or grouped by one sign throughout; đồng has no fraction, so only ,00 or .00 may follow.
_IN_DIGITS = re.compile(
    r"(\d+)(?:[.,]0{1,2})?|(\d{1,3}(?:\.\d{3})+)(?:,0{1,2})?|(\d{1,3}(?:,\d{3})+)(?:\.0{1,2})?", re.ASCII
)
_UNITS = {"ty": 10**9, "ti": 10**9, "trieu": 10**6, "tr": 10**6, "nghin": 10**3, "ngan": 10**3, "k": 10**3}
_NUMBER = r"\d+(?:[.,]\d{1,2})?|\d{1,3}(?:[.,]\d{3})+"
_PART = re.compile(rf"({_NUMBER})(ty|ti|trieu|tr|nghin|ngan|k)", re.ASCII)
# ``1tr5`` and ``1tr250``: what follows are tenths or thousandths of the unit; two digits would be anybody's guess.
_IN_WORDS = re.compile(rf"((?:(?:{_NUMBER})(?:ty|ti|trieu|tr|nghin|ngan|k))+)(\d|\d{{3}})?", re.ASCII)
_DAYS_AGO = {"hôm nay": 0, "hom nay": 0, "hôm qua": 1, "hom qua": 1, "hôm kia": 2, "hom kia": 2}
_DAY_AND_MONTH = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})", re.ASCII)
_FULL_DAY = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4}|\d{2})(?:[\sT].*)?", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[\sT].*)?", re.ASCII)
_TIME = re.compile(
    r"(\d{1,2})(?:(?:gio|[hg:.])(?:(\d{2})(?::\d{2})?(?:phut|p)?)?)?(sang|trua|chieu|toi|dem|khuya|am|pm)?", re.ASCII
)
# No amount of money takes more letters to write, and Python reads no number of thousands of digits.
_LONGEST_AMOUNT = 60
_FOUR_DIGITS = re.compile(r"(\d{2})(\d{2})", re.ASCII)


def amount_in(text: str) -> int | None:
    """Whole đồng; None when it cannot be read in exactly one way."""
    compact = re.sub(r"(?:đồng|dong|vnđ|vnd|đ|₫|d)$", "", normalise(text).lower().replace(" ", ""))
    if len(compact) > _LONGEST_AMOUNT:
        return None
    if written := _IN_DIGITS.fullmatch(compact):
        return int(re.sub("[.,]", "", next(filter(None, written.groups()))))
    spoken = _IN_WORDS.fullmatch(fold(compact))
    return _sum_of(_PART.findall(spoken[1]), spoken[2] or "") if spoken else None


def _sum_of(parts: list[tuple[str, str]], rest: str) -> int | None:
    units = [_UNITS[unit] for _, unit in parts]
    if any(later >= earlier for earlier, later in pairwise(units)):
        return None
    total = sum((_decimal(number) * _UNITS[unit] for number, unit in parts), Decimal(0))
    total += Decimal(rest or 0) * units[-1] / 10 ** len(rest)
    return int(total) if total == int(total) else None


def _decimal(number: str) -> Decimal:
    """``1,5`` is one and a half; ``1.500`` is one thousand five hundred."""
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", number):
        return Decimal(re.sub("[.,]", "", number))
    return Decimal(number.replace(",", "."))


def day_in(text: str, today: date) -> date | None:
    """``hôm qua``, or a day and month in the last year; None for anything else."""
    words = normalise(text).lower()
    if words in _DAYS_AGO:
        return today - timedelta(days=_DAYS_AGO[words])
    written = _DAY_AND_MONTH.fullmatch(words)
    if written is None:
        return None
    # Back to the last leap year, for those born to it: 29/2.
    for year in range(today.year, today.year - 5, -1):
        day = _date(year, int(written[2]), int(written[1]))
        if day and day <= today:
            return day
    return None


def full_day_in(text: str) -> date | None:
    """A day with its year, as registers write it: ``05/11/2024``, ``5.11.24``, ``2024-11-05``, a time behind it left
    out; the day comes before the month. None for anything else."""
    words = normalise(text)
    if iso := _ISO_DAY.fullmatch(words):
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
    if written := _FULL_DAY.fullmatch(words):
        year = int(written[3]) + (2000 if len(written[3]) == 2 else 0)
        return _date(year, int(written[2]), int(written[1]))
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def time_in(text: str) -> time | None:
    """None when it is no time of day."""
    compact = re.sub("ruoi", "30", fold(normalise(text)).replace(" ", ""))
    if digits := _FOUR_DIGITS.fullmatch(compact):
        return _time(int(digits[1]), int(digits[2]))
    said = _TIME.fullmatch(compact)
    if said is None:
        return None
    hour = _hour_of_day(int(said[1]), said[3] or "")
    return None if hour is None else _time(hour, int(said[2] or 0))


def _hour_of_day(hour: int, part: str) -> int | None:
    """``part`` of the day as folded; None where hour and part contradict each other."""
    if part in ("sang", "am"):
        return hour % 12 if hour <= 12 else None
    if part in ("chieu", "pm") or (part == "trua" and hour < 10):
        return hour % 12 + 12 if hour <= 12 else hour
    if part in ("toi", "dem", "khuya") and hour <= 12:
        is_before_midnight = hour < 12 and (part == "toi" or hour >= 6)
        return hour % 12 + (12 if is_before_midnight else 0)
    return hour


def _time(hour: int, minute: int) -> time | None:
    return time(hour, minute) if hour < 24 and minute < 60 else None
