"""Who did what, for an agency's auditor: no narrative, no identity, no note of another agency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, Substr

from agencies.actors import Member
from agencies.models import Agency, Membership, Role, User
from complaints.models import Category, Channel, ProductGroup
from events.models import Event
from events.registry import KINDS
from workflows.models import (
    Audience,
    CalendarOverride,
    Case,
    ClockRule,
    LetterTemplate,
    RoutingRule,
    SatisfactionTarget,
)
from workflows.selectors.paging import Order, Page, page
from workflows.selectors.timeline import agency_names, sentence_of

PAGE_SIZE = 50
_NEWEST = Order(("at", "id"), descending=True)
_CASE_STREAM = "case:"


@dataclass(frozen=True)
class Deed:
    """``case`` is the number, for events of a case; ``who`` is empty for citizens and for the system; ``about`` names
    the row that was changed: a person and role, a rule, an agency."""

    at: datetime
    sentence: str
    who: str
    case: str
    about: str = ""


def audited(actor: Any) -> QuerySet[Event]:
    """What was done for the auditor's agency, and what others did to the cases it owns."""
    if not isinstance(actor, Member) or not actor.has(Role.AUDITOR):
        return Event.objects.none()
    number = Cast(Substr(OuterRef("stream"), len(_CASE_STREAM) + 1), BigIntegerField())
    owned = Q(Exists(Case.objects.filter(owner=actor.agency, pk=number))) & ~Q(kind="case.noted")
    owned &= ~Q(kind="paper.issued", data__audience__in=[Audience.AGENCY, Audience.POLICE])
    done_here = Q(actor__agency=actor.agency.code)
    return Event.objects.filter(done_here | (Q(stream__startswith=_CASE_STREAM) & owned))


def audit_page(
    actor: Any, cursor: str, *, since: datetime | None = None, until: datetime | None = None
) -> tuple[list[Deed], Page[Event]]:
    """A page of deeds from ``since`` to before ``until``, newest first, and the page's cursors. Four queries, and one
    for each kind of row that is named."""
    events = audited(actor)
    events = events.filter(at__gte=since) if since else events
    events = events.filter(at__lt=until) if until else events
    found = page(events, _NEWEST, cursor, size=PAGE_SIZE, scope="audit")
    names, numbers, subjects = agency_names(found.rows), _numbers(found.rows), _subjects(found.rows)
    people = User.objects.in_bulk({e.actor["person"] for e in found.rows if "person" in e.actor})
    return [_deed(event, names, numbers, people, subjects) for event in found.rows], found


def _numbers(events: Iterable[Event]) -> dict[str, str]:
    """Stream → case number."""
    keys = {event.stream.removeprefix(_CASE_STREAM) for event in events if event.stream.startswith(_CASE_STREAM)}
    return {
        f"{_CASE_STREAM}{pk}": number for pk, number in Case.objects.filter(pk__in=keys).values_list("pk", "number")
    }


_NAMED: dict[str, QuerySet[Any]] = {
    model._meta.model_name or "": model._default_manager.select_related(*related)
    for model, related in (
        (User, ()),
        (Membership, ("person", "agency", "province")),
        (Agency, ()),
        (RoutingRule, ()),
        (ClockRule, ()),
        (CalendarOverride, ()),
        (LetterTemplate, ()),
        (SatisfactionTarget, ()),
        (Category, ()),
        (Channel, ()),
        (ProductGroup, ()),
    )
}


def _subjects(events: Iterable[Event]) -> dict[tuple[str, str], str]:
    """(model, key as text) → what people call that row; rows that are gone have no name any more."""
    wanted: dict[str, set[Any]] = {}
    for event in events:
        if event.data.get("model") in _NAMED:
            wanted.setdefault(event.data["model"], set()).add(event.data.get("pk"))
    return {
        (model, str(row.pk)): str(row)
        for model, keys in wanted.items()
        for row in _NAMED[model].filter(pk__in=keys - {None})
    }


def _deed(
    event: Event,
    names: dict[str, str],
    numbers: dict[str, str],
    people: dict[int, User],
    subjects: dict[tuple[str, str], str],
) -> Deed:
    kind = KINDS.get(event.kind)
    return Deed(
        at=event.at,
        sentence=sentence_of(kind.sentence, event, names) if kind else event.kind,
        who=str(people.get(event.actor.get("person", 0), "")),
        case=numbers.get(event.stream, ""),
        about=subjects.get((event.data.get("model", ""), str(event.data.get("pk"))), ""),
    )
