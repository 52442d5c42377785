"""Paging by key: a page begins after the last row of the one before, so that nothing is counted or skipped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import BooleanField, DateTimeField, F, Func, Model, QuerySet, Value
from django.utils.dateparse import parse_datetime

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Order:
    """``fields`` are never NULL, all run the same way and end in the id: one row comparison finds the next page."""

    fields: tuple[str, ...]
    descending: bool = False


@dataclass(frozen=True)
class Page(Generic[Row]):
    """``previous`` and ``next`` are cursors, or empty where there is nothing that way."""

    rows: list[Row]
    previous: str = ""
    next: str = ""


def page(rows: QuerySet[Row], order: Order, cursor: str, *, size: int, scope: str) -> Page[Row]:
    """The page at ``cursor`` (empty: the first). A cursor of another ``scope``, or not ours, gives the first page."""
    key, backwards = _read(cursor, order, scope)
    descending = order.descending != backwards
    if key:
        rows = rows.filter(_beyond(order.fields, key, "<" if descending else ">"))
    found = list(rows.order_by(*(f"-{name}" if descending else name for name in order.fields))[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    before, after = (more, bool(key)) if backwards else (bool(key), more)
    return Page(
        found,
        previous=_cursor(found[0], order, scope, backwards=True) if before and found else "",
        next=_cursor(found[-1], order, scope, backwards=False) if after and found else "",
    )


def _beyond(fields: tuple[str, ...], key: list[Any], sign: str) -> Func:
    """``(a, b, id) > (x, y, z)``: SQLite and PostgreSQL answer it from an index on these columns."""
    values = (Value(v, output_field=DateTimeField()) if isinstance(v, datetime) else Value(v) for v in key)
    left, right = (Func(*part, template="(%(expressions)s)") for part in (map(F, fields), values))
    return Func(left, right, template="%(expressions)s", arg_joiner=f" {sign} ", output_field=BooleanField())


def _cursor(row: Model, order: Order, scope: str, *, backwards: bool) -> str:
    key = [getattr(row, name) for name in order.fields]
    return signing.dumps(
        [backwards, *(v.isoformat() if isinstance(v, datetime) else v for v in key)], salt=f"page:{scope}"
    )


def _read(cursor: str, order: Order, scope: str) -> tuple[list[Any], bool]:
    if not cursor:
        return [], False
    try:
        backwards, *key = signing.loads(cursor, salt=f"page:{scope}")
    except signing.BadSignature:
        return [], False
    read = [parse_datetime(value) if isinstance(value, str) else value for value in key]
    return (read, backwards) if len(read) == len(order.fields) else ([], False)
