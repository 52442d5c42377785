"""What happened to a case, in sentences, as far as the reader may know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from agencies.actors import Citizen, Member
from agencies.models import Agency, User
from events.models import Event
from events.registry import KINDS
from workflows.kinds_clocks import QUIET
from workflows.models import Audience, Case, EscalationStep, Paper, Remark
from workflows.obligations import label_of
from workflows.states import RefusalReason

LOOKS = ("case.identity_shown", "case.evidence_opened", "case.printed", "cooperation.file_opened")


@dataclass(frozen=True)
class Entry:
    """``who`` is the person (staff only), ``remark`` what was written with it, if the reader may read it."""

    at: datetime
    kind: str
    sentence: str
    version: int | None
    who: str = ""
    remark: Remark | None = None
    sequence: int = 0


def case_timeline(case: Case, reader: Member, *, since_version: int = 0, since_sequence: int = 0) -> list[Entry]:
    """For staff, oldest first; ``since_version`` and ``since_sequence`` keep only what came after it. Three queries,
    and one more where papers were issued."""
    events = [event for event in _after(_events(case), since_version) if event.sequence > since_sequence]
    remarks = {r.pk: r for r in Remark.objects.filter(case=case).visible_to(reader).select_related("agency", "author")}
    people = User.objects.in_bulk(
        {e.actor["person"] for e in events if "person" in e.actor}
        | {e.data["handler"] for e in events if "handler" in e.data}
    )
    names, papers = agency_names(events), _papers(events, case, reader)
    return [
        Entry(
            at=event.at,
            kind=event.kind,
            sentence=_staff_sentence(event, names, people, papers, reader),
            version=event.data.get("version"),
            # Who in another agency did it is that agency's to know; the sentence names the agency.
            who=str(people.get(event.actor.get("person"), "")) if _is_own(event, reader) else "",
            remark=remarks.get(event.data.get("remark")),
            sequence=event.sequence,
        )
        for event in events
        if _readable(event, remarks, reader)
    ]


def public_timeline(case: Case) -> list[Entry]:
    """For the citizen, oldest first: plain words, no person, nothing internal. Three queries."""
    events = [e for e in _events(case) if e.kind in KINDS and KINDS[e.kind].public and _is_public(e)]
    remarks = {r.pk: r for r in Remark.objects.filter(case=case).visible_to(Citizen(case.complaint_id))}
    names = agency_names(events)
    return [
        Entry(
            at=event.at,
            kind=event.kind,
            sentence=sentence_of(KINDS[event.kind].public, event, names),
            version=None,
            remark=remarks.get(event.data.get("remark")),
        )
        for event in events
    ]


def _papers(events: Iterable[Event], case: Case, reader: Member) -> dict[int, Paper]:
    """The papers of the case that the reader may see; one query, where there are any."""
    if all(event.kind != "paper.issued" for event in events):
        return {}
    return {paper.pk: paper for paper in Paper.objects.visible_to(reader).filter(case=case).select_related("number")}


def _staff_sentence(
    event: Event, names: Mapping[str, str], people: Mapping[int, User], papers: Mapping[int, Paper], reader: Member
) -> str:
    """With the handler's name, for the handler's own agency; with a paper's number, for whoever may see it."""
    sentence = sentence_of(KINDS[event.kind].sentence, event, names)
    if event.kind == "paper.issued" and (paper := papers.get(event.data["paper"])):
        return f"{sentence.rstrip('.')}: {paper}"
    handler = people.get(event.data.get("handler", 0)) if event.kind == "case.assigned" else None
    return f"{sentence.rstrip('.')}: {handler}" if handler and _is_own(event, reader) else sentence


def _is_own(event: Event, reader: Member) -> bool:
    return bool(event.actor.get("agency") == reader.agency.code)


def _events(case: Case) -> list[Event]:
    return list(Event.objects.filter(stream=case.stream).exclude(kind__in=QUIET).order_by("sequence"))


def _after(events: list[Event], version: int) -> list[Event]:
    """What came after the move that made ``version``: what the citizen adds or a colleague notes makes no new one."""
    made_by = next((n for n, event in enumerate(events, 1) if event.data.get("version") == version), 0)
    return events[made_by:]


def _readable(event: Event, remarks: Mapping[int, Remark], reader: Member) -> bool:
    """A note the reader may not read leaves no trace, not even that it was written. Who of an agency looked at what
    is that agency's to know, and its auditor's. Who only helped to lodge learns what the citizen learns."""
    if event.kind not in KINDS:
        return False
    if event.data.get("police_only") and not reader.is_police:
        return False
    if event.kind == "case.noted":
        return event.data.get("remark") in remarks
    if event.kind == "paper.issued" and not _is_own(event, reader):
        return event.data["audience"] in _audiences(reader)
    if event.kind in LOOKS:
        return event.actor.get("agency") == reader.agency.code
    return not reader.agency.assisted_intake_only or bool(KINDS[event.kind].public)


def _is_public(event: Event) -> bool:
    return event.kind != "paper.issued" or event.data["audience"] == Audience.CITIZEN


def _audiences(reader: Member) -> set[str]:
    """Whose papers the reader may know of, beside the reader's own agency's."""
    shared = set() if reader.agency.assisted_intake_only else {Audience.SHARED}
    return {Audience.CITIZEN, *shared, *({Audience.POLICE} if reader.is_police else ())}


def agency_names(events: Iterable[Event]) -> dict[str, str]:
    codes = {code for e in events for code in (e.actor.get("agency"), e.data.get("to")) if code}
    return dict(Agency.objects.filter(code__in=codes).values_list("code", "name"))


def _limit_in(event: Event) -> dict[str, str]:
    """What an event of a clock says of its limit; nothing of other events."""
    if not event.kind.startswith("clock."):
        return {}
    told = event.data
    return {
        "limit": label_of(told["obligation"]),
        "due": _moment(told.get("due", "")),
        "before": _moment(told.get("due_before", "")),
        "rung": str(EscalationStep.To(told["audience"]).label) if event.kind == "clock.escalated" else "",
    }


def _moment(iso: str) -> str:
    return date_format(localtime(datetime.fromisoformat(iso)), "H:i d/m/Y") if iso else ""


def sentence_of(template: Any, event: Event, names: Mapping[str, str]) -> str:
    who = names.get(event.actor.get("agency", ""), "")
    if not who:
        who = {"citizen": _("The sender"), "business": _("The business")}.get(
            event.actor.get("type", ""), _("The system")
        )
    sentence = str(template) % {"who": who, "to": names.get(event.data.get("to", ""), ""), **_limit_in(event)}
    if event.kind == "case.refused" and event.data.get("reason") in RefusalReason.values:
        sentence += " " + _("Reason: %(reason)s.") % {"reason": RefusalReason(event.data["reason"]).label}
    return sentence
