"""Writing to and marking the inbox."""

from collections.abc import Iterable, Sequence

from agencies.models import User
from events import clock
from events.models import Event
from notifications.audience import recipients
from notifications.models import Notification
from workflows.models import Case


def tell(events: Sequence[Event]) -> list[Notification]:
    """Write what each event's recipients are to be told; those already told are skipped by the constraint."""
    cases = Case.objects.select_related("owner").in_bulk({event.data["case"] for event in events})
    rows = [
        Notification(
            recipient_id=to.person_id,
            agency_id=to.agency_id,
            case=case,
            event_id=event.pk,
            kind=event.kind,
            reason=to.reason,
            urgent=case.urgent or bool(event.data.get("urgent")),
            created_at=event.at,
        )
        for event in events
        if (case := cases.get(event.data["case"]))
        for to in recipients(event, case)
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    return rows


def mark_read(person: User, ids: Iterable[int] | None = None) -> int:
    """Mark the person's own notifications read (all when ``ids`` is None); how many were unread."""
    unread = Notification.objects.filter(recipient=person, read_at=None)
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    return unread.update(read_at=clock.now())
