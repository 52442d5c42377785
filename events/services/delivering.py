"""Working off what is owed: claim, run outside any lock, mark done if the claim still holds."""

import random
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import F, QuerySet

from events import clock
from events.models import Delivery
from events.registry import Handler, Postponed

log = structlog.get_logger(__name__)

PARK_AFTER = 12
LONGEST_WAIT = timedelta(hours=1)


def deliver_batch(handler: Handler) -> int:
    """Run one batch of what is due for ``handler``; the number of deliveries attempted (0: nothing due)."""
    claimed, token = _claim(handler)
    if claimed:
        _run(handler, claimed, token)
    return len(claimed)


def _due(handler: Handler) -> QuerySet[Delivery]:
    return Delivery.objects.filter(handler=handler.name, state=Delivery.State.DUE, due_at__lte=clock.now())


def is_owed(handler: Handler) -> bool:
    """Asked before a claim, which is a transaction, and on SQLite takes the only write lock."""
    return _due(handler).exists()


@transaction.atomic
def _claim(handler: Handler) -> tuple[list[Delivery], int]:
    """Lease due rows. ``skip_locked`` keeps two relays off the same rows; the token fences a
    relay that comes back after its lease ran out."""
    now, token = clock.now(), secrets.randbits(62)
    due = _due(handler)
    if connection.features.has_select_for_update_skip_locked:
        due = due.select_for_update(skip_locked=True, of=("self",))
    rows = _without_deadly(list(due.select_related("event").order_by("due_at", "id")[: handler.batch]))
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
        token=token, due_at=now + handler.lease, attempts=F("attempts") + 1
    )
    return rows, token


def _without_deadly(rows: list[Delivery]) -> list[Delivery]:
    """What failed is postponed or parked by the relay it failed in. A row still due after all its tries took
    its relay down with it each time: it is parked here."""
    deadly = [row.pk for row in rows if row.attempts >= PARK_AFTER]
    if deadly:
        Delivery.objects.filter(pk__in=deadly).update(state=Delivery.State.PARKED, last_error="relay died")
    return [row for row in rows if row.attempts < PARK_AFTER]


def _run(handler: Handler, rows: Sequence[Delivery], token: int) -> None:
    try:
        handler.run([row.event for row in rows])
    except Exception as error:
        if isinstance(error, Postponed) and (error.all_of_them or len(rows) == 1):
            _hold(rows, token, error.until)
        elif len(rows) > 1:
            _run_each(handler, rows, token)
        else:
            log.warning("delivery failed", handler=handler.name, event_id=rows[0].event_id, exc_info=error)
            _postpone(rows[0], token, error)
    else:
        Delivery.objects.filter(pk__in=[row.pk for row in rows], token=token).update(
            state=Delivery.State.DONE, done_at=clock.now(), last_error=""
        )


def _run_each(handler: Handler, rows: Sequence[Delivery], token: int) -> None:
    """One bad event must not hold back its batch: each is tried alone, within a lease of its own, unless another relay
    took it meanwhile."""
    for row in rows:
        ours = Delivery.objects.filter(pk=row.pk, token=token, state=Delivery.State.DUE)
        if ours.update(due_at=clock.now() + handler.lease):
            _run(handler, [row], token)


def _hold(rows: Sequence[Delivery], token: int, until: datetime) -> None:
    """Due then; the try that found it too early does not count."""
    held = Delivery.objects.filter(pk__in=[row.pk for row in rows], token=token)
    held.update(due_at=until, attempts=F("attempts") - 1, token=None, last_error="")


def _postpone(row: Delivery, token: int, error: Exception) -> None:
    """Back off, doubling; park what keeps failing. Only the error's type is kept: its text may quote a citizen."""
    attempts = row.attempts + 1
    wait = min(timedelta(seconds=2.0 ** min(attempts, 12)), LONGEST_WAIT) * random.uniform(0.8, 1.2)  # nosec B311: jitter
    Delivery.objects.filter(pk=row.pk, token=token).update(
        state=Delivery.State.PARKED if attempts >= PARK_AFTER else Delivery.State.DUE,
        due_at=clock.now() + wait,
        last_error=f"{type(error).__module__}.{type(error).__name__}"[:200],
    )


def retry(deliveries: Sequence[int]) -> int:
    """Make parked or waiting deliveries due now, by id; how many were."""
    return (
        Delivery.objects.filter(pk__in=deliveries)
        .exclude(state=Delivery.State.DONE)
        .update(state=Delivery.State.DUE, attempts=0, due_at=clock.now(), token=None)
    )
