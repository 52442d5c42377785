"""Periodic reports as pages show them: words and badges, no rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import formats
from django.utils.translation import gettext as _

from bulletins.models_reports import Answer, Questionnaire
from bulletins.report_answers import field_name, plain
from bulletins.report_computations import COMPUTATIONS
from workflows.deadlines import HANOI


@dataclass(frozen=True)
class Standing:
    """``badge`` names the look of `components/state_badge.html`."""

    label: str
    badge: str
    is_late: bool = False


def standing(unit: Questionnaire, now: datetime) -> Standing:
    """How a unit stands, in a word."""
    if unit.is_submitted:
        late = unit.submitted_at is not None and unit.submitted_at > unit.due_at
        return Standing(_("reported late") if late else _("reported"), "resolved", late)
    if not unit.report.is_open:
        return Standing(_("issued without it"), "closed")
    late = unit.due_at < now
    if unit.state == Questionnaire.State.RETURNED:
        return Standing(_("sent back"), "withdrawn", late)
    if late:
        return Standing(_("overdue"), "refused", late)
    return Standing(_("begun") if unit.saved_at else _("not reported yet"), "awaiting_complainant")


def stale_since(answers: Sequence[Answer], now: datetime) -> date | None:
    """The earliest day the cases' figures are of, where that is not today."""
    days = [answer.computed_at.astimezone(HANOI).date() for answer in answers if answer.computed_at]
    return min(days) if days and min(days) < now.astimezone(HANOI).date() else None


def figure(value: Any) -> str:
    return "" if value is None else str(formats.number_format(plain(value)))


def rows_of(
    form: forms.Form, answers: Sequence[Answer], meanwhile: Mapping[int, str] | None = None
) -> list[dict[str, Any]]:
    """One a question. ``meanwhile``: what somebody else saved, by question id."""
    return [_row(form, answer, (meanwhile or {}).get(answer.question_id, "")) for answer in answers]


def _row(form: forms.Form, answer: Answer, meanwhile: str) -> dict[str, Any]:
    name = field_name(answer.question_id, "reason")
    computation = COMPUTATIONS.get(answer.question.computation)
    return {
        "answer": answer,
        "question": answer.question,
        "field": form[field_name(answer.question_id)],
        "reason": form[name] if name in form.fields else None,
        "computed": figure(answer.computed),
        "computation": computation,
        "shown": figure(answer.value) if answer.question.is_figure else answer.words,
        "meanwhile": meanwhile,
    }


def said_otherwise(answers: Sequence[Answer], form: forms.Form) -> dict[int, str]:
    """Question id → what is saved now, where the form that came too late says something else."""
    found = {}
    for answer in answers:
        mine = form.cleaned_data.get(field_name(answer.question_id))
        saved = answer.value if answer.question.is_figure else answer.words
        if mine != saved:
            found[answer.question_id] = figure(saved) if answer.question.is_figure else (answer.words or _("nothing"))
    return found
