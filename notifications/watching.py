"""Whom a change of a case wakes beside those it concerns: whoever looks at its page, and lists it stands on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from agencies.models import Agency
from events.models import Event
from notifications.push import Message
from workflows.models import Case
from workflows.selectors.timeline import LOOKS

CHANGED = "case-changed"
# What takes a case from one agency's lists and puts it on another's.
_MOVED_BETWEEN = ("case.referred", "case.referral_")


def topic_of_case(case_id: int) -> str:
    return f"case.{case_id}"


def topic_of_desk(agency_id: int) -> str:
    return f"desk.{agency_id}"


def wakes(events: Sequence[Event]) -> list[Message]:
    """(topic, message) for each case and each desk concerned, once; a message holds a kind and a case number. Two
    queries."""
    events = [event for event in events if event.kind not in LOOKS and "case" in event.data]
    cases = Case.objects.only("number", "owner", "offered_to", "escalated_to").in_bulk({e.data["case"] for e in events})
    agencies = _named(events)
    found: dict[str, set[str]] = {}
    for event in events:
        if case := cases.get(event.data["case"]):
            for topic in (topic_of_case(case.pk), *map(topic_of_desk, _desks(event, case, agencies))):
                found.setdefault(topic, set()).add(case.number)
    return [(topic, _changed(number)) for topic, numbers in found.items() for number in sorted(numbers)]


def _changed(number: str) -> dict[str, Any]:
    return {"kind": CHANGED, "case": number}


def _desks(event: Event, case: Case, agencies: dict[str, int]) -> Collection[int]:
    """On whose lists the case stands now, or stood until this event."""
    now = {case.owner_id, case.offered_to_id, case.escalated_to_id}
    return {agency for agency in now | {agencies.get(code) for code in _codes(event)} if agency}


def _codes(event: Event) -> Iterable[str]:
    between = event.kind.startswith(_MOVED_BETWEEN)
    return filter(None, (event.data.get("to"), event.data.get("sender"), event.actor.get("agency")) if between else ())


def _named(events: Iterable[Event]) -> dict[str, int]:
    codes = {code for event in events for code in _codes(event)}
    return dict(Agency.objects.filter(code__in=codes).values_list("code", "pk"))
