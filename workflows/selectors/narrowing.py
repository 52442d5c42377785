"""Conditions that lists and the board share, so that a number and the list behind it are the same cases."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from workflows.models import Referral

# Places in the queue by mark: 0 is urgent and vulnerable, 1 urgent, 2 vulnerable (`Case.queue_rank`).
RANKS = {"urgent": (0, 1), "vulnerable": (0, 2)}
SOON = timedelta(days=7)
LATELY = timedelta(days=30)
# Days since the case was lodged: from, and before; None is open-ended.
AGES: dict[str, tuple[int, int | None]] = {"7": (0, 7), "30": (7, 30), "60": (30, 60), "older": (60, None)}
NOBODY = "none"


def missed(now: datetime) -> Q:
    """A time limit that ran out. The one place to change when limits become rows of their own."""
    return Q(queue_due__lt=now)


def due_soon(now: datetime) -> Q:
    return Q(queue_due__gte=now, queue_due__lt=now + SOON)


def aged(age: str, now: datetime) -> Q:
    """``age`` is one of `AGES`."""
    youngest, oldest = AGES[age]
    lodged = Q(lodged_at__lte=now - timedelta(days=youngest)) if youngest else Q()
    return lodged & Q(lodged_at__gt=now - timedelta(days=oldest)) if oldest else lodged


def returned(now: datetime) -> Q:
    """Sent to another agency by the one that owns the case, and given back within `LATELY`."""
    back = Referral.objects.filter(
        case=OuterRef("pk"), sender=OuterRef("owner"), state=Referral.State.RETURNED, ended_at__gt=now - LATELY
    )
    return Q(Exists(back))
