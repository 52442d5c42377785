"""What the business says, and its silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agencies.actors import Actor, Business, Member
from complaints.models import Evidence
from complaints.services.recording import seal_uploads
from events import clock
from workflows import policy
from workflows.deadlines import HANOI
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed
from workflows.models import Audience, Case, Purpose, RemarkKind, RespondentAnswer, RespondentLink
from workflows.services.moving import begin, finish, record, write_remark
from workflows.states import MOVE, OPEN, Stance, State

STANCES = (Stance.ACCEPTS, Stance.OFFERS, Stance.DISPUTES, Stance.REFUSES)


@dataclass(frozen=True)
class Response:
    """``answer`` is for the sender and the agencies, ``note`` for the agencies alone. ``offer_amount`` in VND and
    ``offer_by`` belong to an offer; ``uploads``: ids of a draft's files, the caller's own."""

    stance: str
    answer: str
    note: str = ""
    offer_amount: int | None = None
    offer_by: date | None = None
    uploads: Sequence[int] = ()


@transaction.atomic
def respond(*, case_id: int, by: Actor, version: int | None = None, **said: Any) -> Case:
    """The business's answer, by its link or recorded by an officer; ``said`` as in `Response`. A refusal counts as a dispute until the handler
    has judged its reason: only one without a good reason opens the way to negotiation (Luật 19/2023 Đ57.3).
    Raises InvalidInput, CaseNotFound when the link no longer holds."""
    case = begin(case_id, "respond", by, version)
    row = _write(case, Response(**said), by)
    case.respond(stance=Stance.DISPUTES if row.waits_for_judgement else row.stance)
    finish(
        case, "case.respondent_answered", by=by, remark=row.answer, answer=row.pk, stance=row.stance,
        complaint=case.complaint_id,
    )  # fmt: skip
    return case


@transaction.atomic
def respond_or_add(*, case_id: int, by: Business, **said: Any) -> Case:
    """The answer while it is awaited of this business; what comes later, or from another business of the case, is added
    to it while the case is open and the link holds."""
    case = Case.objects.visible_to(by).locked(case_id)
    if policy.may(by, MOVE["respond"], case) and is_awaited(case, by):
        return respond(case_id=case_id, by=by, **said)
    if not policy.may_add_response(by, case):
        raise MoveNotAllowed(_("The agency has ended the case: nothing can be added any more."))
    row = _write(case, Response(**said), by, is_supplement=True)
    record(case, "case.respondent_supplemented", by=by, remark=row.answer, answer=row.pk, complaint=case.complaint_id)
    return case


@transaction.atomic
def judge_refusal(*, case_id: int, by: Member, version: int, has_good_reason: bool, explanation: str) -> Case:
    """The handler's judgement of the last refusal; it moves nothing, and decides whether negotiation may open."""
    case = Case.objects.visible_to(by).locked(case_id, version)
    if not policy.may_deal_with_respondent(by, case):
        raise MoveNotAllowed(_("Only the handler of the case and a supervisor deal with the business."))
    answer = case.respondent_answers.filter(is_supplement=False).last()
    if answer is None or not answer.waits_for_judgement or case.state not in OPEN:
        raise MoveNotAllowed(_("There is no refusal that waits for a judgement."))
    remark = write_remark(
        case, explanation, by=by, kind=RemarkKind.REASON, audience=Audience.SHARED, field="explanation"
    )
    answer.has_good_reason, answer.judged_by, answer.judged_at = has_good_reason, by.person, clock.now()
    answer.save(update_fields=["has_good_reason", "judged_by", "judged_at"])
    case.respondent_stance = Stance.DISPUTES if has_good_reason else Stance.REFUSES
    finish(
        case, "case.refusal_judged", by=by, clock_goes_on=True, remark=remark, answer=answer.pk, good=has_good_reason
    )
    return case


