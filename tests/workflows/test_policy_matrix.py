"""Every cell of state × move × role × relation × track, against a plain reading of workflow rules.

The expectation is written out here by hand, apart from `states.py`: a row changed there without
thought fails here.
"""

import itertools

import pytest

from agencies.actors import Citizen, Member, System
from agencies.models import Agency, AgencyKind, Role, User
from events import clock
from workflows import policy
from workflows.models import Case
from workflows.states import MOVES, State, Track

OPEN = {
    "lodged",
    "accepted",
    "referred",
    "awaiting_complainant",
    "investigating",
    "awaiting_respondent",
    "negotiating",
    "mediating",
}

# move → (states, {relation: roles})
EXPECTED = {
    "accept": ({"lodged"}, {"owner": {"intake", "supervisor"}}),
    "refuse": ({"lodged", "accepted"}, {"owner": {"supervisor"}}),
    "refer": ({"lodged", "accepted", "investigating"}, {"owner": {"intake", "supervisor"}, "own": {"handler"}, "system": {""}}),
    "take_referral": ({"referred"}, {"target": {"intake", "supervisor"}}),
    "return_referral": ({"referred"}, {"target": {"intake", "supervisor"}}),
    "recall_referral": ({"referred"}, {"owner": {"supervisor"}}),
    "assign": ({"accepted", "investigating"}, {"owner": {"supervisor"}, "owner-unassigned": {"handler"}}),
    "ask_complainant": ({"accepted", "investigating"}, {"owner": {"supervisor", "intake"}, "own": {"handler"}}),
    "answer": ({"awaiting_complainant"}, {"citizen": {""}, "owner": {"intake", "handler", "supervisor"}}),
    "resolve": ({"investigating"}, {"own": {"handler"}}),
    "object": ({"resolved", "closed", "refused"}, {"citizen": {""}}),
    "reopen": ({"resolved", "closed", "refused"}, {"owner": {"supervisor"}}),
    "close": ({"resolved", "refused"}, {"owner": {"supervisor"}, "system": {""}}),
    "withdraw": (OPEN, {"citizen": {""}}),
    "withdraw, wished": (OPEN, {"owner": {"supervisor"}}),
    "carry_on, wished": (OPEN, {"owner": {"supervisor"}}),
}  # fmt: skip

SCT = Agency(pk=1, code="sct", kind=AgencyKind(code="industry_trade"))
HOI = Agency(pk=2, code="hoi", kind=AgencyKind(code="association", is_association=True))
POLICE = Agency(pk=3, code="congan", kind=AgencyKind(code="police", is_police=True))
PERSON = User(pk=7)


# moves that a sender's wish to withdraw opens, closes or hands to another
WISHED = ("withdraw", "carry_on")


def case_in(state: str, track: str, owner: Agency, handler_id: int | None, *, wished: bool = False) -> Case:
    return Case(
        pk=5, complaint_id=9, state=state, track=track, owner=owner, handler_id=handler_id,
        offered_to=POLICE if state == "referred" else None, withdrawal_wished_at=clock.now() if wished else None,
    )  # fmt: skip


def standings(actor, case: Case) -> set[str]:
    if isinstance(actor, System):
        return {"system"}
    if isinstance(actor, Citizen):
        return {"citizen"} if actor.complaint_id == case.complaint_id else set()
    found = set()
    if actor.agency.pk == case.owner_id:
        found.add("owner")
        if case.handler_id == actor.person.pk:
            found.add("own")
        if case.handler_id is None:
            found.add("owner-unassigned")
    if actor.agency.pk == case.offered_to_id:
        found.add("target")
    return found


def expected(actor, move: str, case: Case) -> bool:
    row = f"{move}, wished" if case.withdrawal_wished_at and move in WISHED else move
    if row not in EXPECTED:
        return False
    states, by = EXPECTED[row]
    roles = actor.roles if isinstance(actor, Member) else {""}
    if move == "refuse" and case.owner.is_association and case.track == "consumer":
        return False
    return case.state in states and any(roles & by.get(standing, set()) for standing in standings(actor, case))


ACTORS = [
    *(Member(PERSON, agency, frozenset({role})) for agency in (SCT, HOI, POLICE) for role in Role.values),
    Citizen(9),
    Citizen(10),
    System("test"),
]


@pytest.mark.parametrize("state", State.values)
def test_every_cell(state):
    cells = itertools.product(ACTORS, MOVES, Track.values, (SCT, HOI), (None, 7, 8), (False, True))
    checked = 0
    for actor, move, track, owner, handler_id, wished in cells:
        case = case_in(state, track, owner, handler_id, wished=wished)
        got, want = policy.may(actor, move, case), expected(actor, move.name, case)
        assert got == want, (
            f"{actor} {move.name} on {state}/{track} owned by {owner.code}, handler {handler_id}, {wished=}"
        )
        checked += 1
    assert checked == len(ACTORS) * len(MOVES) * len(Track.values) * 2 * 3 * 2


def test_every_offered_move_is_expected_here():
    assert {move.name for move in MOVES if move.service} == {row.partition(",")[0] for row in EXPECTED}


def test_the_machine_declares_every_state_reachable():
    reached = {State.LODGED, *(m.target for m in MOVES), *(s for m in MOVES for s in m.sources)}
    assert set(State) <= reached
