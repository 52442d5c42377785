"""The scheduler: each deadline event exactly once, in order, whatever stops it and wherever."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from agencies.actors import Citizen
from events import clock
from events.models import Event
from tests import factories
from tests.factories import journeys
from workflows.deadlines import HANOI
from workflows.jobs import run_clocks
from workflows.lapses import LAPSES, REMINDERS
from workflows.models import Case, Clock, ClockEscalation, ClockRule, EscalationStep
from workflows.services import conclusion, running
from workflows.services.acceptance import assign_case
from workflows.services.running import ClocksFailed, step_clock

LADDER = (("handler", 0, "h"), ("supervisor", 1, "WD"), ("lead", 3, "WD"), ("overseer", 5, "WD"))
# A Monday without holidays near it.
MONDAY = datetime(2026, 6, 1, 8, 0, tzinfo=HANOI)


@pytest.fixture
def sct(db):
    factories.rules()
    ClockRule.objects.filter(state="accepted").update(warn_before_amount=1, warn_before_unit="WD")
    for position, (to, amount, unit) in enumerate(LADDER, 1):
        EscalationStep.objects.create(position=position, to=to, amount=amount, unit=unit)
    return factories.member("sct")


def told(case: Case) -> list[tuple[str, str]]:
    """What ran out, in the order of the log: kind, and to whom."""
    kinds = ["clock.warned", "clock.missed", "clock.escalated", "case.closed"]
    events = Event.objects.filter(stream=case.stream, kind__in=kinds).order_by("pk")
    return [(event.kind.partition(".")[2], event.data.get("audience", "")) for event in events]


WHOLE = [
    ("warned", ""), ("missed", ""), ("escalated", "handler"), ("escalated", "supervisor"), ("escalated", "lead"),
    ("escalated", "overseer"),
]  # fmt: skip


def accepted(sct) -> Case:
    with clock.frozen(MONDAY):
        return journeys.accepted(sct).case


def test_minute_by_minute_each_comes_at_its_instant(sct):
    case = accepted(sct)  # due on Thursday, 17:00
    seen = []
    for day, hour in [(3, 16), (3, 17), (4, 16), (4, 17), (5, 17), (8, 17), (9, 17), (10, 17), (11, 17), (12, 18)]:
        with clock.frozen(datetime(2026, 6, day, hour, 1, tzinfo=HANOI)):
            run_clocks()
            run_clocks()
        seen.append(len(told(case)))
    assert seen == [0, 1, 1, 3, 4, 4, 5, 5, 6, 6]
    assert told(case) == WHOLE


def test_stopped_for_three_days_it_catches_up_in_the_order_of_the_instants(sct):
    first, second = accepted(sct), None
    with clock.frozen(MONDAY + timedelta(days=1)):
        second = journeys.accepted(sct).case  # everything a day later
    with clock.frozen(MONDAY + timedelta(days=5, hours=12)):
        run_clocks()
    events = Event.objects.filter(kind__in=["clock.warned", "clock.missed", "clock.escalated"]).order_by("pk")
    assert [(event.data["case"], event.kind.removeprefix("clock.")) for event in events] == [
        (first.pk, "warned"), (first.pk, "missed"), (first.pk, "escalated"), (second.pk, "warned"),
        (first.pk, "escalated"), (second.pk, "missed"), (second.pk, "escalated"),
    ]  # fmt: skip
    with clock.frozen(MONDAY + timedelta(days=40)):
        run_clocks()
        run_clocks()
    assert told(first) == told(second) == WHOLE
    assert ClockEscalation.objects.count() == 2 * len(LADDER)


class Killed(BaseException):
    """As a kill: nothing catches it."""


class KillAt:
    """Dies instead of the nth statement, or right after it; `hits` says whether it came to that."""

    def __init__(self, number: int, *, after: bool) -> None:
        self.left, self.after, self.hit = number, after, False

    def __call__(self, execute, sql, params, many, context):
        self.left -= 1
        if self.left == 0:
            self.hit = True
            if self.after:
                execute(sql, params, many, context)
            raise Killed
        return execute(sql, params, many, context)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.django_db(transaction=True)
def test_killed_at_every_statement_each_event_comes_once(after):
    factories.rules()
    ClockRule.objects.filter(state="resolved").update(warn_before_amount=1, warn_before_unit="WD")
    EscalationStep.objects.create(position=1, to="supervisor", amount=0, unit="h")
    sct = factories.member("sct")
    with clock.frozen(MONDAY):
        late, silent = journeys.accepted(sct).case, journeys.resolved(sct).case
    statement, kills = 0, 0
    with clock.frozen(MONDAY + timedelta(days=40)):
        while True:
            statement += 1
            kill = KillAt(statement, after=after)
            try:
                with connection.execute_wrapper(kill):
                    run_clocks()
            except Killed:
                kills += 1
                # The database ends what the dead had begun. Whole steps before it are done; the next run goes on.
                connection.close()
                continue
            break
    assert kills > 20
    assert told(late) == [("missed", ""), ("escalated", "supervisor")]
    assert told(silent) == [("warned", ""), ("missed", ""), ("closed", "")]
    assert Case.objects.get(pk=silent.pk).state == "closed"


def test_a_clock_set_back_repeats_nothing(sct):
    case = accepted(sct)
    with clock.frozen(MONDAY + timedelta(days=4)):
        run_clocks()
    before = told(case)
    with clock.frozen(MONDAY + timedelta(hours=1)):
        run_clocks()
    with clock.frozen(MONDAY + timedelta(days=4)):
        run_clocks()
    assert told(case) == before == WHOLE[:3]


def test_what_was_done_in_time_is_not_missed(sct):
    case = accepted(sct)
    with clock.frozen(MONDAY + timedelta(hours=1)):
        assign_case(case_id=case.pk, by=sct, version=case.version, handler=sct.person)
    with clock.frozen(MONDAY + timedelta(days=20)):
        run_clocks()
    assert ("escalated", "handler") not in told(case)


def test_somebody_elses_time_is_nobodys_lapse(sct):
    with clock.frozen(MONDAY):
        case = journeys.asked(sct).case
    with clock.frozen(MONDAY + timedelta(days=60)):
        run_clocks()
    assert told(case) == [("missed", "")], "the sender's time is over; the handling stands and is not late"
    with clock.frozen(MONDAY + timedelta(days=61)):
        run_clocks()
    assert told(case) == [("missed", "")]


def test_a_late_objection_and_the_closing_do_not_both_happen(sct):
    with clock.frozen(MONDAY):
        case = journeys.resolved(sct).case
    row = Clock.objects.open().get(case=case)
    with clock.frozen(case.due_at - timedelta(minutes=1)):
        conclusion.object_to_outcome(case_id=case.pk, by=Citizen(case.complaint_id), reason="Chưa được tiền.")
    with clock.frozen(case.due_at + timedelta(minutes=1)):
        # The scheduler had found it due before the objection came.
        assert step_clock(row.pk) is False
    assert Case.objects.get(pk=case.pk).state == "accepted"


def test_one_clock_that_cannot_be_worked_does_not_hold_back_the_rest(sct):
    broken, whole = accepted(sct), accepted(sct)
    with pytest.MonkeyPatch.context() as patch, clock.frozen(MONDAY + timedelta(days=3)):
        patch.setitem(running._STEPS, "warn", refuse_one(broken, running._STEPS["warn"]))
        with pytest.raises(ClocksFailed):
            run_clocks()
    assert told(whole)[0] == ("warned", "")
    assert told(broken) == []
    with clock.frozen(MONDAY + timedelta(days=3)):
        run_clocks()
    assert told(broken)[0] == ("warned", "")


def refuse_one(case, step):
    def refuse(row, *rest):
        if row.pk == case.pk:
            raise RuntimeError("no")
        step(row, *rest)

    return refuse


def test_a_reminder_and_a_lapse_are_services_by_obligation(sct):
    """What others hang into the tables runs in the same transaction as the event."""
    ClockRule.objects.filter(state="awaiting_complainant").update(warn_before_amount=2, warn_before_unit="WD")
    with clock.frozen(MONDAY):
        case = journeys.asked(sct).case
    called = []

    def service(*, case_id, by, version):
        called.append((case_id, by.reference(), version))

    with pytest.MonkeyPatch.context() as patch, clock.frozen(MONDAY + timedelta(days=60)):
        patch.setitem(REMINDERS, "awaiting_complainant", service)
        patch.setitem(LAPSES, "awaiting_complainant", service)
        run_clocks()
    assert called == [(case.pk, {"type": "system", "job": "clocks"}, None)] * 2


def test_the_most_particular_rung_holds(sct):
    EscalationStep.objects.create(position=2, to="lead", amount=2, unit="h", track="consumer", obligation="accepted")
    case = accepted(sct)
    with clock.frozen(MONDAY + timedelta(days=3, hours=11, minutes=1)):
        run_clocks()
    assert told(case) == [("warned", ""), ("missed", ""), ("escalated", "handler"), ("escalated", "lead")]


def test_a_rung_may_stand_before_the_end(sct):
    EscalationStep.objects.filter(position=1).update(side="before", amount=2, unit="WD")
    case = accepted(sct)
    with clock.frozen(MONDAY + timedelta(days=1, hours=10)):
        run_clocks()
    assert told(case) == [("escalated", "handler")]
