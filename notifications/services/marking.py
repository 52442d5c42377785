"""What a person does to the own inbox: reading, putting off, taking up again.

The person's other tabs are woken after the commit, not through the outbox: reading is nobody's business, so no event tells
of it, and a tab that is not reached finds the advanced cursor at its next check.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from agencies.models import User
from events import clock
from notifications.models import Notification
from notifications.push import wake_read
from notifications.services.cursors import advance
from workflows.errors import InvalidInput

LONGEST_PUT_OFF = timedelta(days=90)


def mark_read(person: User, ids: Iterable[int] | None = None) -> int:
    """Mark the person's own notifications read (all when ``ids`` is None); how many were unread. What was put off
    and has not surfaced stays."""
    unread = Notification.objects.filter(recipient=person, read_at=None, surfaces_at__lte=clock.now())
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    return _mark(person.pk, unread, read_at=clock.now())


def read_all(person_id: int, rows: QuerySet[Notification]) -> int:
    """Mark these unread ones of the person's read."""
    return _mark(person_id, rows, read_at=clock.now())


def mark_read_until(person: User, newest: int) -> int:
    """Mark all that was in the list when its first was this one: what came meanwhile was not looked at."""
    first = Notification.objects.filter(recipient=person, pk=newest).first()
    if first is None:
        return 0
    unread = Notification.objects.filter(recipient=person, read_at=None)
    return _mark(person.pk, unread.filter(surfaces_at__lte=min(first.surfaces_at, clock.now())), read_at=clock.now())


def mark_group_read(one: Notification) -> int:
    """Mark it, and what the list shows under it: the same agency, case and kind, and no newer. Of no case: itself alone."""
    return _mark(one.recipient_id, _group(one).filter(read_at=None), read_at=clock.now())


def put_off(one: Notification, until: datetime) -> int:
    """Show it, and what is unread under it in the list, at ``until`` (aware) as unread again; how many. Raises
    InvalidInput for a moment that is over, or more than 90 days ahead."""
    now = clock.now()
    if until <= now:
        raise InvalidInput("at", _("This time is over. Choose a later one."))
    if until > now + LONGEST_PUT_OFF:
        raise InvalidInput("at", _("At most 90 days ahead."))
    chosen = _group(one).filter(Q(read_at=None) | Q(pk=one.pk))
    return _mark(one.recipient_id, chosen, surfaces_at=until, put_off=True, read_at=None)


def take_up(one: Notification) -> int:
    """What was put off surfaces now."""
    now = clock.now()
    return _mark(one.recipient_id, Notification.objects.filter(pk=one.pk, surfaces_at__gt=now), surfaces_at=now)


def _group(one: Notification) -> QuerySet[Notification]:
    if one.case_id is None:
        return Notification.objects.filter(recipient=one.recipient_id, pk=one.pk)
    alike = Notification.objects.filter(
        recipient=one.recipient_id, agency=one.agency_id, case=one.case_id, kind=one.kind
    )
    return alike.filter(Q(surfaces_at__lte=min(one.surfaces_at, clock.now())) | Q(pk=one.pk))


@transaction.atomic
def _mark(person_id: int, rows: QuerySet[Notification], **changed: Any) -> int:
    marked = rows.update(**changed)
    _advance([person_id] if marked else [])
    return marked


@transaction.atomic
def tell_surfaced(rows: Iterable[Notification]) -> None:
    """Open pages count anew what had been put off until now. Telling it again only counts again."""
    _advance(sorted({row.recipient_id for row in rows}))


def _advance(people: Iterable[int]) -> None:
    cursors = advance(dict.fromkeys(people, 1))

    def wake() -> None:
        for person, cursor in cursors.items():
            wake_read(person, cursor)

    transaction.on_commit(wake)
