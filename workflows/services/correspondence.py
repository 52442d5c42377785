"""Questions, answers, notes and what the citizen adds."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Actor, Member
from complaints.models import Supplement
from complaints.services.recording import add_supplement
from events import clock
from events.chain import salted_digest
from workflows import policy
from workflows.errors import InvalidInput, MoveNotAllowed
from workflows.models import Audience, Case, Remark, RemarkKind
from workflows.services.moving import begin, clean_text, finish, record, write_remark


@transaction.atomic
def ask_complainant(*, case_id: int, by: Actor, version: int, question: str) -> Case:
    case = begin(case_id, "ask_complainant", by, version)
    remark = write_remark(case, question, by=by, kind=RemarkKind.QUESTION, audience=Audience.CITIZEN, field="question")
    case.ask_complainant()
    finish(case, "case.question_asked", by=by, remark=remark)
    return case


@transaction.atomic
def answer_question(*, case_id: int, by: Actor, version: int | None, answer: str) -> Case:
    """The citizen's answer, or an officer's record of it. A citizen's page carries no version: nothing can be lost by it."""
    case = begin(case_id, "answer", by, version)
    remark = write_remark(case, answer, by=by, kind=RemarkKind.ANSWER, audience=Audience.CITIZEN, field="answer")
    case.answer()
    finish(case, "case.answered", by=by, remark=remark)
    return case


@transaction.atomic
def supplement_case(*, case_id: int, by: Actor, text: str, uploads: Sequence[int] = ()) -> Supplement:
    """What the citizen adds, in any state that is not final. Raises MoveNotAllowed, InvalidInput."""
    case = Case.objects.visible_to(by).locked(case_id)
    if not policy.may_supplement(by, case):
        raise MoveNotAllowed(_("This report is closed; please lodge a new one."))
    recorded_by = by.person if isinstance(by, Member) else None
    supplement = add_supplement(
        case.complaint, clean_text(text, "text"), at=clock.now(), recorded_by=recorded_by, uploads=uploads
    )
    digest = salted_digest(supplement.salt, supplement.text)
    record(case, "case.supplemented", by=by, complaint=case.complaint_id, supplement=supplement.pk, digest=digest)
    return supplement


@transaction.atomic
def add_note(*, case_id: int, by: Member, text: str, audience: str = Audience.AGENCY) -> Remark:
    """A note of the actor's agency; it moves nothing, so two writers never collide."""
    case = Case.objects.visible_to(by).locked(case_id)
    if not policy.may_note(by, case):
        raise MoveNotAllowed(_("You cannot write notes on this case."))
    allowed = {Audience.AGENCY, Audience.SHARED} | ({Audience.POLICE} if by.is_police else set())
    if audience not in allowed:
        raise InvalidInput("audience", _("Choose who may read the note."))
    remark = write_remark(case, text, by=by, kind=RemarkKind.NOTE, audience=Audience(audience))
    # Readers of the log see the entry only if they may read the remark (selectors/timeline.py).
    record(case, "case.noted", by=by, remark=remark, audience=str(audience))
    return remark
