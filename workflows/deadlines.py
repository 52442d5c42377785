"""Date arithmetic of the clocks: pure functions over a calendar. The limits are rows (ClockRule).

A limit in days or months that ends on a day off ends on the next working day (BLDS 2015 Đ148.5).
The day of the event is not counted (BLDS 2015 Đ147.2). Hour limits are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from dateutil.relativedelta import relativedelta

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
END_OF_DAY = time(17, 0)


@lru_cache(maxsize=64)
def public_holidays(year: int) -> frozenset[date]:
    """Vietnam's days off of a year, lunar and substituted ones included."""
    return frozenset(holidays.country_holidays("VN", years=year))


@dataclass(frozen=True)
class Calendar:
    """Working days: Monday to Friday, less public holidays; ``overrides`` (day → worked?) decide last."""

    overrides: Mapping[date, bool] = field(default_factory=dict)
    end_of_day: time = END_OF_DAY

    def is_working_day(self, day: date) -> bool:
        if day in self.overrides:
            return self.overrides[day]
        return day.weekday() < 5 and day not in public_holidays(day.year)

    def next_working_day(self, day: date) -> date:
        """``day`` itself when it is worked."""
        while not self.is_working_day(day):
            day += timedelta(days=1)
        return day

    def add_working_days(self, day: date, amount: int) -> date:
        for _ in range(amount):
            day = self.next_working_day(day + timedelta(days=1))
        return day

    def closing(self, day: date) -> datetime:
        return datetime.combine(day, self.end_of_day, HANOI)


def deadline(start: datetime, amount: int, unit: str, calendar: Calendar, *, rolls: bool = True) -> datetime:
    """The end of ``amount`` ``unit`` (WD, d, h, month) from ``start`` (aware), aware in Hanoi time.

    Raises ValueError for an unknown unit or an amount below 1.
    """
    if amount < 1:
        raise ValueError("a limit is at least 1")
    local = start.astimezone(HANOI)
    if unit == "h":
        return local + timedelta(hours=amount)
    if unit == "WD":
        return calendar.closing(calendar.add_working_days(local.date(), amount))
    if unit == "d":
        last = local.date() + timedelta(days=amount)
    elif unit == "month":
        last = local.date() + relativedelta(months=amount)
    else:
        raise ValueError(f"unknown unit {unit}")
    return calendar.closing(calendar.next_working_day(last) if rolls else last)
