"""Opening a periodic report: its questions are frozen, and every unit concerned is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from agencies.models import Agency, AgencyKind, Commune
from bulletins.models_reports import Answer, Questionnaire, Report, ReportIndicator, ReportKind, ReportQuestion
from bulletins.policy_reports import may_lead
from bulletins.report_computations import Found, compute, figure_of
from bulletins.report_errors import ReportNotFound
from bulletins.report_periods import Schedule, Span, schedule, yearly_due, yearly_span
from bulletins.services.report_access import responsible
from events import clock
from events.services.recording import Happening, record_event, record_events
from workflows.clocks import timetable
from workflows.deadlines import Calendar
from workflows.errors import InvalidInput

COMMUNE_KIND = "commune"
LONGEST_SPAN_DAYS = 800


def calendar_of(kind: ReportKind) -> Calendar:
    """The province's working days."""
    return timetable(kind.province_id).calendar


def planned(kind: ReportKind, year: int) -> Schedule:
    """The kind's own days in this year. Raises ValueError for one made when asked for."""
    calendar = calendar_of(kind)
    return schedule(kind, yearly_span(kind, year), yearly_due(kind, year, calendar), calendar)


def planned_ad_hoc(kind: ReportKind, span: Span, due_on: date) -> Schedule:
    return schedule(kind, span, due_on, calendar_of(kind))


@transaction.atomic
def open_report(*, kind_id: int, by: Member, plan: Schedule, name: str = "") -> Report:
    """Ask every unit concerned. The lock on the kind's row makes two who open the same period take turns, and the
    constraint `report_period_once` would hold without it. Raises ReportNotFound, InvalidInput."""
    kind = _locked_kind(kind_id, by)
    _check(kind, plan)
    now = clock.now()
    report = Report.objects.create(
        kind=kind, province=kind.province, agency=by.agency, name=" ".join(name.split()) or name_of(kind, plan.span),
        first=plan.span.first, last=plan.span.last, due_on=plan.due_on, units_due_at=plan.units_due_at,
        opened_at=now, opened_by=by.person,
    )  # fmt: skip
    questions = _freeze(report, kind)
    asked = _ask(report, kind, questions, now)
    if not asked:
        raise InvalidInput("kind", _("No unit reports here: choose who reports on the administration site."))
    record_event(report.stream, "report.opened", by=by, report=report.pk, kind_of_report=kind.code, units=len(asked))
    _tell(report, asked, by)
    return report


def name_of(kind: ReportKind, span: Span) -> str:
    """``… năm 2026``; with the days for one made when asked for. Paper is Vietnamese whatever the reader's language."""
    if kind.is_ad_hoc:
        return f"{kind.name} (từ ngày {span.first:%d/%m/%Y} đến ngày {span.last:%d/%m/%Y})"
    return f"{kind.name} năm {span.last.year}"


def _locked_kind(kind_id: int, by: Member) -> ReportKind:
    kinds = ReportKind.objects.filter(pk=kind_id, retired=False, province__in=by.agency.provinces.all())
    kind = kinds.select_for_update(of=("self",)).select_related("province").first() if may_lead(by) else None
    if kind is None:
        raise ReportNotFound(_("There is no such kind of report."))
    return kind


def _check(kind: ReportKind, plan: Schedule) -> None:
    span = plan.span
    if span.last < span.first:
        raise InvalidInput("last", _("The last day comes before the first."))
    if (span.last - span.first).days > LONGEST_SPAN_DAYS:
        raise InvalidInput("last", _("A report covers two years at most. Please check the days."))
    if plan.units_due_at <= clock.now():
        raise InvalidInput(
            "due_on", _("The units would have to report by %(day)s, which is over. Choose a later day.")
            % {"day": f"{plan.units_due_at:%d/%m/%Y}"},
        )  # fmt: skip
    if Report.objects.filter(kind=kind, first=span.first, last=span.last).exists():
        raise InvalidInput("kind", _("This report was opened before for the same days: go on with that one."))


