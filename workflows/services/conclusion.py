"""Resolving, objecting, reopening, closing, withdrawing."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Actor, Business, Citizen
from events import clock
from workflows import policy
from workflows.errors import MoveNotAllowed
from workflows.models import Audience, Case, Referral, RemarkKind, Resolution
from workflows.obligations import Occasion
from workflows.outcomes import OutcomeFacts
from workflows.services.classification import reclassify
from workflows.services.clocks import drop_obligation, start_obligation
from workflows.services.links import require_result_link
from workflows.services.moving import begin, finish, record, write_remark
from workflows.services.outcomes import checked_facts, columns, store_lists
from workflows.states import Track


@transaction.atomic
def resolve_case(
    *, case_id: int, by: Actor, version: int, outcome: str, answer: str, category: str = "", **facts: Any
) -> Case:
    """Record the outcome and tell the citizen in plain words. ``facts`` as `OutcomeFacts` has them; ``category`` is
    what the case turned out to be about, where that is another than it was taken for.

    Raises InvalidInput with the name of the fact that the outcome lacks, or that does not belong to it.
    """
    case = begin(case_id, "resolve", by, version)
    conclude(case, OutcomeFacts(outcome=outcome, **facts), by=by, answer=answer, category=category)
    return case


def _resolve(case: Case, outcome: str) -> None:
    case.resolve(outcome=outcome)


def conclude(
    case: Case,
    facts: OutcomeFacts,
    *,
    by: Actor,
    answer: str,
    category: str = "",
    field: str = "answer",
    move: Callable[[Case, str], None] = _resolve,
    **said: Any,
) -> Resolution:
    """The bare move to resolved, inside the caller's transaction and lock: the answer, the resolution with its facts
    and lists, the event. ``move`` is the transition, ``field`` what the form calls the answer; ``said`` goes into the
    event."""
    facts = checked_facts(case, facts)
    chosen = reclassify(case, category=category)
    remark = write_remark(case, answer, by=by, kind=RemarkKind.OUTCOME, audience=Audience.CITIZEN, field=field)
    resolution = Resolution.objects.create(
        case=case, agency=case.owner, answer=remark, resolved_at=clock.now(), **columns(facts)
    )
    store_lists(facts, of=resolution)
    move(case, facts.outcome)
    finish(case, "case.resolved", by=by, outcome=facts.outcome, remark=remark, **chosen, **said)
    if facts.administrative_breach:
        start_obligation(case, Occasion.RETURN_FILE, by=by)
    else:
        drop_obligation(case, Occasion.RETURN_FILE, by=by)
    return resolution


@transaction.atomic
def object_to_outcome(*, case_id: int, by: Citizen | Business, reason: str) -> Case:
    """The objection of the citizen, or of the business that was told the result, within the objection window.
    Raises MoveNotAllowed when it is over, CaseNotFound when the business's link no longer holds."""
    case = begin(case_id, "object", by, None)
    is_business = isinstance(by, Business)
    if isinstance(by, Business):
        require_result_link(case, by)
    if case.objection_until is not None and case.objection_until < clock.now():
        raise MoveNotAllowed(_("The time to object is over. You can lodge a new report and name this one."))
    # What a business writes against the result is for the agencies: the citizen learns that it objected.
    kind, audience = (RemarkKind.BUSINESS, Audience.SHARED) if is_business else (RemarkKind.ANSWER, Audience.CITIZEN)
    remark = write_remark(case, reason, by=by, kind=kind, audience=audience, field="reason")
    case.object()
    finish(case, "case.respondent_objected" if is_business else "case.objected", by=by, remark=remark)
    return case


@transaction.atomic
def reopen_case(*, case_id: int, by: Actor, version: int, reason: str) -> Case:
    case = begin(case_id, "reopen", by, version)
    remark = write_remark(case, reason, by=by, kind=RemarkKind.REASON, audience=Audience.SHARED, field="reason")
    case.reopen()
    finish(case, "case.reopened", by=by, remark=remark)
    return case


@transaction.atomic
def close_case(*, case_id: int, by: Actor, version: int | None) -> Case:
    case = begin(case_id, "close", by, version)
    case.close()
    finish(case, "case.closed", by=by)
    return case


@transaction.atomic
def withdraw_case(*, case_id: int, by: Actor, version: int | None = None, reason: str = "") -> Case:
    """Consumer and feedback cases end; on the other tracks the citizen's wish is recorded and a
    supervisor decides whether the case ends or goes on of the agency's own initiative."""
    case = Case.objects.visible_to(by).locked(case_id, version)
    policy.require(by, "withdraw", case)
    remark = None
    if reason.strip():
        remark = write_remark(case, reason, by=by, kind=RemarkKind.ANSWER, audience=Audience.CITIZEN, field="reason")
    if isinstance(by, Citizen) and case.track in (Track.VIOLATION, Track.CRIME):
        case.withdrawal_wished_at = clock.now()
        case.version += 1
        case.save()
        record(case, "case.withdrawal_wished", by=by, remark=remark)
        return case
    offered = {"to": case.offered_to.code} if case.offered_to else {}
    end_open_referral(case)
    case.withdraw()
    finish(case, "case.withdrawn", by=by, remark=remark, **offered)
    return case


@transaction.atomic
def carry_on_case(*, case_id: int, by: Actor, version: int, explanation: str = "") -> Case:
    """The agency goes on of its own initiative although the sender wished to withdraw: state and clock stay, the
    wish is answered. ``explanation`` is for the sender."""
    case = begin(case_id, "carry_on", by, version)
    remark = None
    if explanation.strip():
        remark = write_remark(
            case, explanation, by=by, kind=RemarkKind.REASON, audience=Audience.CITIZEN, field="explanation"
        )
    case.carry_on()
    finish(case, "case.withdrawal_declined", by=by, clock_goes_on=True, remark=remark)
    return case


def end_open_referral(case: Case) -> None:
    """An offer that nobody took ends with the case."""
    Referral.objects.filter(case=case, state=Referral.State.OFFERED).update(
        state=Referral.State.ENDED, ended_at=clock.now()
    )
