from datetime import date, datetime

import pytest

from bulletins.models_reports import ReportKind
from bulletins.report_periods import Span, remind_at, schedule, yearly_due, yearly_span
from workflows.deadlines import HANOI, Calendar

CALENDAR = Calendar()
YEAR = ReportKind(
    code="year", from_month=12, from_day=15, from_year_before=True, to_month=12, to_day=14, due_month=12, due_day=15
)
AD_HOC = ReportKind(code="ad-hoc")


def test_a_year_may_begin_in_the_one_before():
    assert yearly_span(YEAR, 2026) == Span(date(2025, 12, 15), date(2026, 12, 14))


def test_the_days_are_counted_in_hanoi_and_both_ends_belong():
    span = Span(date(2026, 1, 1), date(2026, 1, 31))
    assert (span.start, span.end) == (datetime(2026, 1, 1, tzinfo=HANOI), datetime(2026, 2, 1, tzinfo=HANOI))


@pytest.mark.parametrize(
    ("year", "due"),
    [(2026, date(2026, 12, 14)), (2025, date(2025, 12, 12))],  # 14 December 2025 is a Sunday
)
def test_before_a_day_is_the_last_working_day_before_it(year, due):
    assert yearly_due(YEAR, year, CALENDAR) == due


def test_a_day_the_month_lacks_is_its_last():
    leap = ReportKind(from_month=1, from_day=1, to_month=2, to_day=31, due_month=3, due_day=1)
    assert yearly_span(leap, 2027).last == date(2027, 2, 28)
    assert yearly_span(leap, 2028).last == date(2028, 2, 29)


@pytest.mark.parametrize("ask", [lambda: yearly_span(AD_HOC, 2026), lambda: yearly_due(AD_HOC, 2026, CALENDAR)])
def test_a_kind_made_when_asked_for_has_no_days(ask):
    with pytest.raises(ValueError, match="whoever opens it"):
        ask()


def test_the_units_report_earlier_by_working_days():
    kind = ReportKind(units_days_before=5)
    plan = schedule(kind, Span(date(2026, 1, 1), date(2026, 11, 30)), date(2026, 11, 20), CALENDAR)
    assert plan.units_due_at == datetime(2026, 11, 13, 17, 0, tzinfo=HANOI)


@pytest.mark.parametrize(
    ("day", "at"),
    [(-3, datetime(2026, 11, 10, 8, tzinfo=HANOI)), (1, datetime(2026, 11, 16, 8, tzinfo=HANOI))],
)
def test_reminders_fall_on_working_mornings(day, at):
    assert remind_at(datetime(2026, 11, 13, 17, tzinfo=HANOI), day, CALENDAR) == at


def test_a_kinds_reminders_are_in_their_order_and_each_once():
    assert ReportKind(remind_before="1, 10,3, 3", remind_after="2").reminder_days == [-10, -3, -1, 2]
    assert ReportKind(remind_before="", remind_after="").reminder_days == []
