"""Who did what, for an agency's auditor: no narrative, no identity, no note of another agency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, Substr

from agencies.actors import Member
from agencies.models import Role, User
from events.models import Event
from events.registry import KINDS
from workflows.models import Case
from workflows.selectors.paging import Order, Page, page
from workflows.selectors.timeline import agency_names, sentence_of

PAGE_SIZE = 50
_NEWEST = Order(("id",), descending=True)
_CASE_STREAM = "case:"


@dataclass(frozen=True)
class Deed:
    """``case`` is the number, for events of a case; ``who`` is empty for citizens and for the system."""

    at: datetime
    sentence: str
    who: str
    case: str


def audited(actor: Any) -> QuerySet[Event]:
    """What was done for the auditor's agency, and what others did to the cases it owns."""
    if not isinstance(actor, Member) or not actor.has(Role.AUDITOR):
        return Event.objects.none()
    number = Cast(Substr(OuterRef("stream"), len(_CASE_STREAM) + 1), BigIntegerField())
    owned = Q(Exists(Case.objects.filter(owner=actor.agency, pk=number))) & ~Q(kind="case.noted")
    done_here = Q(actor__agency=actor.agency.code)
    return Event.objects.filter(done_here | (Q(stream__startswith=_CASE_STREAM) & owned))


def audit_page(actor: Any, cursor: str) -> tuple[list[Deed], Page[Event]]:
    """A page of deeds, newest first, and the page's cursors. Four queries."""
    found = page(audited(actor), _NEWEST, cursor, size=PAGE_SIZE, scope="audit")
    names, numbers = agency_names(found.rows), _numbers(found.rows)
    people = User.objects.in_bulk({e.actor["person"] for e in found.rows if "person" in e.actor})
    return [_deed(event, names, numbers, people) for event in found.rows], found


def _numbers(events: Iterable[Event]) -> dict[str, str]:
    """Stream → case number."""
    keys = {event.stream.removeprefix(_CASE_STREAM) for event in events if event.stream.startswith(_CASE_STREAM)}
    return {
        f"{_CASE_STREAM}{pk}": number for pk, number in Case.objects.filter(pk__in=keys).values_list("pk", "number")
    }


def _deed(event: Event, names: dict[str, str], numbers: dict[str, str], people: dict[int, User]) -> Deed:
    kind = KINDS.get(event.kind)
    return Deed(
        at=event.at,
        sentence=sentence_of(kind.sentence, event, names) if kind else event.kind,
        who=str(people.get(event.actor.get("person", 0), "")),
        case=numbers.get(event.stream, ""),
    )
