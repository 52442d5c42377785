"""Writing to and marking the inbox."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from agencies.actors import System
from agencies.models import User
from events import clock
from events.models import Event
from events.services.recording import Happening, record_first_events
from notifications.audience import Recipient, recipients
from notifications.models import CaseFollow, CaseMute, Notification, Way
from notifications.ways import Telling
from workflows.errors import InvalidInput
from workflows.models import Case

LONGEST_PUT_OFF = timedelta(days=90)


def tell(events: Sequence[Event]) -> list[Notification]:
    """Write what each event's recipients are to be told; those already told are skipped by the constraint, and what is
    due by e-mail is recorded beside it. Returns the rows that open pages are woken for."""
    told = _addressed(events)
    owed: dict[int, tuple[Event, list[Notification]]] = {}
    for event, to in ((one.event, one) for one in told if one.by_mail):
        owed.setdefault(event.pk, (event, []))[1].append(to.row)
    with transaction.atomic():
        Notification.objects.bulk_create([one.row for one in told], ignore_conflicts=True)
        _owe_mail(owed)
    return [one.row for one in told if one.live]


@dataclass(frozen=True)
class _Told:
    """``live``: open pages are woken; ``by_mail``: an e-mail goes out too."""

    event: Event
    row: Notification
    live: bool
    by_mail: bool


def _addressed(events: Sequence[Event]) -> list[_Told]:
    cases = Case.objects.select_related("owner").in_bulk({event.data["case"] for event in events})
    follows, mutes = _follows(cases), _mutes(cases)
    pairs = [
        (event, case, to)
        for event in events
        if (case := cases.get(event.data["case"]))
        for to in recipients(event, case, follows[case.pk])
    ]
    telling = Telling({to.person_id for _e, _c, to in pairs}, {to.agency_id for _e, _c, to in pairs})
    told = [_told(event, case, to, telling, mutes[case.pk]) for event, case, to in pairs]
    return [one for one in told if one is not None]


def _told(event: Event, case: Case, to: Recipient, telling: Telling, muted: set[int]) -> _Told | None:
    """None: nothing is written. What is urgent comes at once whatever was chosen; what is muted stands in the list as
    read."""
    urgent = case.urgent or bool(event.data.get("urgent"))
    way = telling.way(to.person_id, to.agency_id, event.kind)
    if way == Way.OFF and not urgent:
        return None
    must = urgent or telling.is_compulsory(to.agency_id, event.kind)
    silent = to.person_id in muted and not must
    row = _row(event, case, to, urgent=urgent, read=silent)
    live = not silent and (urgent or way in (Way.LIVE, Way.MAIL))
    return _Told(event, row, live=live, by_mail=not silent and way == Way.MAIL)


def _row(event: Event, case: Case, to: Recipient, *, urgent: bool, read: bool) -> Notification:
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


def _owe_mail(owed: Mapping[int, tuple[Event, list[Notification]]]) -> None:
    """One event per told event, in a stream of its own: a repeated delivery finds it there, and of two at once the
    constraint of the stream lets one through."""
    streams = {f"notice:{event}": told for event, told in owed.items()}
    known = set(Event.objects.filter(stream__in=streams).values_list("stream", flat=True))
    record_first_events(
        [
            Happening(stream, "notices.mail_owed", System("notifications.inbox"), _owed_data(event, rows))
            for stream, (event, rows) in streams.items()
            if stream not in known
        ]
    )


def _owed_data(event: Event, rows: list[Notification]) -> dict[str, Any]:
    """Who is written to, for which agency."""
    people = sorted({(row.recipient_id, row.agency_id) for row in rows})
    return {"told": event.pk, "about": event.kind, "people": people, "urgent": any(row.urgent for row in rows)}


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


def mark_read(person: User, ids: Iterable[int] | None = None) -> int:
    """Mark the person's own notifications read (all when ``ids`` is None); how many were unread. What was put off
    and has not surfaced stays."""
    unread = Notification.objects.filter(recipient=person, read_at=None, surfaces_at__lte=clock.now())
    if ids is not None:
        unread = unread.filter(pk__in=list(ids))
    return unread.update(read_at=clock.now())


def mark_read_until(person: User, newest: int) -> int:
    """Mark all that was in the list when its first was this one: what came meanwhile was not looked at."""
    first = Notification.objects.filter(recipient=person, pk=newest).first()
    if first is None:
        return 0
    unread = Notification.objects.filter(recipient=person, read_at=None)
    return unread.filter(surfaces_at__lte=min(first.surfaces_at, clock.now())).update(read_at=clock.now())


def mark_group_read(one: Notification) -> int:
    """Mark it, and what the list shows under it: the same agency, case and kind, and no newer."""
    return _group(one).filter(read_at=None).update(read_at=clock.now())


def put_off(one: Notification, until: datetime) -> int:
    """Show it, and what is unread under it in the list, at ``until`` (aware) as unread again; how many. Raises
    InvalidInput for a moment that is over, or more than 90 days ahead."""
    now = clock.now()
    if until <= now:
        raise InvalidInput("at", _("This time is over. Choose a later one."))
    if until > now + LONGEST_PUT_OFF:
        raise InvalidInput("at", _("At most 90 days ahead."))
    chosen = _group(one).filter(Q(read_at=None) | Q(pk=one.pk))
    return chosen.update(surfaces_at=until, put_off=True, read_at=None)


def take_up(one: Notification) -> int:
    """What was put off surfaces now."""
    now = clock.now()
    return Notification.objects.filter(pk=one.pk, surfaces_at__gt=now).update(surfaces_at=now)


def _group(one: Notification) -> QuerySet[Notification]:
    alike = Notification.objects.filter(
        recipient=one.recipient_id, agency=one.agency_id, case=one.case_id, kind=one.kind
    )
    return alike.filter(Q(surfaces_at__lte=min(one.surfaces_at, clock.now())) | Q(pk=one.pk))
