"""The table of abbreviations as administrators keep it: each process reads its rows, and again after a minute."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.db.models.functions import Cast

from . import abbreviations, names
from .models import Abbreviation
from .names import Name

FIELD = "abbreviation"
_read_at: float | None = None


def due() -> bool:
    return _read_at is None or time.monotonic() >= _read_at + names.KEPT_SECONDS


def rows() -> QuerySet[Any]:
    """To be united with what else is read. ``other``: the place of a row; of one retired, nothing."""
    place = Case(When(retired=True, then=Value("")), default=Cast("position", CharField()))
    return names.row(Abbreviation.objects.all(), FIELD, F("written"), F("meaning"), place)


def keep(found: Iterable[Name]) -> None:
    global _read_at
    known = list(found)
    ordered = sorted((int(one.other), one.value, one.name) for one in known if one.other)
    abbreviations.use([(written, meaning) for _, written, meaning in ordered] if known else None)
    _read_at = time.monotonic()


def refresh() -> None:
    """One query, when a minute has passed."""
    if due():
        keep(Name(*one) for one in rows())
