"""Date arithmetic of the clocks: pure functions over a calendar. The limits are rows (ClockRule).

A limit in days or months that ends on a day off ends on the next working day (BLDS 2015 Đ148.5).
The day of the event is not counted (BLDS 2015 Đ147.2). Hour limits are exact.

A limit that stood is put off in its own unit: of working days by the working days, of days and months by the days, of
hours by the time. A day counts as stood when the limit stood at its end: of asking and answering within a day, none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from dateutil.relativedelta import relativedelta

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
END_OF_DAY = time(17, 0)

Spell = tuple[datetime, datetime]
NO_DAYS: frozenset[date] = frozenset()


@lru_cache(maxsize=64)
def public_holidays(year: int) -> frozenset[date]:
    """Vietnam's days off of a year, lunar and substituted ones included."""
    return frozenset(holidays.country_holidays("VN", years=year))


def known_days(year: int) -> list[tuple[date, str]]:
    """The days off of a year by name, and the weekend days worked instead (named nothing), as far as the tables know."""
    table = holidays.country_holidays("VN", years=year, language="vi")
    return sorted([*table.items(), *((day, "") for day in table.weekend_workdays if day.year == year)])


@lru_cache(maxsize=64)
def worked_weekends(year: int) -> frozenset[date]:
    """Saturdays of a year that the government exchanged for a day off, as far as the tables know them."""
    return frozenset(holidays.country_holidays("VN", years=year).weekend_workdays)


@dataclass(frozen=True)
class Calendar:
    """Working days: Monday to Friday, less public holidays, and exchanged Saturdays; ``overrides`` (day → worked?)
    decide last."""

    overrides: Mapping[date, bool] = field(default_factory=dict)
    end_of_day: time = END_OF_DAY

    def is_working_day(self, day: date) -> bool:
        if day in self.overrides:
            return self.overrides[day]
        usual = day.weekday() < 5 or day in worked_weekends(day.year)
        return usual and day not in public_holidays(day.year)

    def next_working_day(self, day: date) -> date:
        """``day`` itself when it is worked."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def add_working_days(self, day: date, amount: int, stood: Collection[date] = NO_DAYS) -> date:
        """``amount`` working days after ``day``, those that ``stood`` passed over."""
        while amount:
            day = self.next_working_day(day + timedelta(days=1))
            amount -= day not in stood
        return day

    def take_working_days(self, day: date, amount: int) -> date:
        """``amount`` working days before ``day``."""
        for _ in range(amount):
            day -= timedelta(days=1)
            while not self.is_working_day(day):
                day -= timedelta(days=1)
        return day

    def working_days(self, after: date, until: date) -> list[date]:
        """The worked days from the day after ``after`` to ``until``, both counted as a limit counts them."""
        days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
        return [day for day in days if self.is_working_day(day)]

    def closing(self, day: date) -> datetime:
        return datetime.combine(day, self.end_of_day, HANOI)


def days_stood(spells: Iterable[Spell]) -> frozenset[date]:
    """The days at whose end a limit stood that stood in ``spells`` (from, until; aware)."""
    ends = ((began.astimezone(HANOI).date(), until.astimezone(HANOI).date()) for began, until in spells)
    return frozenset(first + timedelta(days=n) for first, last in ends for n in range((last - first).days))


def deadline(
    start: datetime,
    amount: int,
    unit: str,
    calendar: Calendar,
    *,
    rolls: bool = True,
    stood: Collection[date] = NO_DAYS,
) -> datetime:
    """The end of ``amount`` ``unit`` (WD, d, h, month) from ``start`` (aware), aware in Hanoi time, the days that
    ``stood`` (``days_stood``) left out. Hours know no days: whoever counts them puts ``start`` off.

    Raises ValueError for an unknown unit or an amount below 1.
    """
    if amount < 1:
        raise ValueError("a limit is at least 1")
    local = start.astimezone(HANOI)
    if unit == "h":
        return local + timedelta(hours=amount)
    if unit == "WD":
        return calendar.closing(calendar.add_working_days(local.date(), amount, stood))
    if unit == "d":
        last = local.date() + timedelta(days=amount)
    elif unit == "month":
        last = local.date() + relativedelta(months=amount)
    else:
        raise ValueError(f"unknown unit {unit}")
    last = _put_off(local.date(), last, stood)
    return calendar.closing(calendar.next_working_day(last) if rolls else last)


def _put_off(first: date, last: date, stood: Collection[date]) -> date:
    owed = sum(first < day <= last for day in stood)
    while owed:
        last += timedelta(days=1)
        owed -= last not in stood
    return last


def before(end: datetime, amount: int, unit: str, calendar: Calendar) -> datetime:
    """``amount`` ``unit`` before ``end``, at the same time of day. Raises ValueError for an unknown unit."""
    local = end.astimezone(HANOI)
    if unit == "h":
        return local - timedelta(hours=amount)
    if unit == "WD":
        return datetime.combine(calendar.take_working_days(local.date(), amount), local.time(), HANOI)
    if unit == "d":
        return local - timedelta(days=amount)
    if unit == "month":
        return local - relativedelta(months=amount)
    raise ValueError(f"unknown unit {unit}")


def after(end: datetime, amount: int, unit: str, calendar: Calendar) -> datetime:
    """``amount`` ``unit`` after ``end``; 0 is ``end`` itself. Raises ValueError for an unknown unit."""
    return deadline(end, amount, unit, calendar) if amount else end
