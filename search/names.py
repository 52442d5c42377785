"""What agencies, communes, categories, product groups and channels are called: read by a query of another's, and kept."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import CharField, F, Model, QuerySet, Value

from agencies.models import Agency, Commune
from complaints.models import Category, Channel, ProductGroup

# Names hardly ever change; a process asks again after so many seconds.
KEPT_SECONDS = 60
_MOST_KEPT = 32
# No model has columns of these names.
_ROW = ("row_field", "row_value", "row_name", "row_other")
TAXONOMIES: dict[str, type[Model]] = {"category": Category, "product_group": ProductGroup, "channel": Channel}
_kept: dict[int, tuple[float, tuple[Name, ...]]] = {}


class Name(NamedTuple):
    """Of the ``value`` of a filter ``field``. ``other``: an agency's short name, a commune's full one; of the taxonomies the
    English one, beside the Vietnamese."""

    field: str
    value: str
    name: str
    other: str


def row(rows: QuerySet[Any], field: str, value: Any, name: Any = None, other: Any = None) -> QuerySet[Any]:
    """``rows`` as (field, value, name, other), all of them text, so that whatever is read so can be one query."""
    nothing = Value("", CharField())
    columns = (Value(field, CharField()), value, name or nothing, other or nothing)
    return rows.order_by().annotate(**dict(zip(_ROW, columns, strict=True))).values_list(*_ROW)


def names(agency: Agency) -> list[QuerySet[Any]]:
    """All that members of ``agency`` may narrow by, to be united into one query."""
    communes = Commune.objects.filter(province__agencies=agency)
    return [
        row(Agency.objects.all(), "owner", F("code"), F("name"), F("short_name")),
        row(communes, "commune", F("code"), F("name"), F("full_name")),
        *(
            row(model._default_manager.all(), field, F("pk"), F("label_vi"), F("label_en"))
            for field, model in TAXONOMIES.items()
        ),
    ]


def kept(agency: Agency) -> tuple[Name, ...] | None:
    """None where they are to be read."""
    at, found = _kept.get(agency.pk, (0.0, ()))
    return found if found and time.monotonic() < at + KEPT_SECONDS else None


def keep(agency: Agency, rows: Iterable[Name]) -> tuple[Name, ...]:
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    found = tuple(rows)
    _kept[agency.pk] = time.monotonic(), found
    return found
