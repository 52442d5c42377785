"""How content a party is with an answer: 1 to 5, with a reason if it likes."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Actor, Business
from events import clock
from workflows.errors import InvalidInput, MoveNotAllowed
from workflows.models import Audience, Case, Milestone, Party, Remark, RemarkKind, RespondentLink, Satisfaction
from workflows.models.satisfaction import SCORES
from workflows.policy import party_of
from workflows.services.milestones import ANSWERS
from workflows.services.moving import record, write_remark
from workflows.states import State

RATED_IN = (State.RESOLVED, State.REFUSED, State.CLOSED)
_EVENTS = {Party.CITIZEN: "case.rated", Party.BUSINESS: "case.rated_by_business"}
# The agencies read what both say; the citizen reads nothing of the business's.
_READERS = {Party.CITIZEN: Audience.CITIZEN, Party.BUSINESS: Audience.SHARED}


@transaction.atomic
def rate_case(*, case_id: int, by: Actor, score: int, reason: str = "") -> Satisfaction:
    """Rate the last answer, or change one's rating of it until the objection window ends. It moves nothing.

    Raises CaseNotFound, MoveNotAllowed, InvalidInput. The lock on the case makes two taps take turns.
    """
    case = Case.objects.visible_to(by).locked(case_id)
    party, answer = party_of(by), answer_to_rate(case)
    if party is None or answer is None:
        raise MoveNotAllowed(_("There is no answer to rate."))
    if score not in SCORES:
        raise InvalidInput("score", _("Choose a number from 1 to 5."))
    whose: dict[str, Any] = {"answer": answer, "party": party, "respondent_id": business_of(by)}
    if Satisfaction.objects.filter(**whose).exists() and not may_change_rating(case):
        raise MoveNotAllowed(_("The time to change your rating is over."))
    remark = _reason(case, reason, by, party)
    found, _created = Satisfaction.objects.update_or_create(
        **whose,
        defaults={"case": case, "agency": answer.agency, "score": score, "reason": remark, "given_at": clock.now()},
    )
    record(case, _EVENTS[party], by=by, remark=remark, score=score)
    return found


def answer_to_rate(case: Case) -> Milestone | None:
    """The answer that stands: none while the case is open (again), or where it ended without one."""
    if case.state not in RATED_IN:
        return None
    return case.milestones.filter(kind__in=ANSWERS).order_by("reached_at", "id").last()


def business_of(by: Actor) -> int | None:
    """Of the businesses of a case, the one that came by this link: each has a rating of its own."""
    if not isinstance(by, Business):
        return None
    return RespondentLink.objects.values_list("respondent_id", flat=True).get(pk=by.link_id)


def may_change_rating(case: Case) -> bool:
    return case.objection_until is None or case.objection_until >= clock.now()


def _reason(case: Case, text: str, by: Actor, party: Party) -> Remark | None:
    if not text.strip():
        return None
    return write_remark(case, text, by=by, kind=RemarkKind.REASON, audience=_READERS[party], field="reason")
