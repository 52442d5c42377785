"""When a case was received: what search calls its day.

An agency may have had a complaint long before it was entered here (`workflows/services/import_running.py`). Then the
day on which it was received counts, from midnight in Hanoi; else the moment of lodging. For the index and for the
database the same rule: `received_at` is one instant, `RECEIVED` and `NEWEST_FIRST` are its day and its order.
"""

from __future__ import annotations

from datetime import date, datetime, time

from django.db.models import Case as Either
from django.db.models import DateTimeField, F, Q, Value, When
from django.db.models.functions import TruncDate

from workflows.deadlines import HANOI
from workflows.models import Case

from .days import YEARS

# A day before is a slip of who kept the register: nobody can ask for it, nor do engines hold it.
_EARLIEST = date(YEARS[0], 1, 1)
_KNOWN = Q(complaint__received_on__gte=_EARLIEST)
RECEIVED = Either(When(_KNOWN, then="complaint__received_on"), default=TruncDate("lodged_at", tzinfo=HANOI))
_LODGED = Either(When(_KNOWN, then=Value(None)), default="lodged_at", output_field=DateTimeField())
NEWEST_FIRST = (RECEIVED.desc(), _LODGED.desc(nulls_last=True), F("pk").desc())


def received_on(case: Case) -> date | None:
    """The day on which an agency had it, before it was entered here; None where there was none."""
    day = case.complaint.received_on
    return day if day and day >= _EARLIEST else None


def received_at(case: Case) -> datetime:
    day = received_on(case)
    return datetime.combine(day, time.min, HANOI) if day else case.lodged_at
