"""Without the engine: case numbers by their beginning, and identifiers, from the database alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from complaints.models import Indicator, IndicatorKind
from workflows.deadlines import HANOI
from workflows.models.case import CaseQuerySet
from workflows.states import OPEN

from .backends.base import Range, Scope
from .days import YEARS
from .documents import AMOUNT_BANDS
from .keys import SHORTEST_NUMBER
from .query import Query
from .received import NEWEST_FIRST, RECEIVED

# The beginning of a case number: the province and at least two characters more.
_NUMBER_START = re.compile(r"\d{2}-[0-9A-Z]{2,5}(?:-[0-9A-Z]{0,5})?")
MOST_NUMBERS = 5
# No value of any filter: two choices that exclude each other find nothing.
NOTHING = "\0"
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
    asked = {key for span, _ in query.identifiers for key in span.keys}
    wanted = _named(asked)
    for start in {word.upper() for word in text.split()[:MOST_NUMBERS]} | {key.upper() for key in asked}:
        if _NUMBER_START.fullmatch(start):
            wanted |= Q(number__startswith=start)
    if query.clauses.keys and not asked:
        wanted = Q()
    for any_of in query.clauses.keys:
        wanted &= _named(any_of)
    for barred in query.clauses.barred:
        if isinstance(barred, tuple):
            wanted &= ~_named(barred)
    for name, values in scope.filters.items():
        wanted &= _chosen(name, values)
    for one in scope.ranges:
        wanted &= _within(one)
    return cases.alias(received=RECEIVED).filter(wanted).order_by(*NEWEST_FIRST)


def _named(keys: Iterable[str]) -> Q:
    """Cases that name one of them; a typed key (``phone:0912…``) as an identifier of that kind."""
    found = Q(pk__in=[])
    for key in keys:
        kind, _, plain = key.rpartition(":")
        if plain.startswith("~") or key.startswith("~"):
            continue
        is_typed = kind in IndicatorKind.values
        # A few digits begin too much.
        lookup = "value" if plain.isdecimal() and len(plain) < SHORTEST_NUMBER else "value__startswith"
        for value in _stored_forms(plain if is_typed else key):
            rows = Indicator.objects.filter(complaint_id=OuterRef("complaint_id"), **{lookup: value})
            found |= Q(Exists(rows.filter(kind=kind) if is_typed else rows))
    return found


def _chosen(name: str, values: Sequence[str]) -> Q:
    if NOTHING in values:
        return Q(pk__in=[])
    if column := COLUMNS.get(name):
        return Q(**{f"{column}__in": list(values)})
    found = Q(pk__in=[])
    for value in values:
        found |= _reckoned(name, value)
    return found


def _reckoned(name: str, value: str) -> Q:
    """What the index filters by and no column holds as it is."""
    if name == "is_open":
        return Q(state__in=OPEN) if value == "yes" else ~Q(state__in=OPEN)
    if name == "urgent":
        return Q(urgent=value == "yes")
    if name == "handler":
        return Q(handler_id=value) if value.isdecimal() and len(value) < 10 else Q(pk__in=[])
    if name == "amount_band":
        return _band(value)
    return _month(value)


def _band(value: str) -> Q:
    if value not in map(str, AMOUNT_BANDS):
        return Q(pk__in=[])
    least = int(value)
    above = [band for band in AMOUNT_BANDS if band > least]
    return Q(complaint__amount__gte=least) & (Q(complaint__amount__lt=above[0]) if above else Q())


def _month(value: str) -> Q:
    try:
        first = date.fromisoformat(f"{value}-01")
    except ValueError:
        return Q(pk__in=[])
    if first.year not in YEARS:
        return Q(pk__in=[])
    after = (first + timedelta(days=31)).replace(day=1)
    return Q(received__gte=first, received__lt=after)


def _stored_forms(key: str) -> set[str]:
    """A key as `Indicator.value` may hold it."""
    forms = {key, key.upper()}
    if key.isdecimal() and key.startswith("0"):
        forms.add("+84" + key[1:])
    return forms


def _within(one: Range) -> Q:
    """Of time, whole days in Hanoi: nothing else can be asked for."""
    column = {"lodged_at": "received", "amount": "complaint__amount"}[one.field]
    bounds = {"gte": one.since, "lt": one.until}
    asked = {f"{column}__{side}": bound for side, bound in bounds.items() if bound is not None}
    if one.field == "lodged_at":
        asked = {name: datetime.fromtimestamp(bound, HANOI).date() for name, bound in asked.items()}  # type: ignore[misc]
    return Q(**asked)
