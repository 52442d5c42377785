"""Whom a change of a case wakes beside those it concerns: whoever looks at its page, and lists it stands on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from agencies.models import Agency
from events.models import Event
from notifications.push import Message
from workflows.models import Audience, Case
from workflows.selectors.timeline import LOOKS

CHANGED, ONLY = "case-changed", "only"
# What takes a case from one agency's lists and puts it on another's.
_MOVED_BETWEEN = ("case.referred", "case.referral_")


_Wake = tuple[str, str, frozenset[int] | None]


def topic_of_case(case_id: int) -> str:
    return f"case.{case_id}"


def topic_of_desk(agency_id: int) -> str:
    return f"desk.{agency_id}"


def wakes(events: Sequence[Event]) -> list[Message]:
    """(topic, message) for each case and each desk concerned; a message holds a kind, a case number and, of what not
    everybody may read, the ids of the agencies that may (`ONLY`). Three queries."""
    events = [event for event in events if event.kind not in LOOKS and "case" in event.data]
    cases = Case.objects.only("number", "state", "owner", "offered_to", "escalated_to").in_bulk(
        {e.data["case"] for e in events}
    )
    agencies, police = _named(events), _police()
    found: dict[_Wake, None] = {}
    for event in events:
        if case := cases.get(event.data["case"]):
            only = _only(event, case, agencies, police)
            found[topic_of_case(case.pk), case.number, only] = None
            for desk in _desks(event, case, agencies):
                found[topic_of_desk(desk), case.number, only] = None
    return [
        (topic, {"kind": CHANGED, "case": number, ONLY: None if only is None else sorted(only)})
        for topic, number, only in found
    ]


def _only(event: Event, case: Case, agencies: dict[str, int], police: frozenset[int]) -> frozenset[int] | None:
    """Who may learn that it happened at all; None: whoever may see the case."""
    audience = event.data.get("audience")
    if event.data.get("police_only") or audience == Audience.POLICE:
        return police
    if audience == Audience.AGENCY and event.kind in ("case.noted", "paper.issued"):
        return frozenset(filter(None, [agencies.get(event.actor.get("agency", ""))]))
    return frozenset([case.owner_id]) if event.kind.startswith("room.") else None


def _police() -> frozenset[int]:
    return frozenset(Agency.objects.filter(kind__is_police=True).values_list("pk", flat=True))


def _desks(event: Event, case: Case, agencies: dict[str, int]) -> Collection[int]:
    """On whose lists the case stands now, or stood until this event."""
    now = {case.owner_id, case.offered_to_id, case.escalated_to_id}
    return {agency for agency in now | {agencies.get(code) for code in _codes(event)} if agency}


def _codes(event: Event) -> Iterable[str]:
    between = event.kind.startswith(_MOVED_BETWEEN)
    return filter(None, (event.data.get("to"), event.data.get("sender"), event.actor.get("agency")) if between else ())


def _named(events: Iterable[Event]) -> dict[str, int]:
    codes = {code for event in events for code in (*_codes(event), event.actor.get("agency")) if code}
    return dict(Agency.objects.filter(code__in=codes).values_list("code", "pk"))
