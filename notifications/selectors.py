"""Reading the inbox: only what was told for an agency the person still belongs to, and what was not put off."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, IntegerField, JSONField, OuterRef, Q, QuerySet, Subquery

from agencies.models import Membership, User
from events import clock
from events.models import Event
from notifications.models import CaseFollow, CaseMute, Inbox, Notification, PushDevice
from workflows.models import Case
from workflows.selectors.paging import Order

COUNT_CAP = 100
# Newest first; what was put off stands where it surfaced again.
ORDER = Order(("surfaces_at", "id"), descending=True)


def inbox(person: User) -> QuerySet[Notification]:
    """The person's notifications, newest first, with case and agency."""
    return _shown(person).select_related("case", "agency").order_by("-surfaces_at", "-id")


def inbox_groups(person: User) -> QuerySet[Notification]:
    """The newest notification of each agency, case and kind, newest first; with ``in_group`` and ``unread_in_group``,
    both capped, and ``about``, the data of its event. One query, whose cost is that of the rows that are taken."""
    newer = Q(surfaces_at__gt=OuterRef("surfaces_at")) | Q(surfaces_at=OuterRef("surfaces_at"), pk__gt=OuterRef("pk"))
    group = Notification.objects.filter(
        recipient=person, case=OuterRef("case"), kind=OuterRef("kind"), agency=OuterRef("agency")
    ).filter(surfaces_at__lte=clock.now())
    event = Event.objects.filter(pk=OuterRef("event_id")).values("data")
    return (
        inbox(person)
        .filter(~Exists(group.filter(newer)))
        .annotate(
            in_group=_Counted(group),
            unread_in_group=_Counted(group.filter(read_at=None)),
            about=Subquery(event, output_field=JSONField()),
        )
    )


def put_off(person: User) -> QuerySet[Notification]:
    """What the person put off and is not due yet, the first to come first."""
    ahead = _own(person).filter(surfaces_at__gt=clock.now())
    event = Event.objects.filter(pk=OuterRef("event_id")).values("data")
    about = Subquery(event, output_field=JSONField())
    return ahead.select_related("case", "agency").annotate(about=about).order_by("surfaces_at", "id")


def own_notification(person: User, pk: int) -> Notification | None:
    """With case, agency and ``about``; what was put off too."""
    event = Event.objects.filter(pk=OuterRef("event_id")).values("data")
    found = _own(person).filter(pk=pk).select_related("case", "agency")
    return found.annotate(about=Subquery(event, output_field=JSONField())).first()


@dataclass(frozen=True)
class Standing:
    """Where a person's inbox stands, and how many of it are unread, counted up to COUNT_CAP."""

    cursor: int = 0
    unread: int = 0


def standings(people: Collection[int]) -> dict[int, Standing]:
    """By person id, for as many as are asked: two queries. The cursors are read first: everything up to them is
    committed, and what is committed meanwhile only comes on top."""
    cursors = dict(Inbox.objects.filter(person__in=people).values_list("person", "cursor"))
    there = Membership.objects.filter(person=OuterRef("recipient"), agency=OuterRef("agency"), revoked_at=None)
    rows = Notification.objects.filter(
        Exists(there), recipient=OuterRef("pk"), read_at=None, surfaces_at__lte=clock.now()
    ).order_by()
    counted = User.objects.filter(pk__in=people).values_list("pk", _Counted(rows))
    return {person: Standing(cursors.get(person, 0), unread) for person, unread in counted}


@dataclass(frozen=True)
class Missed:
    """``rows`` after a cursor that open pages are to be told, in their order, each with its case; None: too many, or a
    cursor that was never given. ``cursor``: where the inbox stands with them. ``read``: whether something else changed
    than rows that only stand in the list."""

    cursor: int
    rows: list[Notification] | None
    read: bool = False


def missed(person_id: int, after: int | None, stands: int, *, most: int) -> Missed:
    """What the person was told after the cursor (None: from now on). ``stands`` was read before."""
    if after is None or after == stands:
        return Missed(stands, [])
    if after > stands:
        return Missed(stands, None)
    told = _own(person_id).filter(cursor__gt=after).select_related("case").order_by("cursor")
    rows = list(told[: most + 1])
    cursor = max([stands, *(row.cursor for row in rows)])
    if len(rows) > most:
        return Missed(cursor, None)
    # Each place is a row or a reading; one taken in vain looks like a reading, and has the page count once more.
    return Missed(cursor, [row for row in rows if row.live], read=cursor - after > len(rows))


def cursor_of(person_id: int) -> int:
    return Inbox.objects.filter(person=person_id).values_list("cursor", flat=True).first() or 0


def unread_count(person: User) -> int:
    """How many are unread, counted up to COUNT_CAP (which then means “or more”)."""
    return _shown(person).filter(read_at=None)[:COUNT_CAP].count()


def surfaced(since: datetime, until: datetime) -> QuerySet[Notification]:
    """What had been put off and surfaced, unread, after ``since`` and until ``until``."""
    between = Notification.objects.filter(read_at=None, surfaces_at__gt=since, surfaces_at__lte=until)
    return between.filter(put_off=True).select_related("case")


@dataclass(frozen=True)
class Watching:
    """What a person wants to hear of one case; the ids are of the rows that say so."""

    follow_id: int | None
    mute_id: int | None


def watching(person: User, case_id: int) -> Watching:
    """One query."""
    mute = CaseMute.objects.filter(person=person, case=OuterRef("pk")).values("pk")
    follow = CaseFollow.objects.filter(person=person, case=OuterRef("pk")).values("pk")
    ids = Case.objects.filter(pk=case_id).values_list(Subquery(follow), Subquery(mute)).first()
    return Watching(*(ids or (None, None)))


def followed_cases(person: User) -> QuerySet[CaseFollow]:
    return CaseFollow.objects.filter(person=person).select_related("case", "agency").order_by("-since", "-pk")


def muted_cases(person: User) -> QuerySet[CaseMute]:
    return CaseMute.objects.filter(person=person).select_related("case").order_by("-since", "-pk")


def own_devices(person: User) -> QuerySet[PushDevice]:
    """Browsers the person allowed to be woken, the newest first."""
    return PushDevice.objects.filter(person=person).order_by("-since", "-pk")


class _Counted(Subquery):
    """How many rows a query has, read no further than COUNT_CAP."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) _rows)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Notification]) -> None:
        super().__init__(rows.order_by().values("pk")[:COUNT_CAP])


def _shown(person: User) -> QuerySet[Notification]:
    return _own(person).filter(surfaces_at__lte=clock.now())


def _own(person: User | int) -> QuerySet[Notification]:
    still_there = Membership.objects.filter(person=person, agency=OuterRef("agency"), revoked_at=None)
    return Notification.objects.filter(Exists(still_there), recipient=person)
