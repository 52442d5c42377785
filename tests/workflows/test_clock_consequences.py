"""What the law's limits bring about, by the scheduler alone and under the limits an installation begins with: nobody
calls the services, the minutes pass."""

import io
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command

from agencies.models import Agency
from events import clock
from events.models import Event
from notifications.audience import recipients
from tests import factories
from tests.factories import journeys, talks
from tests.workflows.test_outcomes import full
from workflows.deadlines import HANOI
from workflows.jobs import run_clocks
from workflows.jobs_referral import ask_lead_agency
from workflows.models import Case, Clock
from workflows.services import acceptance, conclusion, referral, settlement

pytestmark = pytest.mark.django_db

# A Monday without holidays near it.
MONDAY = datetime(2026, 6, 1, 8, 0, tzinfo=HANOI)


@pytest.fixture(autouse=True)
def _limits():
    call_command("load_reference", stdout=io.StringIO())


@pytest.fixture
def sct():
    found = factories.member("sct")
    Agency.objects.filter(pk=found.agency.pk).update(is_lead=True)
    return found


def pass_time(until: datetime, *, since: datetime = MONDAY, step: timedelta = timedelta(hours=6)) -> None:
    """Both jobs, as the scheduler calls them, all the way; twice at each instant."""
    at = since
    while at < until:
        at = min(at + step, until)
        with clock.frozen(at):
            for _twice in range(2):
                run_clocks()
                ask_lead_agency()


def count(case: Case, *kinds: str) -> list[int]:
    return [Event.objects.filter(stream=case.stream, kind=kind).count() for kind in kinds]


def told(case: Case, kind: str, **data: str) -> set[str]:
    """Who learns of the one such event, by their agencies."""
    event = Event.objects.get(stream=case.stream, kind=kind, **{f"data__{key}": value for key, value in data.items()})
    people = [row.person_id for row in recipients(event, Case.objects.get(pk=case.pk))]
    return set(Agency.objects.filter(memberships__person__in=people).values_list("code", flat=True))


def test_a_citizen_who_does_not_answer_is_reminded_once_and_then_the_handler_is_asked(sct):
    with clock.frozen(MONDAY):
        case = journeys.asked(sct).case
    due = case.due_at
    pass_time(due - timedelta(days=1))
    reminded, proposed = count(case, "case.complainant_reminded", "case.answer_overdue")
    assert (reminded, proposed) == (1, 0)
    pass_time(due + timedelta(days=20), since=due - timedelta(days=1))
    assert count(case, "case.complainant_reminded", "case.answer_overdue") == [1, 1]
    assert Case.objects.get(pk=case.pk).state == "awaiting_complainant", "a person decides, not the clock"


def test_a_business_that_does_not_answer_is_reminded_then_its_silence_is_recorded(sct):
    with clock.frozen(MONDAY):
        case = journeys.sent(sct).case
    due = case.due_at
    pass_time(due - timedelta(minutes=1))
    assert count(case, "case.respondent_reminded", "case.respondent_silent") == [1, 0]
    pass_time(due + timedelta(minutes=1), since=due - timedelta(minutes=1))
    now = Case.objects.get(pk=case.pk)
    assert (now.state, now.respondent_stance) == ("investigating", "silent")
    pass_time(due + timedelta(days=3), since=due)
    assert count(case, "case.respondent_reminded", "case.respondent_silent") == [1, 1]


def test_an_offer_nobody_answers_goes_to_the_supervisors_then_to_the_lead_agency(sct):
    hoi, police = factories.member("hoi"), factories.member("congan")
    with clock.frozen(MONDAY):
        case = journeys.taken(sct, hoi).case
        case = referral.refer_case(
            case_id=case.pk, to=police.agency, by=hoi, reason="Chuyển.", version=case.version,
            explanation="Có dấu hiệu tội phạm.",
        )  # fmt: skip
    pass_time(case.due_at + timedelta(minutes=1))
    assert count(case, "case.referral_overdue", "case.referral_escalated") == [1, 0]
    assert told(case, "case.referral_overdue") == {"hoi", "congan"}
    pass_time(case.due_at + timedelta(days=30), since=case.due_at + timedelta(minutes=1))
    assert count(case, "case.referral_overdue", "case.referral_escalated") == [1, 1]
    assert Case.objects.get(pk=case.pk).escalated_to == sct.agency
    assert "sct" in told(case, "case.referral_escalated")


def test_resolved_and_refused_close_when_nobody_objected(sct):
    with clock.frozen(MONDAY):
        cases = [journeys.resolved(sct).case, journeys.refused(sct).case]
    pass_time(MONDAY + timedelta(days=14))
    assert [Case.objects.get(pk=case.pk).state for case in cases] == ["resolved", "refused"]
    pass_time(max(case.objection_until for case in cases) + timedelta(hours=1), since=MONDAY + timedelta(days=14))
    assert [Case.objects.get(pk=case.pk).state for case in cases] == ["closed", "closed"]
    assert [count(case, "case.closed") for case in cases] == [[1], [1]]


