"""The duty roster: who writes it, what it refuses, how it is told."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from agencies.duty import on_duty, shifts_of
from agencies.models import DutyShift, Role
from agencies.services.accounts import revoke
from agencies.services.duty import MOST, DutyRefused, end_duty, plan_duty
from events import clock
from events.models import Event
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor(db):
    return factories.member("sct", Role.SUPERVISOR)


@pytest.fixture
def officer(db):
    return factories.member("sct", Role.INTAKE)


def running(at=None):
    at = at or clock.now()
    return list(on_duty(at, at))


def hours(begin: float, end: float):
    now = clock.now()
    return now + timedelta(hours=begin), now + timedelta(hours=end)


def plan(supervisor, officer, *periods, agency=None):
    return plan_duty(by=supervisor, agency=agency or supervisor.agency, person=officer.person, periods=periods)


def refused(field, supervisor, officer, *periods, **options):
    with pytest.raises(DutyRefused) as why:
        plan(supervisor, officer, *periods, **options)
    assert (why.value.field, DutyShift.objects.count()) == (field, 0)


def test_a_turn_is_on_the_roster_while_it_lasts(supervisor, officer):
    (shift,) = plan(supervisor, officer, hours(-1, 8))
    assert running() == [shift]
    assert running(clock.now() + timedelta(hours=9)) == []
    assert running(clock.now() - timedelta(hours=2)) == []
    event = Event.objects.get(kind="duty.added")
    assert (event.stream, event.data["person"]) == ("duty:sct", officer.person.pk)


def test_who_handles_no_cases_there_any_more_is_not_on_duty(supervisor, officer):
    plan(supervisor, officer, hours(-1, 8))
    revoke(officer.person.memberships.get())
    assert running() == []


def test_only_a_supervisor_writes_it(officer):
    refused("", officer, officer, hours(1, 2))


def test_the_roster_of_another_agency_is_not_written(supervisor, officer):
    refused("agency", supervisor, officer, hours(1, 2), agency=factories.agency("congan"))


def test_units_are_on_their_agencys_roster(supervisor):
    unit = factories.agency("sct-1", parent=supervisor.agency)
    officer = factories.member("sct-1", Role.INTAKE)
    plan(supervisor, officer, hours(1, 2), agency=unit)
    assert [row.agency for row in shifts_of(supervisor, clock.now())] == [unit]
    assert list(shifts_of(factories.member("congan"), clock.now())) == []


def test_who_has_no_role_there_is_refused(supervisor):
    refused("person", supervisor, factories.member("congan"), hours(1, 2))
    refused("person", supervisor, factories.member("sct", Role.AUDITOR), hours(1, 2))


def test_hours_that_cannot_be(supervisor, officer):
    refused("ends", supervisor, officer, hours(2, 1))
    refused("ends", supervisor, officer, hours(1, 1))
    refused("ends", supervisor, officer, hours(1, 24 * 15))
    refused("day", supervisor, officer, hours(-3, -1))
    refused("day", supervisor, officer, hours(24 * 500, 24 * 500 + 1))
    refused("until_day", supervisor, officer, *[hours(at, at + 1) for at in range(1, MOST + 2)])


def test_one_that_cannot_be_leaves_none_of_the_others(supervisor, officer):
    refused("ends", supervisor, officer, hours(1, 2), hours(4, 3))


def test_twice_the_same_turn_is_refused(supervisor, officer):
    period = hours(1, 2)
    plan(supervisor, officer, period)
    with pytest.raises(DutyRefused) as why:
        plan(supervisor, officer, period)
    assert why.value.field == "day"
    assert DutyShift.objects.count() == 1


def test_the_database_holds_what_the_service_says(supervisor, officer):
    begin, end = hours(2, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyShift.objects.create(agency=supervisor.agency, person=officer.person, starts_at=begin, ends_at=end)


def test_a_turn_to_come_is_taken_off_and_one_that_runs_ends_now(supervisor, officer):
    coming, begun = plan(supervisor, officer, hours(5, 6), hours(-1, 3))
    assert end_duty(by=supervisor, shift_id=coming.pk)
    assert end_duty(by=supervisor, shift_id=begun.pk)
    assert [row.pk for row in DutyShift.objects.all()] == [begun.pk]
    assert running() == []
    assert not end_duty(by=supervisor, shift_id=begun.pk)
    kinds = set(Event.objects.filter(stream="duty:sct").values_list("kind", flat=True))
    assert kinds == {"duty.added", "duty.changed", "duty.removed"}


def test_another_agencys_turn_is_as_if_there_was_none(supervisor, officer):
    (shift,) = plan(supervisor, officer, hours(1, 2))
    assert not end_duty(by=factories.member("congan", Role.SUPERVISOR), shift_id=shift.pk)
    assert DutyShift.objects.exists()
