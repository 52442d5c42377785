"""What the lead agency does with what units report: sends it back, writes the whole."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from bulletins.models_reports import AnswerForm, Questionnaire, QuestionnaireReturn, Report, ReportNarrative
from bulletins.policy_reports import may_lead
from bulletins.report_answers import LONGEST_REASON, LONGEST_WORDS, field_name
from bulletins.report_errors import InvalidAnswers
from bulletins.services.report_access import locked_questionnaire, locked_report, responsible
from bulletins.services.report_opening import told
from events import clock
from events.services.recording import record_event
from workflows.errors import InvalidInput, MoveNotAllowed


@transaction.atomic
def return_questionnaire(*, questionnaire_id: int, by: Member, version: int, reason: str) -> Questionnaire:
    """Open it again for the unit, which reads why. Raises ReportNotFound, StaleReport, MoveNotAllowed, InvalidInput."""
    questionnaire = locked_questionnaire(questionnaire_id, by, version)
    require_lead(by)
    if not questionnaire.is_submitted:
        raise MoveNotAllowed(_("Only what was sent can be sent back."))
    cleaned = reason.replace("\x00", "").strip()
    if not cleaned:
        raise InvalidInput("reason", _("Say what is to be corrected: the unit reads it."))
    if len(cleaned) > LONGEST_REASON:
        raise InvalidInput("reason", _("At most %(n)d characters.") % {"n": LONGEST_REASON})
    row = QuestionnaireReturn.objects.create(
        questionnaire=questionnaire, reason=cleaned, returned_at=clock.now(), returned_by=by.person
    )
    questionnaire.state = Questionnaire.State.RETURNED
    questionnaire.version += 1
    questionnaire.save(update_fields=["state", "version"])
    agency = questionnaire.agency_id or 0
    people = responsible({agency})[agency] if agency else []
    data = told(questionnaire, people) | {"version": questionnaire.version, "returned": row.pk}
    record_event(questionnaire.report.stream, "report.returned", by=by, **data)
    return questionnaire


@transaction.atomic
def write_narratives(*, report_id: int, by: Member, version: int, words: Mapping[int, str]) -> Report:
    """Keep the lead agency's own text, by question id. Raises ReportNotFound, StaleReport, MoveNotAllowed, InvalidAnswers."""
    report = locked_report(report_id, by)
    require_lead(by)
    report = locked_report(report_id, by, version)
    asked = set(report.questions.filter(form=AnswerForm.WORDS).values_list("pk", flat=True))
    told_words = {pk: text.replace("\x00", "").strip() for pk, text in words.items() if pk in asked}
    too_long = {
        field_name(pk): _("At most %(n)d characters.") % {"n": LONGEST_WORDS}
        for pk, text in told_words.items()
        if len(text) > LONGEST_WORDS
    }
    if too_long:
        raise InvalidAnswers(_("Please correct what is marked below"), too_long)
    ReportNarrative.objects.bulk_create(
        [ReportNarrative(report=report, question_id=pk, words=text) for pk, text in told_words.items()],
        update_conflicts=True, unique_fields=["report", "question"], update_fields=["words"],
    )  # fmt: skip
    report.version += 1
    report.save(update_fields=["version"])
    record_event(report.stream, "report.written", by=by, report=report.pk, version=report.version)
    return report


def require_lead(by: Member) -> None:
    if not may_lead(by):
        raise MoveNotAllowed(_("Only the lead agency does this."))