@transaction.atomic
def remind_respondent(*, case_id: int, by: Actor, version: int | None = None) -> Case:
    """Mail the business whose answer is awaited its link once more. Raises MoveNotAllowed when no answer is awaited."""
    case = Case.objects.visible_to(by).locked(case_id, version)
    if case.state != State.AWAITING_RESPONDENT or isinstance(by, Business):
        raise MoveNotAllowed(_("No answer of the business is awaited."))
    for link in _awaited_links(case).filter(revoked_at=None):
        link.reminded_at = clock.now()
        link.save(update_fields=["reminded_at"])
        record(case, "case.respondent_reminded", by=by, link=link.pk)
    return case


@transaction.atomic
def respondent_silent(*, case_id: int, by: Actor, version: int | None = None) -> Case:
    """The time to answer is over: a ground for negotiation. The link holds on, for an answer that comes late."""
    case = begin(case_id, "respondent_silent", by, version)
    for link in _awaited_links(case).filter(revoked_at=None):
        link.silent_at = clock.now()
        link.save(update_fields=["silent_at"])
    case.respondent_silent()
    finish(case, "case.respondent_silent", by=by)
    return case


def is_awaited(case: Case, by: Business) -> bool:
    """Whether it is this business whose answer the case waits for, by whichever of its links it came. One query."""
    return case.respondent_links.filter(pk=by.link_id, respondent__links__in=_awaited_links(case)).exists()


def _awaited_links(case: Case) -> QuerySet[RespondentLink]:
    return RespondentLink.objects.filter(case=case, awaited=True)


def _write(case: Case, response: Response, by: Actor, *, is_supplement: bool = False) -> RespondentAnswer:
    link = _link(case, by)
    if isinstance(by, Business) and not is_supplement and not is_awaited(case, by):
        raise MoveNotAllowed(_("The agency waits for another business's answer."))
    _check(response)
    at = clock.now()
    row = RespondentAnswer.objects.create(
        case=case,
        respondent_id=link.respondent_id if link else None,
        link=link,
        stance=response.stance,
        answer=write_remark(
            case, response.answer, by=by, kind=RemarkKind.BUSINESS, audience=Audience.CITIZEN, field="answer"
        ),
        note=write_remark(case, response.note, by=by, kind=RemarkKind.BUSINESS, audience=Audience.SHARED, field="note")
        if response.note.strip()
        else None,
        offer_amount=response.offer_amount if response.stance == Stance.OFFERS else None,
        offer_by=response.offer_by if response.stance == Stance.OFFERS else None,
        is_supplement=is_supplement,
        is_late=bool(link and link.answer_until and link.answer_until < at),
        recorded_by=by.person if isinstance(by, Member) else None,
        answered_at=at,
    )
    row.files.set(_files(case, response.uploads, link))
    return row


def _link(case: Case, by: Actor) -> RespondentLink | None:
    """The link the business came by, which must hold at this moment; for an officer, the last one sent."""
    if not isinstance(by, Business):
        return _awaited_links(case).first() or case.respondent_links.filter(purpose=Purpose.ANSWER).first()
    link = case.respondent_links.select_for_update(of=("self",)).filter(pk=by.link_id, purpose=Purpose.ANSWER).first()
    if link is None or not link.holds_at(clock.now()):
        raise CaseNotFound(_("This link does not hold. Please compare the code, or ask the agency for a new link."))
    return link


def _check(response: Response) -> None:
    if response.stance not in STANCES:
        raise InvalidInput("stance", _("Choose one of the four."))
    if response.stance != Stance.OFFERS:
        return
    if response.offer_by is None:
        raise InvalidInput("offer_by", _("Write the day by which you will do what you offer."))
    if response.offer_by < clock.now().astimezone(HANOI).date():
        raise InvalidInput("offer_by", _("This day is over. Write a day to come."))
    if response.offer_amount is not None and response.offer_amount < 0:
        raise InvalidInput("offer_amount", _("An amount cannot be negative."))


def _files(case: Case, uploads: Sequence[int], link: RespondentLink | None) -> list[Evidence]:
    if not uploads or link is None:
        return []
    return seal_uploads([(case.complaint, uploads)], at=clock.now(), respondent=link.respondent)
