"""Without the engine: case numbers by their beginning, and identifiers, from the database alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Q

from complaints.models import Indicator
from workflows.models.case import CaseQuerySet

from .backends.base import Range, Scope
from .query import Query

# The beginning of a case number: the province and at least two characters more.
_NUMBER_START = re.compile(r"\d{2}-[0-9A-Z]{2,5}(?:-[0-9A-Z]{0,5})?")
MOST_NUMBERS = 5
# Where the database keeps what the index filters by.
COLUMNS = {
    "state": "state",
    "track": "track",
    "province": "province_id",
    "owner": "owner__code",
    "category": "category_id",
    "product_group": "complaint__product_group_id",
    "channel": "complaint__channel_id",
    "commune": "complaint__commune_id",
}


def looked_up(cases: CaseQuerySet, text: str, query: Query, scope: Scope) -> CaseQuerySet:
    """Those of ``cases`` whose number begins as something in ``text``, or that name an identifier in it."""
    asked = {key for span, _ in query.identifiers for key in span.keys if not key.startswith("~")}
    asked |= {plain for any_of in query.clauses.keys for key in any_of if (plain := key.partition(":")[2])[:1] != "~"}
    wanted = Q(pk__in=[])
    for start in {word.upper() for word in text.split()[:MOST_NUMBERS]} | {key.upper() for key in asked}:
        if _NUMBER_START.fullmatch(start):
            wanted |= Q(number__startswith=start)
    for value in {form for key in asked for form in _stored_forms(key)}:
        rows = Indicator.objects.filter(complaint_id=OuterRef("complaint_id"), value__startswith=value)
        wanted |= Q(Exists(rows))
    for name, values in scope.filters.items():
        if column := COLUMNS.get(name):
            cases = cases.filter(**{f"{column}__in": list(values)})
    for one in scope.ranges:
        cases = cases.filter(_within(one))
    return cases.filter(wanted).order_by("-lodged_at", "-pk")


def _stored_forms(key: str) -> set[str]:
    """A key as `Indicator.value` may hold it."""
    forms = {key, key.upper()}
    if key.isdecimal() and key.startswith("0"):
        forms.add("+84" + key[1:])
    return forms


def _within(one: Range) -> Q:
    column = {"lodged_at": "lodged_at", "amount": "complaint__amount"}[one.field]
    bounds = {"gte": one.since, "lt": one.until}
    asked = {f"{column}__{side}": bound for side, bound in bounds.items() if bound is not None}
    if one.field == "lodged_at":
        asked = {name: datetime.fromtimestamp(bound, tz=UTC) for name, bound in asked.items()}  # type: ignore[misc]
    return Q(**asked)
