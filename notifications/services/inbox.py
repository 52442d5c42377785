"""Writing to and marking the inbox."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from django.db import transaction

from agencies.models import User
from events import clock
from events.models import Event
from notifications.audience import People, recipients
from notifications.models import Notification
from notifications.push import wake_read
from notifications.services.cursors import advance
from workflows.models import Case


def tell(events: Sequence[Event]) -> list[Notification]:
    """Write what each event's recipients are to be told; the rows as they stand, those of an earlier try among them.

    Whoever tried before may have died between writing and waking: its rows are woken again, with the same cursors.
    """
    wanted = {(row.recipient_id, row.event_id): row for row in _rows(events)}
    with transaction.atomic():
        known = _cursors(wanted)
        _insert([row for key, row in wanted.items() if key not in known])
    # Read again: where two relays tell the same, the constraint decides whose cursor it is.
    for key, cursor in _cursors(wanted).items():
        wanted[key].cursor = cursor
    return sorted(wanted.values(), key=lambda row: (row.recipient_id, row.cursor))


def _rows(events: Sequence[Event]) -> list[Notification]:
    cases = Case.objects.select_related("owner").in_bulk({event.data["case"] for event in events})
    people = People()
    return [
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
        for to in recipients(event, case, people)
    ]


def _cursors(wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Of those told already, by (person, event)."""
    told = Notification.objects.filter(
        recipient__in={person for person, _ in wanted}, event_id__in={event for _, event in wanted}
    )
    rows = told.values_list("recipient_id", "event_id", "cursor")
    return {(person, event): cursor for person, event, cursor in rows if (person, event) in wanted}


def _insert(rows: list[Notification]) -> None:
    """Each at the next place of its person. Another relay may tell the same meanwhile: the constraint decides."""
    places = advance(Counter(row.recipient_id for row in rows))
    for row in reversed(rows):
        row.cursor = places[row.recipient_id]
        places[row.recipient_id] -= 1
    Notification.objects.bulk_create(rows, ignore_conflicts=True)


def mark_read(person: User, ids: Iterable[int] | None = None) -> int:
    """Mark the person's own notifications read (all when ``ids`` is None); how many were unread.

    The person's other tabs are woken after the commit, not through the outbox: reading is nobody's business, so no
    event tells of it, and a tab that is not reached finds the advanced cursor at its next check.
    """
    unread = Notification.objects.filter(recipient=person, read_at=None)
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    with transaction.atomic():
        marked = unread.update(read_at=clock.now())
        cursor = advance({person.pk: 1 if marked else 0}).get(person.pk)
        if cursor:
            transaction.on_commit(lambda: wake_read(person.pk, cursor))
    return marked
