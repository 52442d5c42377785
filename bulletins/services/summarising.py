"""Keeping the daily sums: which days have to be added up, and adding them up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min

from agencies.models import Province
from bulletins.daily import runs, sums
from bulletins.models import DailyFigure, FigureDay
from bulletins.spans import Span
from complaints.models import Complaint
from events import clock
from workflows.deadlines import HANOI
from workflows.models import Case, Milestone, Satisfaction


def mark_days_of(case_ids: Iterable[int]) -> None:
    """Owe a new sum of every day these cases count on. A repeat is harmless."""
    ids = list(case_ids)
    moments = [
        *Case.objects.filter(pk__in=ids).values_list("province", "lodged_at"),
        *Milestone.objects.filter(case__in=ids).values_list("case__province", "reached_at"),
        *Satisfaction.objects.filter(case__in=ids).values_list("case__province", "given_at"),
    ]
    mark_stale({(province, hanoi_day(at)) for province, at in moments})


def hanoi_day(at: datetime) -> date:
    return at.astimezone(HANOI).date()


def mark_stale(days: Iterable[tuple[str, date]]) -> None:
    """One statement; in one order, so that two who mark the same days never wait for each other."""
    rows = [FigureDay(province_id=province, day=day, stale=True) for province, day in sorted(days)]
    FigureDay.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["province", "day"], update_fields=["stale"]
    )


def recount(province: str, span: Span) -> None:
    """Add up from the cases, as they are now, every day of the period and of those it is compared with."""
    today = hanoi_day(clock.now())
    days = {day for one in (span, span.before, span.last_year) for day in one.days if day <= today}
    mark_stale((province, day) for day in days)
    for one in (span, span.before, span.last_year):
        add_up_stale(province, one)


def add_up_stale(province: str | None = None, span: Span | None = None) -> int:
    """Add up what is owed, at most a month of days per transaction. How many days it were."""
    rows = FigureDay.objects.filter(stale=True)
    rows = rows.filter(province=province) if province else rows
    rows = rows.filter(day__gte=span.first, day__lte=span.last) if span else rows
    owed: dict[str, list[date]] = {}
    for code, day in rows.values_list("province", "day"):
        owed.setdefault(code, []).append(day)
    for code, days in owed.items():
        for first, last in runs(days):
            _add_up(code, first, last)
    return sum(map(len, owed.values()))


@transaction.atomic
def _add_up(province: str, first: date, last: date) -> None:
    """The days' rows are locked before anything is read: who marks them meanwhile waits, and is added up next time."""
    chosen = FigureDay.objects.filter(province=province, day__gte=first, day__lte=last).order_by("day")
    days = {row.day: row for row in chosen.select_for_update(of=("self",))}
    DailyFigure.objects.filter(day__in=list(days.values())).delete()
    found = [
        DailyFigure(day=days[row.day], measure=row.measure, key=row.key, count=row.count, amount=row.amount)
        for row in sums(province, first, last)
        if row.day in days
    ]
    DailyFigure.objects.bulk_create(found, batch_size=500)
    chosen.update(stale=False, computed_at=clock.now())


def rebuild(province: Province, *, since: date | None = None) -> int:
    """Mark every day on which something was lodged, from ``since`` on, and add all of them up. How many days."""
    bounds = Complaint.objects.filter(province=province).aggregate(first=Min("lodged_at"), last=Max("lodged_at"))
    if not bounds["first"]:
        return 0
    first = max(hanoi_day(bounds["first"]), since or date.min)
    length = (hanoi_day(clock.now()) - first).days + 1
    mark_stale((province.pk, first + timedelta(days=n)) for n in range(length))
    return add_up_stale(province.pk)


def keep_up() -> None:
    """Add up what is owed; a province that was never added up, from its beginning."""
    begun = FigureDay.objects.values("province")
    for province in Province.objects.filter(agencies__is_lead=True).exclude(pk__in=begun).distinct():
        rebuild(province)
    add_up_stale()
