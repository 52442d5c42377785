"""Each obligation of a case has its clock, and the clock follows the moves."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from agencies.actors import Citizen
from events import chain, clock
from events.models import Event
from tests import factories
from tests.factories import journeys
from workflows.deadlines import HANOI
from workflows.models import Case, Clock, ClockRule
from workflows.obligations import Occasion
from workflows.services import acceptance, conclusion, correspondence, intake, referral
from workflows.services.clocks import meet_obligation, start_obligation
from workflows.services.recounting import recompute_clocks

pytestmark = pytest.mark.django_db


@pytest.fixture
def sct():
    return factories.member("sct")


@pytest.fixture
def police():
    return factories.member("congan")


def rule(**fields) -> ClockRule:
    factories.rules()
    common = {"legal_basis": "thử nghiệm", "effective_from": "2020-01-01"}
    return ClockRule.objects.create(**(common | fields))


def later(**span):
    return clock.frozen(clock.now() + timedelta(**span))


def told(case: Case) -> list[tuple[str, str]]:
    events = Event.objects.filter(stream=case.stream, kind__startswith="clock.").order_by("sequence")
    return [(event.kind.removeprefix("clock."), event.data["obligation"]) for event in events]


def running(case: Case) -> dict[str, Clock]:
    return {row.obligation: row for row in Clock.objects.open().filter(case=case)}


def test_each_step_has_its_clock_and_leaves_it_met(sct):
    case = journeys.resolved(sct).case
    assert set(running(case)) == {"resolved"}
    assert told(case) == [
        ("started", "lodged"), ("met", "lodged"), ("started", "accepted"), ("met", "accepted"),
        ("started", "investigating"), ("met", "investigating"), ("started", "resolved"),
    ]  # fmt: skip
    assert case.due_at == case.objection_until == running(case)["resolved"].due_at
    assert chain.first_fault(Event.objects.filter(stream=case.stream).order_by("sequence")) is None


def test_waiting_for_the_sender_stops_the_handling_and_the_answer_lets_it_run_on(sct):
    case = journeys.asked(sct).case
    rows = running(case)
    assert rows["investigating"].paused_at == case.state_since
    assert rows["investigating"].next_at is None, "nobody is warned of a clock that stands"
    assert case.due_at == rows["awaiting_complainant"].due_at
    with later(days=5):
        correspondence.answer_question(case_id=case.pk, by=Citizen(case.complaint_id), version=None, answer="Có ạ.")
    row, case = running(case)["investigating"], Case.objects.get(pk=case.pk)
    assert set(running(case)) == {"investigating"}
    assert timedelta(days=5) <= row.paused_for < timedelta(days=5, minutes=1)
    assert (row.paused_at, row.due_at) == (None, case.due_at)
    assert told(case)[-4:] == [
        ("paused", "investigating"), ("started", "awaiting_complainant"), ("met", "awaiting_complainant"),
        ("resumed", "investigating"),
    ]  # fmt: skip


def day_of(at: datetime) -> date:
    return at.astimezone(HANOI).date()


def asked_from(sct, at: datetime, days: float):
    """Asked at ``at``, answered so many days later; the case and how its handling's clock stood before and after."""
    with clock.frozen(at - timedelta(days=1)):
        case = journeys.investigating(sct, kind="consumer").case
        before = running(case)["investigating"].due_at
    with clock.frozen(at):
        case = correspondence.ask_complainant(case_id=case.pk, by=sct, version=case.version, question="Ngày nào?")
    with clock.frozen(at + timedelta(days=days)):
        correspondence.answer_question(case_id=case.pk, by=Citizen(case.complaint_id), version=None, answer="Có ạ.")
    return case, before


def test_a_weekend_of_waiting_costs_a_limit_of_working_days_one_day(sct):
    rule(track="consumer", state="investigating", amount=7, unit="WD")
    friday = datetime(2026, 6, 5, 16, 0, tzinfo=HANOI)
    case, before = asked_from(sct, friday, 2.7)
    row = running(case)["investigating"]
    assert (day_of(before), day_of(row.due_at)) == (date(2026, 6, 15), date(2026, 6, 16))


def test_a_recount_and_a_new_track_keep_what_stood(sct, police):
    rule(track="crime", state="investigating", amount=20, unit="d", rolls_to_working_day=False)
    case, _before = asked_from(sct, datetime(2026, 6, 9, 16, 0, tzinfo=HANOI), 2)
    row = running(case)["investigating"]
    with clock.frozen(datetime(2026, 6, 12, 8, 0, tzinfo=HANOI)):
        list(recompute_clocks("82"))
        assert running(case)["investigating"].due_at == row.due_at
        case = Case.objects.get(pk=case.pk)
        refer = {"to": police.agency, "reason": "Có dấu hiệu tội phạm.", "track": "crime"}
        referral.refer_case(case_id=case.pk, by=sct, version=case.version, **refer)
    after = running(case)["investigating"]
    assert (after.track, after.stood, after.paused_for) == ("crime", row.stood, row.paused_for)
    assert len(after.stood) == 1
    assert day_of(after.due_at) == date(2026, 6, 8) + timedelta(days=20 + 2)


def test_a_crime_clock_never_stands(sct):
    case = journeys.asked(sct, kind="crime").case
    assert running(case)["investigating"].paused_at is None
    assert ("paused", "investigating") not in told(case)


