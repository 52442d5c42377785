"""A changed rule or calendar: shown before, refused when it would end what runs, counted anew after."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from events import chain, clock
from events.models import Event
from events.services.recording import record_event
from tests import factories
from tests.factories import journeys
from workflows.deadlines import HANOI
from workflows.errors import InvalidInput
from workflows.forecast import foresee, rehearse_limits
from workflows.handlers import recount_clocks
from workflows.models import AgencyHours, CalendarOverride, Case, Clock, ClockRule, Recomputation
from workflows.rulebook import check_clock_rule
from workflows.services import recounting
from workflows.services.acceptance import assign_case
from workflows.services.recounting import recompute_clocks

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 6, 1, 8, 0, tzinfo=HANOI)
TODAY = MONDAY.date()


@pytest.fixture
def sct():
    factories.rules()
    return factories.member("sct")


@pytest.fixture
def cases(sct):
    with clock.frozen(MONDAY):
        return [journeys.accepted(sct).case for _ in range(3)]


def day_off(day=date(2026, 6, 3), **fields) -> CalendarOverride:
    common = {"province": factories.province(), "day": day, "is_working_day": False, "reason": "Nghỉ bù"}
    return CalendarOverride(**(common | fields))


def limit(**fields) -> ClockRule:
    common = {
        "province": factories.province(), "state": "accepted", "amount": 5, "unit": "WD", "legal_basis": "Quyết định",
        "effective_from": date(2026, 6, 1),
    }  # fmt: skip
    return ClockRule(**(common | fields))


def recount(province="82") -> Recomputation:
    return list(recompute_clocks(province))[-1]


def ends(cases) -> set[str]:
    return {f"{Case.objects.get(pk=case.pk).due_at.astimezone(HANOI):%d/%m %H:%M}" for case in cases}


def test_a_day_off_moves_what_runs_over_it_and_each_case_says_so(cases):
    assert ends(cases) == {"04/06 17:00"}
    with clock.frozen(MONDAY):
        day_off().save()
        progress = recount()
    assert (progress.total, progress.done, progress.moved) == (3, 3, 3)
    assert ends(cases) == {"05/06 17:00"}
    assert {row.due_at for row in Clock.objects.open()} == {Case.objects.get(pk=cases[0].pk).due_at}
    events = Event.objects.filter(stream=cases[0].stream).order_by("sequence")
    assert events.last().kind == "clock.moved"
    assert events.last().data["due_before"].startswith("2026-06-04")
    assert chain.first_fault(events) is None
    entry = Event.objects.get(kind="clocks.recomputed")
    assert (entry.stream, entry.data["looked_at"], entry.data["moved"]) == ("clocks:82", 3, 3)


def test_counting_again_moves_nothing(cases):
    with clock.frozen(MONDAY):
        day_off().save()
        assert (recount().moved, recount().moved) == (3, 0)
    assert Event.objects.filter(kind="clock.moved").count() == 3


def test_an_open_page_does_not_grow_stale_by_a_recount(cases, sct):
    with clock.frozen(MONDAY):
        day_off().save()
        recount()
        assign_case(case_id=cases[0].pk, by=sct, version=cases[0].version, handler=sct.person)


def test_a_standing_clock_counts_anew_and_stands_on(sct):
    with clock.frozen(MONDAY):
        case = journeys.asked(sct).case
        day_off().save()
        recount()
    row = Clock.objects.open().get(case=case, obligation="investigating")
    assert (row.paused_at, row.next_at) == (case.state_since, None)


def test_killed_between_two_batches_it_goes_on_where_it_was(cases, monkeypatch):
    monkeypatch.setattr(recounting, "BATCH", 1)
    with clock.frozen(MONDAY):
        day_off().save()
        first = next(recompute_clocks("82", event_id=7))
        assert (first.done, first.finished_at) == (1, None)
        assert [progress.done for progress in recompute_clocks("82", event_id=7)] == [2, 3, 3]
        assert Recomputation.objects.get().moved == 3
        assert list(recompute_clocks("82", event_id=7)) == [], "what is finished is not begun again"
    assert Event.objects.filter(kind="clock.moved").count() == 3
    assert Event.objects.filter(kind="clocks.recomputed").count() == 1


def test_of_two_recounts_at_once_the_older_does_not_put_back_what_the_newer_counted(cases, monkeypatch):
    monkeypatch.setattr(recounting, "BATCH", 1)
    with clock.frozen(MONDAY):
        older = recompute_clocks("82", event_id=7)
        next(older)
        day_off().save()
        recount()
        moved = ends(cases)
        list(older)
    assert ends(cases) == moved == {"05/06 17:00"}


def test_a_recorded_change_sets_it_going_once(cases):
    actor = factories.member("sct", "admin")
    with clock.frozen(MONDAY):
        row = day_off()
        row.save()
        with transaction.atomic():
            event = record_event("calendar:82", "calendar.added", by=actor, model="calendaroverride", pk=row.pk)
            other = record_event("rules:82", "rules.changed", by=actor, model="routingrule", pk=1)
        recount_clocks([event, other])
        recount_clocks([event])
    assert ends(cases) == {"05/06 17:00"}
    assert Recomputation.objects.count() == 1


def test_it_takes_few_statements_whatever_the_number(cases, django_assert_max_num_queries):
    with clock.frozen(MONDAY):
        day_off().save()
        with django_assert_max_num_queries(32):
            recount()


class TestForeseeing:
    def test_it_counts_what_would_move_and_writes_nothing(self, cases):
        with clock.frozen(MONDAY):
            found = foresee(day_off())
        assert (found.moved, found.forth, found.back) == (3, timedelta(days=1), timedelta(0))
        assert found.rows == [("Đã thụ lý", 3)]
        assert ends(cases) == {"04/06 17:00"}

    def test_a_rule_that_would_end_what_runs_is_refused_with_the_number(self, cases):
        with clock.frozen(MONDAY + timedelta(days=2)), pytest.raises(InvalidInput, match="3") as refused:
            foresee(limit(amount=1))
        assert refused.value.field == "amount"

    def test_a_longer_rule_is_foreseen_and_counted(self, cases):
        with clock.frozen(MONDAY):
            rule = limit()
            assert foresee(rule).moved == 3
            rule.save()
            assert recount().moved == 3
        assert ends(cases) == {"08/06 17:00"}
        assert set(Clock.objects.open().values_list("rule", flat=True)) == {rule.pk}

    def test_a_rule_in_force_later_moves_nothing(self, cases):
        with clock.frozen(MONDAY):
            assert foresee(limit(effective_from=date(2026, 7, 1))).moved == 0

    def test_an_agency_that_closes_earlier(self, cases, sct):
        hours = AgencyHours(agency=sct.agency, closes_at=time(16, 30))
        with clock.frozen(MONDAY):
            assert foresee(hours).moved == 3
            hours.save()
            recount()
        assert ends(cases) == {"04/06 16:30"}


class TestSoundness:
    def test_a_change_that_would_leave_a_state_without_a_limit_is_refused(self, sct):
        ClockRule.objects.filter(state="accepted").delete()
        rule = limit(track="consumer")
        rule.save()
        rule.effective_to = date(2026, 6, 30)
        with pytest.raises(InvalidInput, match="01/07/2026") as refused:
            check_clock_rule(rule, TODAY)
        assert refused.value.field == "effective_to"

    def test_where_the_default_holds_there_is_no_gap(self, sct):
        rule = limit()
        rule.save()
        rule.effective_to = date(2026, 6, 30)
        check_clock_rule(rule, TODAY)

    @pytest.mark.parametrize("fields", [{"state": ""}, {"event": "tell_reporter"}, {"warn_before_amount": 1}])
    def test_half_a_rule_is_refused_in_words(self, sct, fields):
        with pytest.raises(InvalidInput):
            check_clock_rule(limit(**fields), TODAY)


def test_a_rule_is_tried_on_last_months_cases(cases):
    with clock.frozen(MONDAY + timedelta(days=2)):
        looked_at, (found,) = rehearse_limits("82", [limit(amount=1)], timedelta(days=30), 2000)
    assert looked_at == 6
    assert (found.fits, found.late_now, found.late_then) == (3, 0, 3)


class TestCommand:
    def test_it_says_what_it_did(self, cases, capsys):
        with clock.frozen(MONDAY):
            day_off().save()
            call_command("recompute_clocks", "--province", "82")
        assert capsys.readouterr().out == "3 looked at, 3 moved\n"

    def test_cases_from_before_get_their_clocks(self, cases, capsys):
        Clock.objects.all().delete()
        call_command("recompute_clocks")
        assert capsys.readouterr().out.startswith("3 started, ")
        assert ends(cases) == {"04/06 17:00"}
        assert Clock.objects.open().count() == 3

    def test_an_unknown_province_is_named(self, db):
        with pytest.raises(CommandError, match="no province 99"):
            call_command("recompute_clocks", "--province", "99")
