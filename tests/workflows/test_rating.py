"""Satisfaction: one score per party and answer, to be changed until the objection window ends."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from agencies.actors import Citizen
from events import clock
from events.models import Event
from tests import factories
from tests.factories import journeys
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed
from workflows.models import Milestone, Remark, Satisfaction
from workflows.services.conclusion import object_to_outcome
from workflows.services.rating import rate_case
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def sct(db):
    return factories.member("sct")


def rate(case, score=5, reason="", by=None):
    return rate_case(case_id=case.pk, by=by or Citizen(case.complaint_id), score=score, reason=reason)


@pytest.mark.parametrize("journey", [journeys.resolved, journeys.refused, journeys.closed])
def test_every_kind_of_answer_is_rated_for_the_agency_that_gave_it(sct, journey):
    case = journey(sct).case
    given = rate(case, 4, "Nhanh và rõ ràng.")
    assert (given.party, given.score, given.agency, given.reason.text) == (
        "citizen",
        4,
        sct.agency,
        "Nhanh và rõ ràng.",
    )
    event = Event.objects.get(kind="case.rated")
    assert event.data["score"] == 4
    assert "Nhanh" not in str(event.data)


@pytest.mark.parametrize("journey", [journeys.lodged, journeys.investigating, journeys.withdrawn])
def test_without_an_answer_there_is_nothing_to_rate(sct, journey):
    with pytest.raises(MoveNotAllowed):
        rate(journey(sct).case)


@pytest.mark.parametrize("score", [0, 6, -1, 100])
def test_a_score_outside_the_scale_is_refused(sct, score):
    case = journeys.resolved(sct).case
    with pytest.raises(InvalidInput):
        rate(case, score)
    assert not Satisfaction.objects.exists()


def test_it_changes_until_the_window_ends_and_not_after(sct):
    case = journeys.resolved(sct).case
    rate(case, 1, "Chưa thỏa đáng.")
    rate(case, 3)
    assert [(s.score, s.reason) for s in Satisfaction.objects.all()] == [(3, None)]
    with clock.frozen(case.objection_until + timedelta(minutes=1)), pytest.raises(MoveNotAllowed):
        rate(case, 5)


def test_the_first_rating_may_come_late(sct):
    case = journeys.resolved(sct).case
    with clock.frozen(clock.now() + timedelta(days=40)):
        assert rate(case, 5).score == 5


def test_each_answer_has_its_own_rating(sct):
    case = journeys.resolved(sct).case
    rate(case, 1)
    object_to_outcome(case_id=case.pk, by=Citizen(case.complaint_id), reason="Chưa hoàn tiền.")
    with pytest.raises(MoveNotAllowed):
        rate(case, 5)
    again = journeys.Journey(type(case).objects.get(pk=case.pk), sct)
    again = again.then(journeys.acceptance.assign_case, handler=sct.person)
    again = again.then(journeys.conclusion.resolve_case, outcome="refunded", answer="Đã hoàn tiền.").case
    rate(again, 5)
    assert sorted(Satisfaction.objects.values_list("score", flat=True)) == [1, 5]


def test_the_database_holds_one_per_party_and_answer(sct):
    case = journeys.resolved(sct).case
    one = rate(case, 5)
    with pytest.raises(IntegrityError), transaction.atomic():
        Satisfaction.objects.create(
            case=case, answer=one.answer, agency=one.agency, party=one.party, score=1, given_at=one.given_at
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Satisfaction.objects.filter(pk=one.pk).update(score=9)


def test_nobody_rates_anothers_case_and_no_officer_rates(sct):
    case, other = journeys.resolved(sct).case, journeys.resolved(sct).case
    with pytest.raises(CaseNotFound):
        rate(case, by=Citizen(other.complaint_id))
    with pytest.raises(MoveNotAllowed):
        rate(case, by=sct)


def test_erasing_the_reason_leaves_the_score(sct):
    one = rate(journeys.resolved(sct).case, 2, "Có tên tôi trong đây.")
    Remark.objects.filter(pk=one.reason_id).delete()
    one.refresh_from_db()
    assert (one.score, one.reason) == (2, None)


def test_an_answer_and_a_taken_transfer_are_written_down_with_the_limit_that_ran(sct):
    police = factories.member("congan")
    case = journeys.offered(sct, police.agency).case
    limit = case.due_at
    journeys.Journey(case, police).then(journeys.referral.take_referral)
    taken = Milestone.objects.get()
    assert (taken.kind, taken.agency, taken.due_at) == ("taken", police.agency, limit)
    working = journeys.investigating(sct).case
    done = journeys.Journey(working, sct).then(
        journeys.conclusion.resolve_case, outcome="refunded", answer="Đã hoàn tiền."
    )
    answered = Milestone.objects.get(kind="answered")
    assert (answered.case, answered.due_at, answered.words.text) == (done.case, working.due_at, "Đã hoàn tiền.")
    assert done.case.state == State.RESOLVED
