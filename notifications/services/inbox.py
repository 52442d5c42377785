"""Writing to and marking the inbox."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db import transaction

from agencies.actors import System
from events import clock
from events.models import Event
from events.services.recording import Happening, record_first_events
from notifications.audience import People, Recipient, named, readers_of, recipients
from notifications.models import CaseFollow, CaseMute, Notification, Way
from notifications.services.cursors import advance
from notifications.services.pushing import devices_of
from notifications.ways import Telling
from workflows.models import Case


def tell(events: Sequence[Event]) -> list[Notification]:
    """Write what each event's recipients are to be told, and record beside it what is due by e-mail and on their devices. Returns the rows that
    open pages are woken for as they stand, those of an earlier try among them.

    Whoever tried before may have died between writing and waking: its rows are woken again, with the same cursors.
    """
    told = _addressed(events)
    wanted = {key: one.row for key, one in told.items()}
    pushed = _reachable(told.values())
    with transaction.atomic():
        known = _cursors(wanted)
        _insert([row for key, row in wanted.items() if key not in known])
        _owe("notice", "notices.mail_owed", [one for one in told.values() if one.by_mail])
        _owe("push", "notices.push_owed", pushed)
    # Read again: where two relays tell the same, the constraint decides whose cursor it is.
    for key, cursor in _cursors(wanted).items():
        wanted[key].cursor = cursor
    return sorted((one.row for one in told.values() if one.live), key=lambda row: (row.recipient_id, row.cursor))


@dataclass(frozen=True)
class _Told:
    """``live``: open pages are woken; ``by_mail``: an e-mail goes out too; ``by_push``: a message to their devices."""

    event: Event
    row: Notification
    live: bool
    by_mail: bool
    by_push: bool


def _addressed(events: Sequence[Event]) -> dict[tuple[int, int], _Told]:
    """By (person, event): a batch may name an event twice."""
    if not events:
        return {}
    cases = Case.objects.select_related("owner").in_bulk(
        {event.data["case"] for event in events if "case" in event.data}
    )
    moments = [event.at for event in events]
    people = People(min(moments), max(moments), {case.owner_id for case in cases.values()})
    follows, mutes = _follows(cases), _mutes(cases)
    readers = readers_of(events, chain.from_iterable(follows.values()))
    pairs: list[tuple[Event, Case | None, Recipient]] = [
        (event, case, to)
        for event in events
        if (case := cases.get(event.data.get("case", 0)))
        for to in recipients(event, case, people, follows[case.pk], readers)
    ]
    pairs += [(event, None, to) for event in events if "case" not in event.data for to in named(event)]
    telling = Telling({to.person_id for _e, _c, to in pairs}, {to.agency_id for _e, _c, to in pairs})
    told = [_told(event, case, to, telling, mutes[case.pk] if case else set()) for event, case, to in pairs]
    return {(one.row.recipient_id, one.row.event_id): one for one in told if one is not None}


def _told(event: Event, case: Case | None, to: Recipient, telling: Telling, muted: set[int]) -> _Told | None:
    """None: nothing is written. What is urgent comes at once whatever was chosen; what is muted stands in the list as
    read."""
    urgent = bool((case and case.urgent) or event.data.get("urgent"))
    way = telling.way(to.person_id, to.agency_id, event.kind)
    if way == Way.OFF and not urgent:
        return None
    must = urgent or telling.is_compulsory(to.agency_id, event.kind)
    silent = to.person_id in muted and not must
    row = _row(event, case, to, urgent=urgent, read=silent)
    row.live = not silent and (urgent or way in (Way.LIVE, Way.PUSH, Way.MAIL))
    push = urgent or telling.wants_push(to.person_id, event.kind)
    return _Told(event, row, live=row.live, by_mail=not silent and way == Way.MAIL, by_push=not silent and push)


def _row(event: Event, case: Case | None, to: Recipient, *, urgent: bool, read: bool) -> Notification:
    now = clock.now()
    return Notification(
        recipient_id=to.person_id,
        agency_id=to.agency_id,
        case=case,
        event_id=event.pk,
        kind=event.kind,
        reason=to.reason,
        urgent=urgent,
        created_at=event.at,
        surfaces_at=now,
        read_at=now if read else None,
    )


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


def _reachable(told: Iterable[_Told]) -> list[_Told]:
    """Those who are told on their devices, and have allowed one."""
    asked = [one for one in told if one.by_push]
    if not asked:
        return []
    people = {device.person_id for device in devices_of({one.row.recipient_id for one in asked})}
    return [one for one in asked if one.row.recipient_id in people]


def _owe(family: str, kind: str, told: Sequence[_Told]) -> None:
    """One event per told event, in a stream of its own: a repeated delivery finds it there, and of two at once the
    constraint of the stream lets one through."""
    streams: dict[str, list[_Told]] = {}
    for one in told:
        streams.setdefault(f"{family}:{one.event.pk}", []).append(one)
    known = set(Event.objects.filter(stream__in=streams).values_list("stream", flat=True)) if streams else set()
    by = System("notifications.inbox")
    new = {stream: owed for stream, owed in streams.items() if stream not in known}
    record_first_events([Happening(stream, kind, by, _owed_data(owed)) for stream, owed in new.items()])


def _owed_data(told: Sequence[_Told]) -> dict[str, Any]:
    """Who is written to, for which agency."""
    event, people = told[0].event, sorted({(one.row.recipient_id, one.row.agency_id) for one in told})
    return {"told": event.pk, "about": event.kind, "people": people, "urgent": any(one.row.urgent for one in told)}


def _follows(cases: Collection[int]) -> dict[int, list[CaseFollow]]:
    found: dict[int, list[CaseFollow]] = defaultdict(list)
    for follow in CaseFollow.objects.filter(case__in=list(cases)).select_related("person", "agency"):
        found[follow.case_id].append(follow)
    return found


def _mutes(cases: Collection[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for case, person in CaseMute.objects.filter(case__in=list(cases)).values_list("case", "person"):
        found[case].add(person)
    return found
