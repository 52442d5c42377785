"""What the sender would read: the resolution is made, its answer read from where the tracking page reads it, and
everything taken back. Nothing can look different in earnest."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from agencies.actors import Member
from workflows.models import Case, ResolutionProposal
from workflows.outcomes import OutcomeFacts
from workflows.selectors.answers import Answer, answer_of
from workflows.services.conclusion import conclude
from workflows.services.moving import begin
from workflows.services.proposals import confirm


@transaction.atomic
def rehearse_resolution(
    *, case_id: int, by: Member, version: int, move: str, outcome: str, answer: str, category: str = "", **facts: Any
) -> Answer | None:
    """``move``: `resolve` or `propose_resolution`. Raises what these raise."""
    case = begin(case_id, move, by, version)
    conclude(case, OutcomeFacts(outcome=outcome, **facts), by=by, answer=answer, category=category, move=confirm)
    read = answer_of(case)
    transaction.set_rollback(True)
    return read


@transaction.atomic
def rehearse_proposal(proposal: ResolutionProposal, *, by: Member) -> Answer | None:
    """The answer of a proposal that waits, as its confirmation would give it. For whoever may see the case."""
    case = Case.objects.visible_to(by).locked(proposal.case_id)
    conclude(case, proposal.facts(), by=by, answer=proposal.answer.text, move=confirm)
    read = answer_of(case)
    transaction.set_rollback(True)
    return read
