"""Units are reminded, and everybody concerned is told, each once."""

import pytest
from django.db import IntegrityError, transaction

from agencies.models import Role
from bulletins.models_reports import ReportReminder
from bulletins.services.report_reminding import remind_units
from bulletins.services.report_reviewing import return_questionnaire
from events import clock
from events.models import Event
from notifications.models import Notification, Reason
from notifications.services.inbox import tell
from tests import factories
from tests.factories import reports
from tests.factories.races import in_threads
from tests.factories.reports import issue, on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


class TestReminders:
    def reminded(self) -> list[tuple[str, int]]:
        rows = ReportReminder.objects.values_list("questionnaire__agency__code", "day")
        return sorted(rows)

    def test_each_day_once_and_nobody_who_has_sent(self, report):
        with on(5):
            reports.sent(report, "qltt")
        with on(10, 7):
            assert remind_units() == 0
        with on(10, 9):
            assert remind_units() == 2
            assert remind_units() == 0
        with on(12):
            assert remind_units() == 2
        with on(16):
            assert remind_units() == 2
        assert self.reminded() == [(code, day) for code in ("commune1", "hoi") for day in (-3, -1, 1)]
        assert Event.objects.filter(kind="report.reminded").count() == 6

    def test_a_relay_that_was_away_sends_the_newest_alone(self, report):
        with on(13, 9):
            assert remind_units() == 3
        assert {day for _code, day in self.reminded()} == {-1}

    def test_none_from_before_the_unit_was_asked(self, lead):
        with on(12, 16):
            reports.opened(lead)
            assert remind_units() == 0

    def test_no_reminder_once_it_is_issued(self, report, lead):
        with on(5):
            issue(report, lead)
        with on(16):
            assert remind_units() == 0

    def test_the_constraint_holds_without_the_lock(self, report):
        unit = reports.questionnaire(report)
        ReportReminder.objects.create(questionnaire=unit, day=-1, sent_at=reports.OPENED)
        with pytest.raises(IntegrityError), transaction.atomic():
            ReportReminder.objects.create(questionnaire=unit, day=-1, sent_at=reports.OPENED)

    def test_one_unit_in_three_queries_more(self, report, django_assert_max_num_queries):
        with on(10), django_assert_max_num_queries(60):
            remind_units()
        with on(10), django_assert_max_num_queries(8):
            remind_units()


@pytest.mark.django_db(transaction=True)
def test_two_relays_remind_once():
    with clock.frozen(reports.OPENED):
        reports.opened(reports.lead())

    def run():
        with on(10):
            remind_units()

    assert in_threads(run, run) == ["done", "done"]
    assert ReportReminder.objects.count() == Event.objects.filter(kind="report.reminded").count() == 3


class TestTold:
    def told(self, kind: str) -> list[Notification]:
        return tell(list(Event.objects.filter(kind=kind)))

    def test_the_unit_of_what_it_is_asked_and_of_what_came_back(self, lead):
        person = factories.member("qltt", Role.SUPERVISOR)
        with clock.frozen(reports.OPENED):
            report = reports.opened(lead)
        (asked,) = self.told("report.asked")
        assert (asked.recipient, asked.case, asked.reason) == (person.person, None, Reason.REPORTER)
        with on(5):
            unit = reports.sent(report, "qltt", person)
            return_questionnaire(questionnaire_id=unit.pk, by=lead, version=unit.version, reason="Sửa.")
        assert [row.recipient for row in self.told("report.submitted")] == [lead.person]
        assert [row.recipient for row in self.told("report.returned")] == [person.person]
        with on(10):
            remind_units()
        assert [row.recipient for row in self.told("report.reminded")] == [person.person]

    def test_again_is_told_once(self, lead):
        factories.member("qltt", Role.SUPERVISOR)
        with clock.frozen(reports.OPENED):
            reports.opened(lead)
        self.told("report.asked")
        self.told("report.asked")
        assert Notification.objects.count() == 1

    def test_who_left_the_agency_meanwhile_is_not_told(self, lead):
        person = factories.member("qltt", Role.SUPERVISOR)
        with clock.frozen(reports.OPENED):
            reports.opened(lead)
        person.person.memberships.update(revoked_at=reports.OPENED)
        assert self.told("report.asked") == []

    def test_a_handler_is_told_where_nobody_else_is(self, lead):
        handler = factories.member("qltt", Role.HANDLER)
        with clock.frozen(reports.OPENED):
            reports.opened(lead)
        assert [row.recipient for row in self.told("report.asked")] == [handler.person]
