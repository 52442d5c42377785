"""Two persons for a resolution: the handler proposes, a supervisor who is someone else confirms or sends back.

The lock on the case makes the two take turns, its version tells the second that it is late, and the constraint
`proposal_one_pending` stands behind them.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from agencies.actors import Member
from events import clock
from workflows.models import Audience, Case, RemarkKind, ResolutionProposal
from workflows.outcomes import OutcomeFacts
from workflows.services.classification import reclassify
from workflows.services.conclusion import conclude
from workflows.services.moving import begin, finish, write_remark
from workflows.services.outcomes import checked_facts, columns, store_lists

State = ResolutionProposal.State


@transaction.atomic
def propose_resolution(
    *, case_id: int, by: Member, version: int, outcome: str, answer: str, category: str = "", **facts: Any
) -> Case:
    """Lay the whole resolution before a supervisor; the citizen sees nothing. Takes and raises what `resolve_case`
    does: what could not be resolved is not proposed."""
    case = begin(case_id, "propose_resolution", by, version)
    checked = checked_facts(case, OutcomeFacts(outcome=outcome, **facts))
    stood = case.category
    reclassify(case, category=category)
    # The case keeps its category until the resolution is confirmed.
    case.category, proposed = stood, case.category
    remark = write_remark(case, answer, by=by, kind=RemarkKind.PROPOSAL, audience=Audience.AGENCY, field="answer")
    proposal = ResolutionProposal.objects.create(
        case=case, agency=case.owner, category=proposed, answer=remark, proposed_by=by.person,
        proposed_at=clock.now(), **columns(checked),
    )  # fmt: skip
    store_lists(checked, of=proposal)
    case.propose_resolution(by=by.person)
    finish(
        case,
        "case.resolution_proposed",
        by=by,
        clock_goes_on=True,
        outcome=outcome,
        proposal=proposal.pk,
        remark=remark,
    )
    return case


@transaction.atomic
def confirm_resolution(*, case_id: int, by: Member, version: int) -> Case:
    """The resolution as it was proposed, by a second person. Raises InvalidInput when it no longer fits, for instance
    since its category went out of use."""
    case = begin(case_id, "confirm_resolution", by, version)
    proposal = _pending(case)
    resolution = conclude(
        case, proposal.facts(), by=by, answer=proposal.answer.text, category=proposal.category_id or "",
        move=confirm, proposal=proposal.pk, proposed_by=proposal.proposed_by_id,
    )  # fmt: skip
    proposal.state, proposal.resolution = State.CONFIRMED, resolution
    _decide(proposal, by)
    return case


def confirm(case: Case, outcome: str) -> None:
    case.confirm_resolution(outcome=outcome)


@transaction.atomic
def return_proposal(*, case_id: int, by: Member, version: int, reason: str) -> Case:
    """Back to the handler, with the reason; the case stays where it was."""
    case = begin(case_id, "return_proposal", by, version)
    proposal = _pending(case)
    proposal.state = State.RETURNED
    proposal.reason = write_remark(
        case, reason, by=by, kind=RemarkKind.REASON, audience=Audience.AGENCY, field="reason"
    )
    _decide(proposal, by)
    case.return_proposal()
    finish(case, "case.proposal_returned", by=by, clock_goes_on=True, proposal=proposal.pk, remark=proposal.reason)
    return case


def _pending(case: Case) -> ResolutionProposal:
    """The one that waits: `Case.proposed_by` is set exactly while there is one."""
    waiting = ResolutionProposal.objects.filter(case=case, state=State.PENDING)
    return waiting.select_related("answer", "competent_agency").get()


def _decide(proposal: ResolutionProposal, by: Member) -> None:
    proposal.decided_by, proposal.decided_at = by.person, clock.now()
    proposal.save(update_fields=["state", "reason", "resolution", "decided_by", "decided_at"])
