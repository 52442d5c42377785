"""Which days a report covers and when it is due: pure date arithmetic over a kind's rows and a calendar."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bulletins.models_reports import ReportKind
from workflows.deadlines import HANOI, Calendar


@dataclass(frozen=True)
class Span:
    """Days from ``first`` to ``last``, both counted, in Hanoi time."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time.min, HANOI)

    @property
    def end(self) -> datetime:
        """Exclusive."""
        return datetime.combine(self.last + timedelta(days=1), time.min, HANOI)

    def __str__(self) -> str:
        return f"{self.first:%d/%m/%Y} – {self.last:%d/%m/%Y}"


@dataclass(frozen=True)
class Schedule:
    """``due_on``: the last day for the whole; ``units_due_at``: until when the units report."""

    span: Span
    due_on: date
    units_due_at: datetime


def yearly_span(kind: ReportKind, year: int) -> Span:
    """What the kind covers in this year. Raises ValueError for a kind that has no days of its own."""
    if kind.from_month is None or kind.from_day is None or kind.to_month is None or kind.to_day is None:
        raise ValueError("made when asked for: whoever opens it says its days")
    first = _day(year - 1 if kind.from_year_before else year, kind.from_month, kind.from_day)
    return Span(first, _day(year, kind.to_month, kind.to_day))


def yearly_due(kind: ReportKind, year: int, calendar: Calendar) -> date:
    """“Before 15 June”: the last working day before it. Raises ValueError as `yearly_span`."""
    if kind.due_month is None or kind.due_day is None:
        raise ValueError("made when asked for: whoever opens it says when it is due")
    return calendar.take_working_days(_day(year, kind.due_month, kind.due_day), 1)


def schedule(kind: ReportKind, span: Span, due_on: date, calendar: Calendar) -> Schedule:
    """The units report the kind's working days earlier, until the end of the working day."""
    return Schedule(span, due_on, calendar.closing(calendar.take_working_days(due_on, kind.units_days_before)))


def remind_at(due_at: datetime, day: int, calendar: Calendar) -> datetime:
    """The morning, at eight, of the working day that lies ``day`` working days from the due day."""
    due = due_at.astimezone(HANOI).date()
    on = calendar.take_working_days(due, -day) if day < 0 else calendar.add_working_days(due, day)
    return datetime.combine(on, time(8), HANOI)


def _day(year: int, month: int, day: int) -> date:
    """The last day of the month where it has fewer."""
    return date(year, month, min(day, months.monthrange(year, month)[1]))
