"""The one shape of every move: lock, check, change, record."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from agencies.actors import Actor, Member
from events import clock
from events.chain import salted_digest
from events.models import Event
from events.services.recording import Happening, record_event
from workflows import policy
from workflows.errors import InvalidInput
from workflows.models import Audience, Case, Remark, RemarkKind, ResolutionProposal
from workflows.obligations import WINDOWS
from workflows.services.clocks import follow, record_all
from workflows.services.milestones import reach
from workflows.states import OPEN

TEXT_LIMIT = 10_000


def begin(case_id: int, move: str, by: Actor, version: int | None) -> Case:
    """The locked case, if ``by`` may see it and make ``move`` now. Raises CaseNotFound, StaleCase, MoveNotAllowed."""
    case = Case.objects.visible_to(by).locked(case_id, version)
    policy.require(by, move, case)
    return case


def finish(case: Case, kind: str, *, by: Actor, clock_goes_on: bool = False, **data: Any) -> Event:
    """Save the moved case with its new version and record what happened. Its clock starts anew, unless the case
    stays in the step it was in (``clock_goes_on``) or came back to one: then the time run there counts."""
    case.version += 1
    clocks: list[Happening] = []
    if not clock_goes_on:
        reach(case, kind, remark=data.get("remark"))
        came_back = case.resume_since is not None and not case.resume_state
        case.state_since = _since(case)
        clocks = follow(case, by=by, came_back=came_back)
        # A case that is open again has no window; the one that follows its next answer is a new one.
        case.objection_until = (
            case.due_at if case.state in WINDOWS else None if case.state in OPEN else case.objection_until
        )
    case.save()
    if case.had_proposal and case.proposed_by_id is None:
        _overtake_proposal(case)
    # Before the move's own event: the last of a stream stays what its case did last.
    record_all(clocks)
    return record(case, kind, by=by, **data)


def _overtake_proposal(case: Case) -> None:
    """What was proposed is void once the case has moved otherwise; a decided proposal is no longer pending."""
    ResolutionProposal.objects.filter(case=case, state=ResolutionProposal.State.PENDING).update(
        state=ResolutionProposal.State.OVERTAKEN, decided_at=clock.now()
    )


def _since(case: Case) -> datetime:
    """When the present state began to count."""
    if case.resume_state or case.resume_since is None:
        return clock.now()
    began, case.resume_since = case.resume_since, None
    return began


def record(case: Case, kind: str, *, by: Actor, **data: Any) -> Event:
    """An event of the case. ``remark`` becomes its id and digest: the log holds no text."""
    remark = data.pop("remark", None)
    if remark is not None:
        data |= {"remark": remark.pk, "digest": salted_digest(remark.salt, remark.text)}
    return record_event(case.stream, kind, by=by, case=case.pk, state=str(case.state), version=case.version, **data)


def write_remark(
    case: Case, text: str, *, by: Actor, kind: RemarkKind, audience: Audience, field: str = "text"
) -> Remark:
    """Store free text about the case. Raises InvalidInput when it is empty or too long."""
    cleaned = clean_text(text, field)
    member = by if isinstance(by, Member) else None
    return Remark.objects.create(
        case=case,
        kind=kind,
        audience=audience,
        agency=member.agency if member else None,
        author=member.person if member else None,
        text=cleaned,
        salt=secrets.token_hex(16),
        written_at=clock.now(),
    )


def clean_text(text: str, field: str) -> str:
    cleaned = text.replace("\x00", "").strip()
    if not cleaned:
        raise InvalidInput(field, _("Please write something here."))
    if len(cleaned) > TEXT_LIMIT:
        raise InvalidInput(field, _("At most %(n)d characters.") % {"n": TEXT_LIMIT})
    return cleaned
