"""Reading the inbox: only what was told for an agency the person still belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from agencies.models import Membership, User
from notifications.models import Inbox, Notification

COUNT_CAP = 100


def inbox(person: User) -> QuerySet[Notification]:
    """The person's notifications, newest first, with case, agency and complaint kind."""
    return _own(person).select_related("case", "agency").order_by("-id")


@dataclass(frozen=True)
class Missed:
    """``rows`` after a cursor in their order, each with its case; None: too many, or a cursor that was never given.
    ``cursor``: where the inbox stands with them."""

    cursor: int
    rows: list[Notification] | None


def missed(person_id: int, after: int | None, *, most: int) -> Missed:
    """What the person was told after the cursor (None: from now on). The counter is read first: everything up to it is committed, and
    what is committed meanwhile only comes on top."""
    stands = cursor_of(person_id)
    if after is None:
        return Missed(stands, [])
    if after > stands:
        return Missed(stands, None)
    told = _own(person_id).filter(cursor__gt=after).select_related("case").order_by("cursor")
    rows = list(told[: most + 1]) if after < stands else []
    cursor = max([stands, *(row.cursor for row in rows)])
    return Missed(cursor, rows if len(rows) <= most else None)


def cursor_of(person_id: int) -> int:
    return Inbox.objects.filter(person=person_id).values_list("cursor", flat=True).first() or 0


def unread_count(person: User | int) -> int:
    """How many are unread, counted up to COUNT_CAP (which then means “or more”)."""
    return _own(person).filter(read_at=None)[:COUNT_CAP].count()


def _own(person: User | int) -> QuerySet[Notification]:
    still_there = Membership.objects.filter(person=person, agency=OuterRef("agency"), revoked_at=None)
    return Notification.objects.filter(Exists(still_there), recipient=person)
