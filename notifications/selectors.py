"""Reading the inbox: only what was told for an agency the person still belongs to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, IntegerField, OuterRef, QuerySet, Subquery

from agencies.models import Membership, User
from notifications.models import Inbox, Notification

COUNT_CAP = 100


def inbox(person: User) -> QuerySet[Notification]:
    """The person's notifications, newest first, with case, agency and complaint kind."""
    return _own(person).select_related("case", "agency").order_by("-id")


@dataclass(frozen=True)
class Standing:
    """Where a person's inbox stands, and how many of it are unread, counted up to COUNT_CAP."""

    cursor: int = 0
    unread: int = 0


class _Count(Subquery):
    """How many rows a query has, its limit included."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def standings(people: Collection[int]) -> dict[int, Standing]:
    """By person id, for as many as are asked: two queries. The cursors are read first: everything up to them is
    committed, and what is committed meanwhile only comes on top."""
    cursors = dict(Inbox.objects.filter(person__in=people).values_list("person", "cursor"))
    there = Membership.objects.filter(person=OuterRef("recipient"), agency=OuterRef("agency"), revoked_at=None)
    rows = Notification.objects.filter(Exists(there), recipient=OuterRef("pk"), read_at=None).order_by()
    counted = User.objects.filter(pk__in=people).values_list("pk", _Count(rows.values("pk")[:COUNT_CAP]))
    return {person: Standing(cursors.get(person, 0), unread) for person, unread in counted}


@dataclass(frozen=True)
class Missed:
    """``rows`` after a cursor in their order, each with its case; None: too many, or a cursor that was never given.
    ``cursor``: where the inbox stands with them."""

    cursor: int
    rows: list[Notification] | None


def missed(person_id: int, after: int | None, stands: int, *, most: int) -> Missed:
    """What the person was told after the cursor (None: from now on). ``stands`` was read before."""
    if after is None or after == stands:
        return Missed(stands, [])
    if after > stands:
        return Missed(stands, None)
    told = _own(person_id).filter(cursor__gt=after).select_related("case").order_by("cursor")
    rows = list(told[: most + 1])
    cursor = max([stands, *(row.cursor for row in rows)])
    return Missed(cursor, rows if len(rows) <= most else None)


def cursor_of(person_id: int) -> int:
    return Inbox.objects.filter(person=person_id).values_list("cursor", flat=True).first() or 0


def unread_count(person: User) -> int:
    """How many are unread, counted up to COUNT_CAP (which then means “or more”)."""
    return _own(person).filter(read_at=None)[:COUNT_CAP].count()


def _own(person: User | int) -> QuerySet[Notification]:
    still_there = Membership.objects.filter(person=person, agency=OuterRef("agency"), revoked_at=None)
    return Notification.objects.filter(Exists(still_there), recipient=person)
