"""What must be so once everything owed was delivered."""

from collections import Counter

from tests.assurance.outcome import Outcome

# Worked out from the memberships, not by the code under test.
_DESKS = {"case.lodged": ("intake",), "case.referred": ("intake", "supervisor")}


def everyone_was_told(outcome: Outcome) -> None:
    """Each lodging told to the intake of its owner, each offer to the desk it was made to: once, and to nobody else."""
    from events.models import Delivery, Event
    from notifications.models import Notification

    left = Counter(Delivery.objects.exclude(state=Delivery.State.DONE).values_list("handler", "state", "last_error"))
    outcome.check(not left, f"deliveries that are not done: {dict(left)}")
    told: dict[int, list[int]] = {}
    for event_id, person_id in Notification.objects.values_list("event_id", "recipient_id"):
        told.setdefault(event_id, []).append(person_id)
    desks: dict[tuple[str, str], list[int]] = {}
    for event in Event.objects.filter(kind__in=_DESKS).iterator():
        place = event.data["to"], event.kind
        if place not in desks:
            desks[place] = _people(*place)
        have = sorted(told.get(event.pk, []))
        outcome.check(have == desks[place], f"event {event.pk} {event.kind}: told {have} instead of {desks[place]}")


def _people(agency: str, kind: str) -> list[int]:
    from agencies.models import Membership

    held = Membership.objects.filter(agency__code=agency, role__in=_DESKS[kind], revoked_at=None)
    return sorted(set(held.values_list("person_id", flat=True)))


def everything_is_indexed(outcome: Outcome) -> None:
    from search.services import compare

    drift = compare()
    outcome.check(drift.is_none and not drift.waiting, f"the index differs from the database: {drift}")
    outcome.remarks.append(f"{drift.cases} cases, {drift.documents} documents in the index")
