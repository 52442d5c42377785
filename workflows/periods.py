"""Months, quarters and years in Hanoi time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _

from workflows.deadlines import HANOI

_SPELLING = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2])|-Q([1-4]))?")
EARLIEST = 2020


@dataclass(frozen=True)
class Period:
    """``months`` (1, 3 or 12) from the first day on. Spelt 2026-11, 2026-Q4 or 2026."""

    first: date
    months: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """Raises ValueError."""
        found = _SPELLING.fullmatch(text)
        if found is None or int(found[1]) < EARLIEST:
            raise ValueError(text)
        year, month, quarter = int(found[1]), found[2], found[3]
        if quarter:
            return cls(date(year, int(quarter) * 3 - 2, 1), 3)
        return cls(date(year, int(month), 1), 1) if month else cls(date(year, 1, 1), 12)

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time.min, HANOI)

    @property
    def end(self) -> datetime:
        """Exclusive."""
        return datetime.combine(self.first + relativedelta(months=self.months), time.min, HANOI)

    @property
    def code(self) -> str:
        year = self.first.year
        if self.months == 1:
            return f"{year}-{self.first.month:02}"
        return f"{year}-Q{(self.first.month + 2) // 3}" if self.months == 3 else str(year)

    def __str__(self) -> str:
        words = {"year": self.first.year, "month": self.first.month, "quarter": (self.first.month + 2) // 3}
        if self.months == 1:
            return _("Month %(month)s/%(year)s") % words
        return _("Quarter %(quarter)s/%(year)s") % words if self.months == 3 else _("Year %(year)s") % words


def recent(months: int, today: date, count: int) -> Iterator[Period]:
    """The period ``today`` lies in and those before it, newest first."""
    first = date(today.year, today.month - (today.month - 1) % months, 1)
    for n in range(count):
        found = Period(first - relativedelta(months=months * n), months)
        if found.first.year >= EARLIEST:
            yield found
