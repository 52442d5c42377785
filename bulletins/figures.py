"""The figures of a month, as plain data. A group smaller than MIN_GROUP is never shown by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from dateutil.relativedelta import relativedelta

from workflows.deadlines import HANOI

MIN_GROUP = 5


@dataclass(frozen=True)
class Month:
    """A calendar month in Hanoi time."""

    first: date

    @classmethod
    def parse(cls, text: str) -> Month:
        """`YYYY-MM`. Raises ValueError."""
        return cls(datetime.strptime(text, "%Y-%m").date())  # noqa: DTZ007 - a day, no instant

    def __str__(self) -> str:
        return f"{self.first:%m/%Y}"

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time.min, HANOI)

    @property
    def end(self) -> datetime:
        """Exclusive."""
        return self.shifted(1).start

    @property
    def last(self) -> date:
        return self.first + relativedelta(months=1, days=-1)

    def shifted(self, months: int) -> Month:
        return Month(self.first + relativedelta(months=months))


@dataclass(frozen=True)
class Row:
    """``number`` None: fewer than MIN_GROUP, and not to be told."""

    label: str
    number: int | None


def shown(counts: Mapping[str, int], *, minimum: int = MIN_GROUP) -> list[Row]:
    """Groups of at least ``minimum``, largest first; the smaller ones together at the end."""
    large = sorted(((n, label) for label, n in counts.items() if n >= minimum), key=lambda x: (-x[0], x[1]))
    rows = [Row(label, n) for n, label in large]
    small = [n for n in counts.values() if 0 < n < minimum]
    if small:
        rest = sum(small)
        # One hidden group could be had by subtraction from the total; two or more together tell nothing of one.
        rows.append(Row("", rest if rest >= minimum and len(small) > 1 else None))
    return rows


def change(now: int, before: int) -> str:
    """Against an earlier period, in words a reader of an official notice expects."""
    if before == 0:
        return "kỳ so sánh không có phản ánh" if now else "không thay đổi"
    percent = round((now - before) * 100 / before)
    if percent == 0:
        return "không thay đổi"
    return f"{'tăng' if percent > 0 else 'giảm'} {abs(percent)}%"
