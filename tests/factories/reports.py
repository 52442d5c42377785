"""A small periodic report: two figures from the cases, one typed, one average, words; SCT leads."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from agencies.actors import Member
from agencies.models import AgencyKind, Role
from bulletins.models_reports import Questionnaire, Report, ReportIndicator, ReportKind
from bulletins.report_answers import Given
from bulletins.report_periods import Span
from bulletins.services.report_filling import save_answers
from bulletins.services.report_issuing import issue_report
from bulletins.services.report_opening import open_report, planned_ad_hoc
from events import clock
from tests import factories
from workflows.deadlines import HANOI

SPAN = Span(date(2026, 1, 1), date(2026, 11, 30))
OPENED = datetime(2026, 11, 2, 9, 0, tzinfo=HANOI)  # a Monday
DUE_ON = date(2026, 11, 20)  # the units, five working days earlier: Friday 13 November
SIGNED = {"title": "Giám đốc", "name": "Lê Văn An", "authority": "", "instead_of": ""}
INDICATORS: tuple[dict[str, Any], ...] = (
    {"code": "received", "wording": "Phản ánh đã tiếp nhận", "measure": "lượt", "computation": "received"},
    {"code": "sanctions", "wording": "Quyết định xử phạt", "measure": "quyết định", "computation": "sanctions"},
    {"code": "trained", "wording": "Người được tập huấn", "measure": "người"},
    {"code": "cashless", "wording": "Tỷ lệ không dùng tiền mặt", "measure": "%", "decimals": 1, "most": 100,
     "consolidation": "average", "required": False},
    {"code": "results", "wording": "Kết quả thực hiện", "form": "words"},
    {"code": "proposals", "wording": "Kiến nghị", "form": "words", "required": False},
)  # fmt: skip


def on(day: int, hour: int = 9) -> AbstractContextManager[Any]:
    """A day of November, after it was opened."""
    return clock.frozen(datetime(2026, 11, day, hour, tzinfo=HANOI))


def issue(report: Report, by: Member, reported: int = 0, **more: Any) -> Report:
    return issue_report(report_id=report.pk, by=by, version=report.version, reported=reported, signatory=SIGNED, **more)


def kind(code: str = "ad-hoc", units: tuple[str, ...] = ("qltt", "hoi", "commune1"), **fields: Any) -> ReportKind:
    """Its units exist; it has no days of its own unless they are given."""
    kinds = [factories.agency(unit).kind for unit in ("sct", *units)][1:]
    defaults = {
        "name": "kết quả thực hiện kế hoạch",
        "addressee": "Ủy ban nhân dân tỉnh",
        "legal_basis": "Luật số 19/2023/QH15",
        "recipients": "Bộ Công Thương",
        "remind_before": "3, 1",
        "remind_after": "1",
    }
    made = ReportKind.objects.create(province=factories.province(), code=code, **(defaults | fields))
    made.agency_kinds.set(kinds)
    for place, row in enumerate(INDICATORS):
        ReportIndicator.objects.create(kind=made, position=place, **row)
    return made


def only_for(indicator: str, *kinds: str) -> None:
    ReportIndicator.objects.get(code=indicator).answered_by.set(AgencyKind.objects.filter(pk__in=kinds))


def lead() -> Member:
    return factories.member("sct", Role.SUPERVISOR)


def opened(by: Member, of: ReportKind | None = None, *, span: Span = SPAN) -> Report:
    """At OPENED, when the clock is frozen there."""
    of = of or kind()
    return open_report(kind_id=of.pk, by=by, plan=planned_ad_hoc(of, span, DUE_ON))


def questionnaire(report: Report, agency: str = "qltt") -> Questionnaire:
    return Questionnaire.objects.get(report=report, agency__code=agency)


def given(unit: Questionnaire, **said: Any) -> dict[int, Given]:
    """By the codes of the questions: figures, or words; ``reason_CODE`` says why another figure. What is not named is
    what the cases gave, 0 or “Đã làm.”."""
    found = {}
    for answer in unit.answers.select_related("question"):
        code, question = answer.question.code, answer.question
        if not question.is_figure:
            found[question.pk] = Given(words=said.get(code, "Đã làm." if question.required else ""))
            continue
        usual = answer.computed if answer.computed is not None else Decimal(0) if question.required else None
        value = said.get(code, usual)
        reason = said.get(f"reason_{code}", "")
        found[question.pk] = Given(None if value is None else Decimal(str(value)), reason)
    return found


def sent(report: Report, agency: str, by: Member | None = None, **said: Any) -> Questionnaire:
    unit = questionnaire(report, agency)
    by = by or factories.member(agency, Role.SUPERVISOR)
    return save_answers(questionnaire_id=unit.pk, by=by, version=unit.version, given=given(unit, **said), send=True)
