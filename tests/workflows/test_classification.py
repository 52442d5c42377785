"""The officer's own view of a case: its track with its clocks, its category, and going on against a wish to withdraw."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from agencies.actors import Citizen
from complaints.models import Category
from events import clock
from events.models import Event
from tests import factories
from tests.factories import journeys
from workflows.errors import InvalidInput, MoveNotAllowed
from workflows.models import Case, ClockRule, Remark
from workflows.selectors import queue
from workflows.selectors.timeline import public_timeline
from workflows.services import acceptance, conclusion, correspondence, referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def sct():
    return factories.member("sct")


@pytest.fixture
def police():
    return factories.member("congan")


@pytest.fixture
def categories():
    for code in ("COUNTERFEIT", "NOT_DELIVERED"):
        Category.objects.create(code=code, label_vi=code, label_en=code, default_track="violation")
    Category.objects.create(code="OLD", label_vi="cũ", label_en="old", default_track="violation", retired=True)


@pytest.fixture
def urgent_crime_clocks():
    """The crime track's own limits: an hour to take a transfer, two to begin."""
    factories.rules()
    for state, hours in (("referred", 1), ("accepted", 2)):
        ClockRule.objects.create(
            state=state,
            track="crime",
            amount=hours,
            unit="h",
            legal_basis="thử nghiệm",
            effective_from=date(2020, 1, 1),
        )


def last_event(case) -> Event:
    return Event.objects.filter(stream=case.stream).latest("sequence")


class TestCategory:
    def test_the_event_tells_what_was_and_what_is(self, sct, categories):
        case = journeys.lodged(sct, category="NOT_DELIVERED").case
        case = acceptance.accept_case(case_id=case.pk, by=sct, version=1, category="COUNTERFEIT")
        data = last_event(case).data
        assert (data["category"], data["category_before"]) == ("COUNTERFEIT", "NOT_DELIVERED")
        assert (case.category_id, case.complaint.category_id) == ("COUNTERFEIT", "NOT_DELIVERED")

    @pytest.mark.parametrize("said", ["", "NOT_DELIVERED"])
    def test_what_does_not_change_is_not_told(self, sct, categories, said):
        case = journeys.lodged(sct, category="NOT_DELIVERED").case
        case = acceptance.accept_case(case_id=case.pk, by=sct, version=1, category=said)
        assert "category" not in last_event(case).data
        assert case.category_id == "NOT_DELIVERED"

    @pytest.mark.parametrize("code", ["OLD", "NONSENSE"])
    def test_unknown_and_retired_ones_are_refused(self, sct, categories, code):
        case = journeys.investigating(sct).case
        with pytest.raises(InvalidInput) as refused:
            conclusion.resolve_case(
                case_id=case.pk, by=sct, version=case.version, outcome="refunded", answer="Đã hoàn tiền.", category=code
            )
        assert refused.value.field == "category"
        assert not Remark.objects.filter(case=case, text="Đã hoàn tiền.").exists()

    def test_cases_of_before_start_from_what_the_citizen_named(self, categories):
        named, unnamed = factories.case(category="NOT_DELIVERED"), factories.case()
        Case.objects.filter(pk=named.pk).update(category=None)
        import_module("workflows.migrations.0006_category_from_complaint").fill(apps, None)
        found = Case.objects.in_bulk([named.pk, unnamed.pk])
        assert (found[named.pk].category_id, found[unnamed.pk].category_id) == ("NOT_DELIVERED", None)

    def test_the_queue_goes_by_the_officers(self, sct, categories):
        case = journeys.lodged(sct).case
        acceptance.accept_case(case_id=case.pk, by=sct, version=1, category="COUNTERFEIT")
        tab = next(tab for tab in queue.tabs_of(sct) if tab.code == "agency")
        found = {
            code: [row.pk for row in queue.case_page(tab, sct, "due", queue.Sieve(category=code), "").rows]
            for code in ("COUNTERFEIT", "NOT_DELIVERED")
        }
        assert found == {"COUNTERFEIT": [case.pk], "NOT_DELIVERED": []}


