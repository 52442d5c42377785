"""The days a bulletin is about, what they are compared with, and how they are called in an official text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from workflows.deadlines import HANOI

WEEK, MONTH, QUARTER, URGENT = "week", "month", "quarter", "urgent"
_MONTHS = {MONTH: 1, QUARTER: 3}


@dataclass(frozen=True)
class Span:
    """Hanoi days, both ends in. ``kind`` is a `PeriodKind`."""

    kind: str
    first: date
    last: date

    @classmethod
    def holding(cls, kind: str, day: date) -> Span:
        """The week, month or quarter ``day`` lies in; of an urgent bulletin, the day itself."""
        if kind == WEEK:
            monday = day - timedelta(days=day.weekday())
            return cls(kind, monday, monday + timedelta(days=6))
        if kind == URGENT:
            return cls(kind, day, day)
        months = _MONTHS[kind]
        first = date(day.year, day.month - (day.month - 1) % months, 1)
        return cls(kind, first, first + relativedelta(months=months, days=-1))

    @classmethod
    def of_month(cls, text: str) -> Span:
        """`YYYY-MM`. Raises ValueError."""
        return cls.holding(MONTH, datetime.strptime(text, "%Y-%m").date())  # noqa: DTZ007 - a day, no instant

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time.min, HANOI)

    @property
    def end(self) -> datetime:
        """Exclusive."""
        return datetime.combine(self.last + timedelta(days=1), time.min, HANOI)

    def counted_until(self, at: datetime) -> date | None:
        """Of a period that has not ended at ``at``, the last whole day, which figures of then are counted up to."""
        day = at.astimezone(HANOI).date()
        return day - timedelta(days=1) if day <= self.last else None

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def before(self) -> Span:
        """The period before it, of the same kind; before any days, as many."""
        if self.kind in _MONTHS:
            return Span.holding(self.kind, self.first - timedelta(days=1))
        length = self.last - self.first + timedelta(days=1)
        return Span(self.kind, self.first - length, self.first - timedelta(days=1))

    @property
    def last_year(self) -> Span:
        """The same months a year ago; of a week, the same weekdays 52 weeks ago."""
        if self.kind in _MONTHS:
            return Span.holding(self.kind, self.first - relativedelta(years=1))
        return Span(self.kind, self.first - timedelta(weeks=52), self.last - timedelta(weeks=52))

    @property
    def words(self) -> str:
        """As an official text names it: ``tháng 10/2026``, ``quý IV/2026``, ``tuần từ 02/11/2026 đến 08/11/2026``."""
        if self.kind == MONTH:
            return f"tháng {self.first:%m/%Y}"
        if self.kind == QUARTER:
            return f"quý {('I', 'II', 'III', 'IV')[self.first.month // 3]}/{self.first.year}"
        if self.kind == WEEK:
            return f"tuần từ {self.first:%d/%m/%Y} đến {self.last:%d/%m/%Y}"
        return f"ngày {self.first:%d/%m/%Y}"

    @property
    def before_words(self) -> str:
        return {MONTH: "tháng trước", QUARTER: "quý trước", WEEK: "tuần trước"}.get(self.kind, "kỳ trước")


def recent_spans(kind: str, today: date, count: int) -> list[Span]:
    """The one ``today`` lies in and those before it, newest first."""
    spans = [Span.holding(kind, today)]
    while len(spans) < count:
        spans.append(spans[-1].before)
    return spans
