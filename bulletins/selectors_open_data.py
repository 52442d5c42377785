"""Reading the daily sums for open data: whole months alone. No case is read."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from django.db.models import Max, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import override

from agencies.models import Commune
from bulletins.figures import Labels, Sums
from bulletins.models import DailyFigure, FigureDay
from bulletins.open_data import Line, month_lines
from bulletins.selectors_published import today
from complaints.models import Category, Channel, Kind, ProductGroup
from workflows.states import Track


def open_lines(province: str) -> list[Line]:
    """Of every month that is over, newest first. Five queries at any size."""
    labels = _labels(province)
    sums = month_sums(province)
    return [line for month in sorted(sums, reverse=True) for line in month_lines(f"{month:%Y-%m}", sums[month], labels)]


def month_sums(province: str) -> dict[date, Sums]:
    """The month that runs is left out: told day by day, its growth would tell of single reports."""
    rows = DailyFigure.objects.filter(day__province=province, day__day__lt=today().replace(day=1))
    grouped = rows.annotate(month=TruncMonth("day__day")).order_by().values_list("month", "measure", "key")
    counts: dict[date, dict[tuple[str, str], int]] = defaultdict(dict)
    amounts: dict[date, dict[tuple[str, str], int]] = defaultdict(dict)
    for month, measure, key, count, amount in grouped.annotate(n=Sum("count"), total=Sum("amount")):
        counts[month][measure, key], amounts[month][measure, key] = count, amount
    return {month: Sums(counts[month], amounts[month]) for month in counts}


def added_up_at(province: str) -> datetime | None:
    """When a day of the province was added up last."""
    rows = FigureDay.objects.filter(province=province, day__lt=today().replace(day=1))
    at: datetime | None = rows.aggregate(at=Max("computed_at"))["at"]
    return at


def _labels(province: str) -> Labels:
    """Vietnamese in every language: files are compared over time."""
    with override("vi"):
        kinds, tracks = ({str(one.value): str(one.label) for one in choices} for choices in (Kind, Track))
    categories = list(Category.objects.values_list("code", "label_vi", "default_track"))
    return {
        "kind": kinds,
        "track": tracks,
        "group": dict(ProductGroup.objects.values_list("code", "label_vi")),
        "channel": dict(Channel.objects.values_list("code", "label_vi")),
        "category": {code: label for code, label, _track in categories},
        "track_of": {code: track for code, _label, track in categories},
        "commune": dict(Commune.objects.filter(province=province).values_list("code", "full_name")),
    }