@pytest.mark.parametrize("back", [referral.return_referral, referral.recall_referral])
def test_an_offer_does_not_stop_the_handling_and_what_comes_back_goes_on(sct, police, back):
    case = journeys.investigating(sct).case
    before = running(case)["investigating"]
    case = referral.refer_case(case_id=case.pk, to=police.agency, by=sct, reason="Xem giúp.", version=case.version)
    assert set(running(case)) == {"investigating", "referred"}
    assert running(case)["investigating"].paused_at is None
    by = police if back is referral.return_referral else sct
    case = back(case_id=case.pk, by=by, version=case.version, reason="Không thuộc thẩm quyền.")
    after = running(case)
    assert set(after) == {"investigating"}
    assert (after["investigating"].pk, after["investigating"].due_at) == (before.pk, before.due_at)


def test_an_agency_that_takes_a_case_begins_with_its_own_time(sct, police):
    case = journeys.investigating(sct).case
    case = referral.refer_case(case_id=case.pk, to=police.agency, by=sct, reason="Xem giúp.", version=case.version)
    case = referral.take_referral(case_id=case.pk, by=police, version=case.version)
    assert set(running(case)) == {"accepted"}
    assert told(case)[-3:] == [("cancelled", "investigating"), ("met", "referred"), ("started", "accepted")]


def test_another_handler_has_the_time_that_is_left(sct):
    case, colleague = journeys.investigating(sct).case, factories.member("sct", "handler")
    before = running(case)["investigating"]
    case = acceptance.assign_case(case_id=case.pk, by=sct, version=case.version, handler=colleague.person)
    assert running(case)["investigating"].pk == before.pk
    assert case.due_at == before.due_at


def test_another_track_counts_from_the_same_start_by_its_own_limit(sct, police):
    rule(track="crime", state="investigating", amount=20, unit="d", rolls_to_working_day=False)
    case = journeys.investigating(sct).case
    before = running(case)["investigating"]
    case = referral.refer_case(
        case_id=case.pk, to=police.agency, by=sct, reason="Có dấu hiệu tội phạm.", version=case.version, track="crime"
    )
    after = running(case)["investigating"]
    assert (after.started_at, after.track, after.rule.amount) == (before.started_at, "crime", 20)
    assert ("cancelled", "investigating") in told(case)
    case = referral.recall_referral(case_id=case.pk, by=sct, version=case.version, reason="Nhầm.")
    assert running(case)["investigating"].rule_id == before.rule_id
    assert case.due_at == before.due_at


def test_a_reporter_of_a_crime_is_told_until_the_report_is_accepted(sct):
    rule(track="crime", event=Occasion.TELL_REPORTER, amount=3, unit="WD")
    case = factories.case(kind="crime")
    assert set(running(case)) == {"lodged", "tell_reporter"}
    assert set(running(factories.case(kind="violation"))) == {"lodged"}
    case = acceptance.accept_case(case_id=case.pk, by=sct, version=1)
    assert ("met", "tell_reporter") in told(case)


def test_a_report_that_turns_out_no_crime_owes_its_reporter_nothing_more(sct):
    rule(track="crime", event=Occasion.TELL_REPORTER, amount=3, unit="WD")
    case = factories.case(kind="crime")
    case = acceptance.accept_case(case_id=case.pk, by=sct, version=1, track="consumer")
    assert ("cancelled", "tell_reporter") in told(case)


def test_what_an_event_asks_for_is_started_and_met_by_name(sct):
    rule(track="consumer", event=Occasion.REPORT_NEGOTIATION, amount=5, unit="WD")
    case = journeys.investigating(sct).case
    with transaction.atomic():
        start_obligation(case, Occasion.REPORT_NEGOTIATION, by=sct)
        start_obligation(case, Occasion.REPORT_NEGOTIATION, by=sct)
    assert set(running(case)) == {"investigating", "report_negotiation"}
    with transaction.atomic():
        meet_obligation(case, Occasion.REPORT_NEGOTIATION, by=sct)
        meet_obligation(case, Occasion.REPORT_NEGOTIATION, by=sct)
    assert [kind for kind, what in told(case) if what == "report_negotiation"] == ["started", "met"]


def test_withdrawing_cancels_what_runs(sct):
    case = journeys.asked(sct).case
    case = conclusion.withdraw_case(case_id=case.pk, by=Citizen(case.complaint_id))
    assert running(case) == {}
    assert set(told(case)[-2:]) == {("cancelled", "investigating"), ("cancelled", "awaiting_complainant")}
    assert case.due_at is None


def test_of_one_obligation_only_one_clock_runs(sct):
    case = factories.case()
    row = running(case)["lodged"]
    row.pk = None
    with pytest.raises(IntegrityError):
        row.save(force_insert=True)


def test_a_rule_is_for_a_state_or_for_an_event():
    for both in ({"state": "lodged", "event": "tell_reporter"}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rule(amount=1, unit="d", **both)


def test_many_lodged_at_once_take_no_more_statements(django_assert_max_num_queries):
    factories.case()
    with django_assert_max_num_queries(40):
        intake.lodge_batch([factories.lodgement() for _ in range(100)])
    assert Clock.objects.open().count() == 101