def _freeze(report: Report, kind: ReportKind) -> list[ReportQuestion]:
    indicators = kind.indicators.filter(retired=False).prefetch_related("answered_by").order_by("position", "code")
    questions = ReportQuestion.objects.bulk_create(_question(report, indicator) for indicator in indicators)
    if not questions:
        raise InvalidInput(
            "kind", _("This kind of report asks nothing yet: its indicators are rows on the administration site.")
        )
    return questions


def _question(report: Report, indicator: ReportIndicator) -> ReportQuestion:
    copied = ("code", "position", "wording", "hint", "form", "measure", "decimals", "least", "most", "computation",
              "consolidation", "required")  # fmt: skip
    return ReportQuestion(
        report=report,
        answered_by=sorted(kind.code for kind in indicator.answered_by.all()),
        **{name: getattr(indicator, name) for name in copied},
    )


def _ask(report: Report, kind: ReportKind, questions: Sequence[ReportQuestion], now: datetime) -> list[Questionnaire]:
    rows = [(unit, COMMUNE_KIND) for unit in _communes(report, kind)]
    rows = [*((unit, unit.agency.kind_id) for unit in _agencies(report, kind) if unit.agency), *rows]
    asked = Questionnaire.objects.bulk_create([unit for unit, _kind in rows])
    found = compute(
        (q.computation for q in questions if q.computation), report.province_id, Span(report.first, report.last)
    )
    Answer.objects.bulk_create(
        (
            first_answer(unit, question, found, now)
            for unit, (_row, kind_code) in zip(asked, rows, strict=True)
            for question in questions
            if not question.answered_by or kind_code in question.answered_by
        ),
        batch_size=500,
    )
    return asked


def _agencies(report: Report, kind: ReportKind) -> Iterable[Questionnaire]:
    kinds = AgencyKind.objects.filter(pk__in=kind.agency_kinds.all())
    units = Agency.objects.filter(provinces=report.province, is_active=True, kind__in=kinds).order_by("name", "pk")
    for agency in units:
        yield Questionnaire(
            report=report,
            agency=agency,
            commune_id=agency.commune_id,
            unit_name=agency.name,
            due_at=report.units_due_at,
        )


def _communes(report: Report, kind: ReportKind) -> Iterable[Questionnaire]:
    if not kind.every_commune:
        return
    with_account = Agency.objects.filter(provinces=report.province, is_active=True).exclude(commune=None)
    communes = Commune.objects.filter(province=report.province, retired=False)
    for commune in communes.exclude(pk__in=with_account.values("commune")).order_by("name", "pk"):
        name = f"Ủy ban nhân dân {commune.full_name[:1].lower()}{commune.full_name[1:]}"
        yield Questionnaire(report=report, commune=commune, unit_name=name, due_at=report.units_due_at)


def first_answer(unit: Questionnaire, question: ReportQuestion, found: dict[str, Found], now: datetime) -> Answer:
    computed: Decimal | None = None
    if question.computation:
        computed = figure_of(question.computation, found, agency=unit.agency_id, commune=unit.commune_id)
    at = now if computed is not None else None
    return Answer(questionnaire=unit, question=question, value=computed, computed=computed, computed_at=at)


def _tell(report: Report, asked: Sequence[Questionnaire], by: Member) -> None:
    units = [unit for unit in asked if unit.agency]
    people = responsible({unit.agency_id for unit in units if unit.agency_id})
    record_events(
        [
            Happening(report.stream, "report.asked", by, told(unit, people.get(unit.agency_id or 0, [])))
            for unit in units
        ]
    )


def told(unit: Questionnaire, people: Sequence[int]) -> dict[str, object]:
    """Of a unit's questionnaire, to these people of the unit."""
    agency = unit.agency.code if unit.agency else ""
    return {"report": unit.report_id, "questionnaire": unit.pk, "agency": agency, "people": list(people)}
