"""Adding up days: what is counted, from which rows. A day's sums can be thrown away and added up again at any time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Case as Either
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import TruncDate

from complaints.models import Complaint, Origin
from workflows.deadlines import HANOI
from workflows.models import Milestone, Party, Resolution, Satisfaction
from workflows.models.satisfaction import SATISFIED_FROM
from workflows.services.milestones import ANSWERS

#: Splits of what people sent: measure and the field it goes by. What officers found themselves is told apart.
SPLITS = {
    "kind": "kind",
    "track": "case__track",
    "group": "product_group",
    "channel": "channel",
    "commune": "commune",
    "category": "case__category",
}
RECEIVED, FOUND, LOSS, RESOLVED, ANSWERED, SATISFIED = "received", "found", "loss", "resolved", "answered", "satisfied"
IN_TIME, LATE, UNLIMITED = "in_time", "late", "unlimited"
MEASURES = (RECEIVED, *SPLITS, FOUND, LOSS, RESOLVED, ANSWERED, SATISFIED)


@dataclass(frozen=True)
class DaySum:
    """One row to be: ``count`` and, for money and scores, ``amount``."""

    day: date
    measure: str
    key: str
    count: int
    amount: int = 0


def sums(province: str, first: date, last: date) -> Iterator[DaySum]:
    """Every sum of these days, ends in. Twelve queries, however many days or cases."""
    lodged = _within(Complaint.objects.filter(province=province), "lodged_at", first, last)
    sent = lodged.exclude(origin=Origin.OWN_INITIATIVE)
    yield from _counted(sent, RECEIVED)
    yield from _counted(lodged.filter(origin=Origin.OWN_INITIATIVE), FOUND)
    for measure, field in SPLITS.items():
        yield from _counted(sent.exclude(**{field: None}), measure, F(field))
    yield from _counted(sent.exclude(amount=None), LOSS, amount=Sum("amount"))
    yield from _counted(_within(_first_resolutions(province), "resolved_at", first, last), RESOLVED)
    yield from _counted(_within(_answers(province), "reached_at", first, last), ANSWERED, _timeliness())
    yield from _counted(
        _within(_scores(province), "given_at", first, last), SATISFIED,
        amount=Count("pk", filter=Q(score__gte=SATISFIED_FROM)),
    )  # fmt: skip


def _within(rows: QuerySet[Any], field: str, first: date, last: date) -> QuerySet[Any]:
    start = datetime.combine(first, time.min, HANOI)
    end = datetime.combine(last + timedelta(days=1), time.min, HANOI)
    chosen = rows.filter(**{f"{field}__gte": start, f"{field}__lt": end})
    return chosen.annotate(on=TruncDate(field, tzinfo=HANOI))


def _counted(rows: QuerySet[Any], measure: str, key: Any = None, amount: Any = None) -> Iterator[DaySum]:
    by = key if key is not None else Value("", CharField())
    total = amount if amount is not None else Value(0)
    grouped = rows.annotate(of=by).order_by().values("on", "of").annotate(n=Count("pk"), total=total)
    for row in grouped:
        yield DaySum(row["on"], measure, str(row["of"]), row["n"], row["total"] or 0)


def _first_resolutions(province: str) -> QuerySet[Resolution]:
    """A case counts once, on the day of its first resolution, however often it was opened again."""
    earlier = Resolution.objects.filter(case=OuterRef("case"), pk__lt=OuterRef("pk"))
    return Resolution.objects.filter(~Exists(earlier), case__province=province)


def _answers(province: str) -> QuerySet[Milestone]:
    return Milestone.objects.filter(case__province=province, case__has_sender=True, kind__in=ANSWERS)


def _scores(province: str) -> QuerySet[Satisfaction]:
    return Satisfaction.objects.filter(case__province=province, party=Party.CITIZEN)


def _timeliness() -> Either:
    return Either(
        When(due_at=None, then=Value(UNLIMITED)),
        When(reached_at__lte=F("due_at"), then=Value(IN_TIME)),
        default=Value(LATE),
        output_field=CharField(),
    )


def runs(days: Iterable[date], longest: int = 31) -> Iterator[tuple[date, date]]:
    """Days put together to ranges without holes, none longer than ``longest`` days."""
    first = last = None
    for day in sorted(set(days)):
        if first is not None and last is not None and day - last == timedelta(days=1) and (day - first).days < longest:
            last = day
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = day
    if first is not None and last is not None:
        yield first, last
