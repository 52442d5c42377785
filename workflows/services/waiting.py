"""A question nobody answers: the sender is reminded, the handler is asked, and decides."""

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member, System
from agencies.models import Role
from events import clock
from events.models import Event
from workflows.errors import InvalidInput, MoveNotAllowed
from workflows.models import Audience, Case, RemarkKind
from workflows.outcomes import OutcomeFacts
from workflows.services.conclusion import conclude
from workflows.services.moving import begin, finish, record, write_remark
from workflows.states import Outcome, State


@transaction.atomic
def remind_complainant(*, case_id: int, by: System, version: int | None = None) -> Case:
    """Tell the sender once per question that an answer is awaited. It moves nothing, so a page stays fresh.

    Raises MoveNotAllowed when nothing is asked, or the sender answered meanwhile.
    """
    case = _waiting(case_id, by, version)
    if case.reminded_at is None or case.reminded_at < case.state_since:
        case.reminded_at = clock.now()
        case.save(update_fields=["reminded_at"])
        record(case, "case.complainant_reminded", by=by)
    return case


@transaction.atomic
def propose_giving_up(*, case_id: int, by: System, version: int | None = None) -> Case:
    """Tell the handler once per question that the time to answer is over. Raises as `remind_complainant`."""
    case = _waiting(case_id, by, version)
    told = Event.objects.filter(stream=case.stream, kind="case.answer_overdue", at__gte=case.state_since)
    if not told.exists():
        record(case, "case.answer_overdue", by=by)
    return case


def _waiting(case_id: int, by: System, version: int | None) -> Case:
    case = Case.objects.visible_to(by).locked(case_id, version)
    if case.state != State.AWAITING_COMPLAINANT:
        raise MoveNotAllowed(_("No question waits for an answer."))
    return case


@transaction.atomic
def give_up_waiting(*, case_id: int, by: Member, version: int, ends: bool, explanation: str) -> Case:
    """Go on without the answer, or end the case because it cannot (``ends``); the sender reads the explanation.

    Raises InvalidInput where a case ends by two persons only and ``by`` is its handler, or no supervisor.
    """
    case = begin(case_id, "give_up_waiting", by, version)
    if ends:
        return _end_for_want_of_an_answer(case, by, explanation)
    remark = write_remark(
        case, explanation, by=by, kind=RemarkKind.REASON, audience=Audience.CITIZEN, field="explanation"
    )
    case.give_up_waiting(ends=False)
    finish(case, "case.waiting_given_up", by=by, remark=remark)
    return case


def _end_for_want_of_an_answer(case: Case, by: Member, explanation: str) -> Case:
    second_person = by.has(Role.SUPERVISOR) and case.handler_id != by.person.pk
    if case.owner.requires_two_persons and not second_person:
        raise InvalidInput(
            "ends", _("In this agency a supervisor ends the case; go on without the answer, or ask one.")
        )
    facts = OutcomeFacts(outcome=Outcome.NO_ANSWER_FROM_COMPLAINANT)
    conclude(case, facts, by=by, answer=explanation, field="explanation", move=_give_up)
    return case


def _give_up(case: Case, outcome: str) -> None:
    """The transition knows its outcome."""
    case.give_up_waiting(ends=True)
