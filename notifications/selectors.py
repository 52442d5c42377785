"""Reading the inbox: only what was told for an agency the person still belongs to."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from agencies.models import Membership, User
from notifications.models import Notification

COUNT_CAP = 100


def inbox(person: User) -> QuerySet[Notification]:
    """The person's notifications, newest first, with case, agency and complaint kind."""
    return _own(person).select_related("case", "agency").order_by("-id")


def unread_count(person: User) -> int:
    """How many are unread, counted up to COUNT_CAP (which then means “or more”)."""
    return _own(person).filter(read_at=None)[:COUNT_CAP].count()


def _own(person: User) -> QuerySet[Notification]:
    still_there = Membership.objects.filter(person=person, agency=OuterRef("agency"), revoked_at=None)
    return Notification.objects.filter(Exists(still_there), recipient=person)
