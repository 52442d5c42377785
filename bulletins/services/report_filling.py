"""Filling in a questionnaire: saved as often as one likes, sent once, then locked."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from bulletins.models_reports import Answer, Questionnaire
from bulletins.policy_reports import may_send
from bulletins.report_answers import Given, faults
from bulletins.report_computations import compute, figure_of
from bulletins.report_errors import InvalidAnswers
from bulletins.report_periods import Span
from bulletins.services.report_access import locked_questionnaire, may_fill, responsible
from events import clock
from events.services.recording import record_event
from workflows.errors import MoveNotAllowed


@transaction.atomic
def save_answers(
    *, questionnaire_id: int, by: Member, version: int, given: Mapping[int, Given], send: bool = False
) -> Questionnaire:
    """Keep what was given, by question id; what is not given stays. ``send`` reports it and locks it.

    The rows of report and questionnaire are locked (`report_access`), so of two who save one version the second is told
    what the first wrote. Raises ReportNotFound, StaleReport, MoveNotAllowed, InvalidAnswers (nothing is kept then).
    """
    questionnaire = _opened(questionnaire_id, by, version)
    if send and not may_send(by):
        raise MoveNotAllowed(_("A supervisor or approver of the unit sends the report. What you wrote can be saved."))
    answers = list(questionnaire.answers.select_related("question"))
    wrong: dict[str, str] = {}
    for answer in answers:
        said = given.get(answer.question_id, Given(answer.value, answer.reason, answer.words))
        wrong |= faults(answer, said, sending=send)
        answer.value, answer.words = said.value, _clean(said.words)
        answer.reason = _clean(said.reason) if answer.is_corrected else ""
    if wrong:
        raise InvalidAnswers(_("Please correct what is marked below"), wrong)
    Answer.objects.bulk_update(answers, ["value", "words", "reason"], batch_size=200)
    _saved(questionnaire, by)
    if send:
        questionnaire.state = Questionnaire.State.SUBMITTED
        questionnaire.submitted_at, questionnaire.submitted_by = questionnaire.saved_at, by.person
    questionnaire.save(update_fields=["version", "saved_at", "saved_by", "state", "submitted_at", "submitted_by"])
    _record(questionnaire, by, send)
    return questionnaire


def _opened(questionnaire_id: int, by: Member, version: int) -> Questionnaire:
    questionnaire = locked_questionnaire(questionnaire_id, by)
    if not may_fill(by, questionnaire):
        raise MoveNotAllowed(_("Only the unit itself fills in its questionnaire."))
    if questionnaire.is_submitted:
        raise MoveNotAllowed(_("It has been sent and is locked. The lead agency can send it back for correction."))
    return locked_questionnaire(questionnaire_id, by, version)


def _saved(questionnaire: Questionnaire, by: Member) -> None:
    questionnaire.version += 1
    questionnaire.saved_at, questionnaire.saved_by = clock.now(), by.person


def _record(questionnaire: Questionnaire, by: Member, send: bool) -> None:
    report = questionnaire.report
    about = {"report": report.pk, "questionnaire": questionnaire.pk, "version": questionnaire.version}
    if not send:
        record_event(report.stream, "report.saved", by=by, **about)
        return
    lead = report.agency
    people = responsible({lead.pk})[lead.pk]
    late = bool(questionnaire.submitted_at and questionnaire.submitted_at > questionnaire.due_at)
    record_event(report.stream, "report.submitted", by=by, **about, agency=lead.code, people=people, late=late)


@transaction.atomic
def compute_anew(*, questionnaire_id: int, by: Member, version: int) -> Questionnaire:
    """Take the figures of the cases as they are now. What the unit corrected stays, with the new figure beside it.
    Raises as `save_answers`."""
    questionnaire = _opened(questionnaire_id, by, version)
    answers = list(questionnaire.answers.select_related("question").exclude(question__computation=""))
    report, now = questionnaire.report, clock.now()
    found = compute((a.question.computation for a in answers), report.province_id, Span(report.first, report.last))
    for answer in answers:
        was_corrected = answer.is_corrected
        answer.computed = figure_of(
            answer.question.computation, found, agency=questionnaire.agency_id, commune=questionnaire.commune_id
        )
        answer.computed_at = now if answer.computed is not None else None
        if not was_corrected and answer.computed is not None:
            answer.value, answer.reason = answer.computed, ""
    Answer.objects.bulk_update(answers, ["value", "computed", "computed_at", "reason"], batch_size=200)
    _saved(questionnaire, by)
    questionnaire.save(update_fields=["version", "saved_at", "saved_by"])
    record_event(
        report.stream,
        "report.computed",
        by=by,
        report=report.pk,
        questionnaire=questionnaire.pk,
        version=questionnaire.version,
    )
    return questionnaire


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()
