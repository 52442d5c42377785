"""Who is on duty is told in place of all intake officers."""

from datetime import timedelta

import pytest

from agencies.models import Membership, Role
from agencies.services.duty import end_duty, plan_duty
from events import clock
from events.models import Event
from notifications.audience import CONCERNS
from notifications.models import Notification, Reason
from notifications.services.inbox import tell
from tests import factories
from workflows.services.acceptance import accept_case
from workflows.services.referral import refer_case

pytestmark = pytest.mark.django_db


def on_duty(desk, who, agency="sct", hours=(-1, 8)):
    now = clock.now()
    period = now + timedelta(hours=hours[0]), now + timedelta(hours=hours[1])
    supervisor = desk[agency, Role.SUPERVISOR]
    return plan_duty(by=supervisor, agency=supervisor.agency, person=who.person, periods=[period])[0]


def told(kind):
    tell(list(Event.objects.filter(kind__in=CONCERNS).order_by("pk")))
    return {(row.recipient_id, row.reason) for row in Notification.objects.filter(kind=kind)}


def ids(*pairs):
    return {(member.person.pk, str(reason)) for member, reason in pairs}


def test_a_new_report_goes_to_who_is_on_duty_and_says_why(desk):
    on_duty(desk, desk["sct", Role.HANDLER])
    factories.case()
    assert told("case.lodged") == ids((desk["sct", Role.HANDLER], Reason.DUTY))


def test_when_nobody_is_it_goes_to_all_intake(desk):
    on_duty(desk, desk["sct", Role.HANDLER], hours=(2, 8))
    on_duty(desk, desk["congan", Role.HANDLER], agency="congan")
    factories.case()
    assert told("case.lodged") == ids((desk["sct", Role.INTAKE], Reason.INTAKE))


def test_supervisors_are_told_as_before(desk):
    on_duty(desk, desk["congan", Role.HANDLER], agency="congan")
    case = factories.case()
    intake = desk["sct", Role.INTAKE]
    case = accept_case(case_id=case.pk, by=intake, version=1)
    refer_case(case_id=case.pk, to=desk["congan", Role.INTAKE].agency, by=intake, reason="Chuyển.", version=2)
    police, supervisor = desk["congan", Role.HANDLER], desk["congan", Role.SUPERVISOR]
    assert told("case.referred") == ids((police, Reason.DUTY), (supervisor, Reason.SUPERVISOR))


def test_several_may_be_on_duty_and_each_is_told_once(desk):
    on_duty(desk, desk["sct", Role.HANDLER])
    on_duty(desk, desk["sct", Role.INTAKE])
    on_duty(desk, desk["sct", Role.INTAKE], hours=(-2, 1))
    factories.case()
    told_of = told("case.lodged")
    assert told_of == ids((desk["sct", Role.HANDLER], Reason.DUTY), (desk["sct", Role.INTAKE], Reason.DUTY))


def test_it_is_who_was_on_duty_when_it_happened(desk):
    shift = on_duty(desk, desk["sct", Role.HANDLER])
    factories.case()
    end_duty(by=desk["sct", Role.SUPERVISOR], shift_id=shift.pk)
    assert told("case.lodged") == ids((desk["sct", Role.HANDLER], Reason.DUTY))


def test_who_left_is_not_told_and_all_intake_are(desk):
    on_duty(desk, desk["sct", Role.HANDLER])
    Membership.objects.filter(person=desk["sct", Role.HANDLER].person).update(revoked_at=clock.now())
    factories.case()
    assert told("case.lodged") == ids((desk["sct", Role.INTAKE], Reason.INTAKE))


def test_telling_many_asks_for_the_roster_once(desk, django_assert_max_num_queries):
    on_duty(desk, desk["sct", Role.HANDLER])
    for _ in range(20):
        factories.case()
    events = list(Event.objects.filter(kind="case.lodged"))
    with django_assert_max_num_queries(16):
        tell(events)
    assert Notification.objects.count() == 20


def test_events_of_many_agencies_cost_no_more_questions(desk, django_assert_max_num_queries):
    for number in range(8):
        owner = factories.member(f"unit{number}", Role.INTAKE).agency
        case = factories.case()
        type(case).objects.filter(pk=case.pk).update(owner=owner)
    with django_assert_max_num_queries(16):
        tell(list(Event.objects.filter(kind="case.lodged")))
    assert Notification.objects.count() == 8
