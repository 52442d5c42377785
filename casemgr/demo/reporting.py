"""The demo's periodic report: opened ten days ago, some units have reported, one was sent back, the others owe theirs."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from agencies.actors import Member
from bulletins.models_reports import Questionnaire, Report, ReportKind
from bulletins.report_answers import Given
from bulletins.report_periods import schedule, yearly_due, yearly_span
from bulletins.services.report_filling import save_answers
from bulletins.services.report_opening import calendar_of, open_report
from bulletins.services.report_reviewing import return_questionnaire
from casemgr.demo import PROVINCE
from casemgr.demo.content import HERE
from casemgr.demo.playing import cast_member
from events import clock
from workflows.deadlines import HANOI, Calendar

KIND = "year"
OPENED = timedelta(days=10)


def open_yearly_report(now: datetime) -> None:
    """Once; nothing where the province has one already. It is never due before the units could report."""
    kind = ReportKind.objects.filter(province=PROVINCE, code=KIND).first()
    if kind is None or Report.objects.filter(province=PROVINCE).exists():
        return
    calendar = calendar_of(kind)
    began = _working_hour(calendar.next_working_day((now - OPENED).astimezone(HANOI).date()))
    due_on = max(yearly_due(kind, now.year, calendar), calendar.add_working_days(now.date(), 12))
    plan = schedule(kind, yearly_span(kind, now.year), due_on, calendar)
    lead = cast_member("supervisor@sct")
    with clock.frozen(began):
        report = open_report(kind_id=kind.pk, by=lead, plan=plan)
    for code, said in json.loads((HERE / "reports.json").read_text(encoding="utf-8")).items():
        _report(report, code, said, _instants(said["day"], began, now, calendar), lead)


def _working_hour(day: date) -> datetime:
    return datetime.combine(day, time(9, 20), HANOI)


def _instants(day: int, began: datetime, now: datetime, calendar: Calendar) -> tuple[datetime, datetime]:
    """So many working days after the opening, and the next: over by now, whatever holidays lie between."""
    first = calendar.add_working_days(began.date(), day)
    wished = (_working_hour(first), _working_hour(calendar.add_working_days(first, 1)))
    return min(wished[0], now - timedelta(minutes=2)), min(wished[1], now - timedelta(minutes=1))


def _report(report: Report, code: str, said: dict[str, Any], at: tuple[datetime, datetime], lead: Member) -> None:
    unit = Questionnaire.objects.get(report=report, agency__code=code)
    by = cast_member(f"supervisor@{code}")
    with clock.frozen(at[0]):
        saved = save_answers(
            questionnaire_id=unit.pk, by=by, version=unit.version, given=_given(unit, said), send=said["send"]
        )
    if "returned" in said:
        with clock.frozen(at[1]):
            return_questionnaire(questionnaire_id=unit.pk, by=lead, version=saved.version, reason=said["returned"])


def _given(unit: Questionnaire, said: dict[str, Any]) -> dict[int, Given]:
    """What the file says, by the codes of the questions; a figure it does not name is what the cases gave, or nothing
    happened."""
    found = {}
    for answer in unit.answers.select_related("question"):
        question, code = answer.question, answer.question.code
        if not question.is_figure:
            found[question.pk] = Given(words=said["words"].get(code, ""))
        elif code in said.get("corrected", {}):
            figure, reason = said["corrected"][code]
            found[question.pk] = Given(Decimal(figure), reason)
        else:
            usual = answer.computed if question.computation else Decimal(0)
            figure = said["figures"].get(code)
            found[question.pk] = Given(usual if figure is None else Decimal(str(figure)))
    return found
