"""Reading periodic reports: who has reported, and what the units say put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from agencies.actors import Actor
from bulletins.models_reports import Answer, Consolidation, Questionnaire, Report, ReportQuestion
from bulletins.report_errors import ReportNotFound
from events import clock

WITH_ACCOUNT_FIRST = Case(When(agency=None, then=Value(1)), default=Value(0), output_field=IntegerField())


@dataclass(frozen=True)
class Progress:
    """Units of a report: ``in_time`` + ``late`` reported; ``missing`` did not, ``overdue`` of these after the day."""

    units: int
    in_time: int
    late: int
    missing: int
    overdue: int
    returned: int

    @property
    def reported(self) -> int:
        return self.in_time + self.late


@dataclass
class Line:
    """A figure put together: ``total`` None while nobody answered. ``asked`` units owe it, ``answered`` gave it."""

    question: ReportQuestion
    asked: int = 0
    values: dict[int, Decimal] = field(default_factory=dict)

    @property
    def answered(self) -> int:
        return len(self.values)

    @property
    def total(self) -> Decimal | None:
        return put_together(self.question.consolidation, self.values.values())


@dataclass
class Telling:
    """A question that asks for words: the lead agency's ``own``, and what the units wrote (name, words)."""

    question: ReportQuestion
    own: str = ""
    units: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Whole:
    """``units`` in their order, reported or not."""

    units: list[Questionnaire]
    lines: list[Line]
    tellings: list[Telling]

    @property
    def missing(self) -> list[Questionnaire]:
        return [unit for unit in self.units if not unit.is_submitted]


def put_together(consolidation: str, values: Iterable[Decimal]) -> Decimal | None:
    """The sum, or the average to two decimals; None of nothing."""
    found = list(values)
    if not found:
        return None
    total = sum(found, Decimal(0))
    if consolidation == Consolidation.SUM:
        return total
    return (total / len(found)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def find_report(pk: int, actor: Actor | None) -> Report:
    """Raises ReportNotFound."""
    related = ("kind", "province", "agency", "number")
    found = Report.objects.visible_to(actor).select_related(*related).filter(pk=pk).first()
    if found is None:
        raise ReportNotFound(_("There is no such report, or you may not see it."))
    return found


def find_questionnaire(pk: int, actor: Actor | None) -> Questionnaire:
    """With its report. Raises ReportNotFound."""
    related = ("report__kind", "report__agency", "agency", "saved_by", "submitted_by")
    found = Questionnaire.objects.visible_to(actor).select_related(*related).filter(pk=pk).first()
    if found is None:
        raise ReportNotFound(_("There is no such report, or you may not see it."))
    return found


def progress_of(reports: Iterable[Report]) -> dict[int, Progress]:
    """By report id: one query for all."""
    sent, late = Q(state=Questionnaire.State.SUBMITTED), Q(submitted_at__gt=F("due_at"))
    rows = Questionnaire.objects.filter(report__in=list(reports)).order_by().values_list("report").annotate(
        units=Count("pk"), in_time=Count("pk", filter=sent & ~late), late=Count("pk", filter=sent & late),
        missing=Count("pk", filter=~sent), overdue=Count("pk", filter=~sent & Q(due_at__lt=clock.now())),
        returned=Count("pk", filter=Q(state=Questionnaire.State.RETURNED)),
    )  # fmt: skip
    return {report: Progress(*counts) for report, *counts in rows}


def views(now: datetime) -> dict[str, Q]:
    sent = Q(state=Questionnaire.State.SUBMITTED)
    return {
        "all": Q(),
        "missing": ~sent,
        "overdue": ~sent & Q(due_at__lt=now),
        "returned": Q(state=Questionnaire.State.RETURNED),
        "reported": sent,
    }


def units_of(report: Report, view: str = "all") -> QuerySet[Questionnaire]:
    """Units with an account first; those without one after them."""
    chosen = views(clock.now()).get(view, Q())
    rows = report.questionnaires.filter(chosen).select_related("submitted_by", "agency")
    return rows.annotate(reminded=Count("reminders")).order_by(WITH_ACCOUNT_FIRST, "unit_name", "pk")


def put_together_report(report: Report) -> Whole:
    """Of what was sent and not taken back. Four queries."""
    units = list(report.questionnaires.order_by(WITH_ACCOUNT_FIRST, "unit_name", "pk"))
    questions = list(report.questions.all())
    lines = {q.pk: Line(q) for q in questions if q.is_figure}
    tellings = {q.pk: Telling(q) for q in questions if not q.is_figure}
    sent = {unit.pk: unit.unit_name for unit in units if unit.is_submitted}
    given = Answer.objects.filter(questionnaire__report=report).order_by()
    for unit, question, value, words in given.values_list("questionnaire", "question", "value", "words"):
        if line := lines.get(question):
            line.asked += 1
            if unit in sent and value is not None:
                line.values[unit] = value
        elif unit in sent and words:
            tellings[question].units.append((sent[unit], words))
    for narrative in report.narratives.all():
        tellings[narrative.question_id].own = narrative.words
    _in_order(tellings.values(), units)
    return Whole(units, list(lines.values()), list(tellings.values()))


def _in_order(tellings: Iterable[Telling], units: list[Questionnaire]) -> None:
    place: dict[str, int] = defaultdict(int)
    for number, unit in enumerate(units):
        place[unit.unit_name] = number
    for telling in tellings:
        telling.units.sort(key=lambda said: place[said[0]])