def test_a_crime_not_prosecuted_but_a_breach_has_its_file_returned_in_time_or_is_late(sct):
    police, qltt = factories.member("congan"), factories.member("qltt")
    with clock.frozen(MONDAY):
        case = journeys.taken(sct, police, kind="crime").case
        case = acceptance.assign_case(case_id=case.pk, by=police, version=case.version, handler=police.person)
        facts = replace(full("not_prosecuted"), administrative_breach=True, competent_agency=qltt.agency)
        said = {name: value for name, value in facts.given().items() if name != "outcome"}
        case = conclusion.resolve_case(
            case_id=case.pk, by=police, version=case.version, outcome="not_prosecuted", answer="Không khởi tố.", **said
        )
    owed = Clock.objects.open().get(case=case, obligation="return_file")
    pass_time(owed.due_at + timedelta(minutes=1))
    assert Event.objects.filter(stream=case.stream, kind="clock.missed", data__obligation="return_file").count() == 1


def not_prosecuted(sct, police, competent):
    """A breach that is no crime: its file is owed to ``competent``; the case, open again to be transferred."""
    case = journeys.taken(sct, police, kind="crime").case
    case = acceptance.assign_case(case_id=case.pk, by=police, version=case.version, handler=police.person)
    case = resolve(case, police, "not_prosecuted", administrative_breach=True, competent_agency=competent)
    return conclusion.reopen_case(case_id=case.pk, by=police, version=case.version, reason="Chuyển hồ sơ.")


def resolve(case, by, outcome: str, **more):
    facts = replace(full(outcome), **more)
    said = {name: value for name, value in facts.given().items() if name != "outcome"}
    return conclusion.resolve_case(
        case_id=case.pk, by=by, version=case.version, outcome=outcome, answer="Không khởi tố.", **said
    )


def pass_to(case, police, receiver):
    case = referral.refer_case(
        case_id=case.pk, to=receiver.agency, by=police, version=case.version, reason="Xử phạt.", explanation="Vi phạm."
    )
    return referral.take_referral(case_id=case.pk, by=receiver, version=case.version)


@pytest.mark.parametrize(("takes", "ending"), [("qltt", "met"), ("sct", "")])
def test_the_file_is_returned_when_the_agency_it_is_owed_to_takes_it_and_no_other(sct, takes, ending):
    police, qltt = factories.member("congan"), factories.member("qltt")
    case = not_prosecuted(sct, police, qltt.agency)
    pass_to(case, police, {"qltt": qltt, "sct": sct}[takes])
    assert Clock.objects.get(case=case, obligation="return_file").ending == ending


def test_another_resolution_without_a_breach_owes_no_file(sct):
    police, qltt = factories.member("congan"), factories.member("qltt")
    case = not_prosecuted(sct, police, qltt.agency)
    case = acceptance.assign_case(case_id=case.pk, by=police, version=case.version, handler=police.person)
    resolve(case, police, "not_prosecuted")
    assert Clock.objects.get(case=case, obligation="return_file").ending == "cancelled"


def test_the_result_of_a_negotiation_is_owed_until_it_is_reported(sct):
    with clock.frozen(MONDAY):
        room = talks.negotiation(sct)
        case = talks.settled(sct, room)
        owed = Clock.objects.open().get(case=case, obligation="report_negotiation")
    assert MONDAY + timedelta(days=7) < owed.due_at < MONDAY + timedelta(days=14), "7 working days"
    with clock.frozen(MONDAY + timedelta(days=1)):
        settlement.report_negotiation_result(room_id=room.pk, by=sct, text="Đã hoàn tiền.")
    pass_time(owed.due_at + timedelta(days=1), since=MONDAY + timedelta(days=1))
    owed.refresh_from_db()
    assert (owed.ending, owed.missed_at) == ("met", None)


def test_a_mediation_runs_to_the_day_the_sides_agreed_on(sct):
    hoi = factories.member("hoi")
    with clock.frozen(MONDAY):
        room = talks.mediation(hoi, agreed_on=(MONDAY + timedelta(days=3)).date())
        case = Case.objects.get(pk=room.case_id)
    assert case.due_at == datetime(2026, 6, 4, 17, 0, tzinfo=HANOI)
    pass_time(case.due_at - timedelta(minutes=1))
    assert count(case, "clock.missed") == [0]
    pass_time(case.due_at + timedelta(minutes=1), since=case.due_at - timedelta(minutes=1))
    missed = Event.objects.get(stream=case.stream, kind="clock.missed")
    assert missed.data["obligation"] == "mediating"
