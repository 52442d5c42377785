"""The ends that a case may come to from any open state: withdrawn, carried on, closed as a duplicate."""

import pytest

from agencies.actors import Citizen
from tests import factories
from tests.factories import journeys
from workflows.models import Case
from workflows.services.conclusion import carry_on_case, withdraw_case
from workflows.services.duplicates import link_duplicate
from workflows.states import OPEN, State

pytestmark = pytest.mark.django_db
# The bare transitions that lead on from a case under verification.
ON = {
    State.AWAITING_RESPONDENT: ["send_to_respondent"],
    State.NEGOTIATING: ["open_negotiation"],
    State.MEDIATING: ["open_negotiation", "open_mediation"],
}


@pytest.fixture
def sct():
    return factories.member("sct")


def case_in(state: State, sct, track: str) -> Case:
    makers = {
        State.LODGED: journeys.lodged, State.ACCEPTED: journeys.accepted, State.AWAITING_COMPLAINANT: journeys.asked,
        State.REFERRED: lambda by, **fields: journeys.offered(by, factories.agency("congan"), **fields),
    }  # fmt: skip
    case = makers.get(state, journeys.investigating)(sct, kind=track).case
    for transition in ON.get(state, ()):
        getattr(case, transition)()
    case.save()
    assert case.state == state
    return case


@pytest.mark.parametrize("state", OPEN)
def test_a_consumer_withdraws(sct, state):
    case = case_in(state, sct, "consumer")
    case = withdraw_case(case_id=case.pk, by=Citizen(case.complaint_id))
    assert (case.state, case.offered_to, case.due_at) == ("withdrawn", None, None)


@pytest.mark.parametrize("state", OPEN)
def test_a_wish_is_carried_on_or_ends_the_case(sct, state):
    case = case_in(state, sct, "violation")
    case = withdraw_case(case_id=case.pk, by=Citizen(case.complaint_id))
    assert (case.state, case.withdrawal_wished_at is not None) == (state, True)
    case = carry_on_case(case_id=case.pk, by=sct, version=case.version)
    assert (case.state, case.withdrawal_wished_at) == (state, None)
    case = withdraw_case(case_id=case.pk, by=Citizen(case.complaint_id))
    case = withdraw_case(case_id=case.pk, by=sct, version=case.version, reason="Theo mong muốn của bạn.")
    assert case.state == "withdrawn"


@pytest.mark.parametrize("state", OPEN)
def test_a_duplicate_is_closed(sct, state):
    primary, case = journeys.lodged(sct).case, case_in(state, sct, "consumer")
    case = link_duplicate(
        case_id=case.pk, by=sct, version=case.version, primary=primary.number, explanation="Xử lý chung."
    )
    assert (case.state, case.offered_to, case.duplicate_of) == ("closed", None, primary)