class TestTrack:
    def refer(self, case, sct, police, **more):
        return referral.refer_case(
            case_id=case.pk, to=police.agency, by=sct, reason="Có dấu hiệu tội phạm.", version=case.version, **more
        )

    def test_its_clocks_change_with_it(self, sct, police, urgent_crime_clocks):
        case = self.refer(journeys.accepted(sct).case, sct, police, track="crime")
        assert case.due_at - case.state_since == timedelta(hours=1)
        data = last_event(case).data
        assert (data["track"], data["track_before"]) == ("crime", "consumer")
        case = referral.take_referral(case_id=case.pk, by=police, version=case.version)
        assert (case.track, case.due_at - case.state_since) == ("crime", timedelta(hours=2))

    def test_whoever_takes_the_case_may_correct_it(self, sct, police):
        case = self.refer(journeys.accepted(sct).case, sct, police, track="crime")
        case = referral.take_referral(case_id=case.pk, by=police, version=case.version, track="feedback")
        assert (case.track, last_event(case).data["track_before"]) == ("feedback", "crime")

    @pytest.mark.parametrize("back", [referral.return_referral, referral.recall_referral])
    def test_an_offer_that_was_not_taken_puts_it_back(self, sct, police, urgent_crime_clocks, back):
        accepted = journeys.accepted(sct).case
        case = self.refer(accepted, sct, police, track="crime")
        by = police if back is referral.return_referral else sct
        case = back(case_id=case.pk, by=by, version=case.version, reason="Không có dấu hiệu tội phạm.")
        assert (case.track, case.due_at) == ("consumer", accepted.due_at)
        assert last_event(case).data["track_before"] == "crime"

    def test_a_track_that_is_none_is_refused(self, sct, police):
        case = journeys.accepted(sct).case
        with pytest.raises(InvalidInput) as refused:
            self.refer(case, sct, police, track="nonsense")
        assert refused.value.field == "track"


class TestCarryingOn:
    def test_the_wish_is_answered_and_nothing_else_moves(self, sct):
        before = journeys.wished_away(sct).case
        with clock.frozen(clock.now() + timedelta(hours=3)):
            case = conclusion.carry_on_case(
                case_id=before.pk, by=sct, version=before.version, explanation="Vì an toàn."
            )
        assert case.withdrawal_wished_at is None
        assert (case.state, case.state_since, case.due_at) == (before.state, before.state_since, before.due_at)
        assert case.version == before.version + 1
        told = public_timeline(case)[-1]
        assert told.kind == "case.withdrawal_declined"
        assert told.remark.text == "Vì an toàn."

    def test_an_offered_case_stays_offered(self, sct, police):
        case = journeys.offered(sct, police.agency, kind="crime").case
        case = conclusion.withdraw_case(case_id=case.pk, by=Citizen(case.complaint_id))
        case = conclusion.carry_on_case(case_id=case.pk, by=sct, version=case.version)
        assert (case.state, case.offered_to_id, case.resume_state) == ("referred", police.agency.pk, "accepted")

    def test_the_question_still_waits_for_its_answer(self, sct):
        case = journeys.asked(sct, kind="crime").case
        citizen = Citizen(case.complaint_id)
        case = conclusion.withdraw_case(case_id=case.pk, by=citizen)
        case = conclusion.carry_on_case(case_id=case.pk, by=sct, version=case.version)
        case = correspondence.answer_question(case_id=case.pk, by=citizen, version=None, answer="Có.")
        assert case.state == "investigating"

    def test_without_a_wish_there_is_nothing_to_carry_on(self, sct):
        case = journeys.accepted(sct, kind="crime").case
        with pytest.raises(MoveNotAllowed):
            conclusion.carry_on_case(case_id=case.pk, by=sct, version=case.version)

    def test_the_sender_may_wish_again(self, sct):
        case = journeys.wished_away(sct).case
        case = conclusion.carry_on_case(case_id=case.pk, by=sct, version=case.version)
        case = conclusion.withdraw_case(case_id=case.pk, by=Citizen(case.complaint_id))
        assert (case.state, case.withdrawal_wished_at is not None) == ("lodged", True)
