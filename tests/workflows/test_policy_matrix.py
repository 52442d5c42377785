"""Every cell of state × move × role × relation × track, against a plain reading of workflow rules.

The expectation is written out here by hand, apart from `states.py`: a row changed there without
thought fails here.
"""

import itertools
from datetime import timedelta

import pytest

from agencies.actors import Business, Citizen, Member, System
from agencies.models import Agency, AgencyKind, Role, User
from events import clock
from workflows import policy
from workflows.conditions import CONDITIONS
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

CONSUMER = {"consumer"}
ALL = {"consumer", "violation", "crime", "feedback"}
OWNERS = {"intake", "handler", "supervisor"}

# move → (states, {relation: roles}, tracks)
EXPECTED = {
    "accept": ({"lodged"}, {"owner": {"intake", "supervisor"}}, ALL),
    "refuse": ({"lodged", "accepted"}, {"owner": {"supervisor"}}, ALL),
    "refer": ({"lodged", "accepted", "investigating"}, {"owner": {"intake", "supervisor"}, "own": {"handler"}, "system": {""}}, ALL),
    "take_referral": ({"referred"}, {"target": {"intake", "supervisor"}}, ALL),
    "return_referral": ({"referred"}, {"target": {"intake", "supervisor"}}, ALL),
    "recall_referral": ({"referred"}, {"owner": {"supervisor"}}, ALL),
    "overdue_referral": ({"referred"}, {"system": {""}}, ALL),
    "reassign_referral": ({"referred"}, {"lead": {"supervisor"}}, ALL),
    "assign": ({"accepted", "investigating"}, {"owner": {"supervisor", "handler"}}, ALL),
    "ask_complainant": ({"accepted", "investigating"}, {"owner": {"supervisor", "intake"}, "own": {"handler"}}, ALL),
    "answer": ({"awaiting_complainant"}, {"citizen": {""}, "owner": OWNERS}, ALL),
    "give_up_waiting": ({"awaiting_complainant"}, {"own": {"handler"}, "owner": {"supervisor"}}, ALL),
    "send_to_respondent": ({"accepted", "investigating"}, {"own": {"handler"}}, CONSUMER),
    "respond": ({"awaiting_respondent"}, {"business": {""}, "owner": OWNERS}, CONSUMER),
    "respondent_silent": ({"awaiting_respondent"}, {"system": {""}}, CONSUMER),
    "open_negotiation": ({"investigating"}, {"own": {"handler"}}, CONSUMER),
    "open_mediation": ({"investigating", "negotiating"}, {"own": {"handler"}}, CONSUMER),
    "record_settlement": ({"negotiating", "mediating"}, {"own": {"handler"}}, CONSUMER),
    "end_without_settlement": ({"negotiating", "mediating"}, {"own": {"handler"}}, CONSUMER),
    "resolve": ({"investigating"}, {"own": {"handler"}}, ALL),
    "propose_resolution": ({"investigating"}, {"own": {"handler"}}, ALL),
    "confirm_resolution": ({"investigating"}, {"owner": {"supervisor"}}, ALL),
    "return_proposal": ({"investigating"}, {"owner": {"supervisor"}}, ALL),
    "object": ({"resolved", "closed", "refused"}, {"citizen": {""}, "business": {""}}, ALL),
    "reopen": ({"resolved", "closed", "refused"}, {"owner": {"supervisor"}}, ALL),
    "close": ({"resolved", "refused"}, {"owner": {"supervisor"}, "system": {""}}, ALL),
    "withdraw": (OPEN, {"citizen": {""}, "owner": {"supervisor"}}, ALL),
    "carry_on": (OPEN, {"owner": {"supervisor"}}, ALL),
    "link_duplicate": (OPEN, {"owner": {"intake"}, "own": {"handler"}}, ALL),
}  # fmt: skip

# What else must be true, written by hand: of the actor, the case and its situation.
ALSO = {
    "refuse": lambda actor, case, now: not (case.owner is HOI and case.track == "consumer"),
    "assign": lambda actor, case, now: (
        "supervisor" in actor.roles or case.handler_id is None or (case.handler_id == 7 and case.state == "accepted")
    ),
    "ask_complainant": lambda actor, case, now: "nobody lodged it" not in now,
    "give_up_waiting": lambda actor, case, now: "reminded" in now,
    "open_negotiation": lambda actor, case, now: case.owner in (SCT, HOI) and "silent" in now and "barred" not in now,
    "open_mediation": lambda actor, case, now: case.owner is HOI and "barred" not in now,
    "resolve": lambda actor, case, now: "two persons" not in now,
    "propose_resolution": lambda actor, case, now: "two persons" in now and "proposed" not in " ".join(now),
    "confirm_resolution": lambda actor, case, now: "proposed by another" in now,
    "return_proposal": lambda actor, case, now: "proposed by another" in now,
    "withdraw": lambda actor, case, now: ("wished" in now) != isinstance(actor, Citizen),
    "carry_on": lambda actor, case, now: "wished" in now,
}
# Situations a case may be in beside its state; each with every state, move, actor, track and owner.
SITUATIONS = (
    (),
    ("wished", "silent"),
    ("reminded", "silent", "barred"),
    ("two persons", "escalated"),
    ("two persons", "proposed by another", "escalated to another"),
    ("two persons", "proposed by the actor", "nobody lodged it"),
)

SCT = Agency(pk=1, code="sct", kind=AgencyKind(code="industry_trade"), is_lead=True)
HOI = Agency(pk=2, code="hoi", kind=AgencyKind(code="association", is_association=True))
POLICE = Agency(pk=3, code="congan", kind=AgencyKind(code="police", is_police=True))
PERSON = User(pk=7)


def case_in(state: str, track: str, owner: Agency, handler_id: int | None, now: tuple[str, ...]) -> Case:
    owner.requires_two_persons = "two persons" in now
    escalated = {"escalated": SCT, "escalated to another": HOI}
    return Case(
        pk=5, complaint_id=9, state=state, track=track, owner=owner, handler_id=handler_id,
        offered_to=POLICE if state == "referred" else None,
        escalated_to=next((escalated[word] for word in now if word in escalated), None),
        withdrawal_wished_at=clock.now() if "wished" in now else None,
        respondent_stance="silent" if "silent" in now else "disputes",
        bar="many_consumers" if "barred" in now else "",
        has_sender="nobody lodged it" not in now,
        state_since=clock.now() - timedelta(days=3),
        reminded_at=clock.now() - timedelta(days=1 if "reminded" in now else 5),
        proposed_by_id={"proposed by another": 8, "proposed by the actor": 7}.get(next((w for w in now if "proposed" in w), "")),
    )  # fmt: skip


def standings(actor, case: Case) -> set[str]:
    if isinstance(actor, System):
        return {"system"}
    if isinstance(actor, Citizen):
        return {"citizen"} if actor.complaint_id == case.complaint_id else set()
    if isinstance(actor, Business):
        return {"business"} if actor.case_id == case.pk else set()
    found = set()
    if actor.agency.pk == case.owner_id:
        found.add("owner")
        if case.handler_id == actor.person.pk:
            found.add("own")
    if actor.agency.pk == case.offered_to_id:
        found.add("target")
    if actor.agency.pk == case.escalated_to_id:
        found.add("lead")
    return found


def expected(actor, move: str, case: Case, now: tuple[str, ...]) -> bool:
    states, by, tracks = EXPECTED[move]
    if case.state not in states or case.track not in tracks:
        return False
    roles = actor.roles if isinstance(actor, Member) else {""}
    theirs = any(roles & by.get(standing, set()) for standing in standings(actor, case))
    return theirs and ALSO.get(move, lambda *_: True)(actor, case, now)


ACTORS = [
    *(Member(PERSON, agency, frozenset({role})) for agency in (SCT, HOI, POLICE) for role in Role.values),
    Citizen(9),
    Citizen(10),
    Business(5, 1),
    Business(6, 1),
    System("test"),
]


@pytest.mark.parametrize("state", State.values)
def test_every_cell(state):
    checked = 0
    for track, owner, handler_id, now in itertools.product(Track.values, (SCT, HOI), (None, 7, 8), SITUATIONS):
        case = case_in(state, track, owner, handler_id, now)
        for actor, move in itertools.product(ACTORS, MOVES):
            got, want = policy.may(actor, move, case), expected(actor, move.name, case, now)
            assert got == want, (
                f"{actor} {move.name} on {state}/{track} owned by {owner.code}, handler {handler_id}, {now}"
            )
            checked += 1
    assert checked == len(ACTORS) * len(MOVES) * len(Track.values) * 2 * 3 * len(SITUATIONS)


def test_every_condition_is_used_by_the_table_and_says_what_is_missing():
    assert {name for move in MOVES for name in move.conditions} == set(CONDITIONS)
    assert all(str(condition.missing) for condition in CONDITIONS.values())


@pytest.mark.parametrize("move", [move for move in MOVES if move.conditions], ids=lambda move: move.name)
def test_who_may_but_not_yet_is_told_what_is_missing(move):
    """Of somebody whose move it is, in a situation that lacks a condition: the sentence is the condition's."""
    told = set()
    for track, owner, handler_id, now in itertools.product(move.tracks, (SCT, HOI), (None, 7, 8), SITUATIONS):
        case = case_in(move.sources[0], track, owner, handler_id, now)
        for actor in ACTORS:
            if policy.missing(actor, move, case) and expected_but_for_conditions(actor, move.name, case):
                told.add(policy.why_not(actor, move, case))
    assert told, f"no situation lacks what {move.name} needs"
    assert told <= {str(CONDITIONS[name].missing) for name in move.conditions}


def expected_but_for_conditions(actor, move: str, case: Case) -> bool:
    states, by, tracks = EXPECTED[move]
    roles = actor.roles if isinstance(actor, Member) else {""}
    return (
        case.state in states
        and case.track in tracks
        and any(roles & by.get(standing, set()) for standing in standings(actor, case))
    )


def test_every_move_is_expected_here():
    assert {move.name for move in MOVES} == EXPECTED.keys()


def test_the_machine_declares_every_state_reachable():
    reached = {State.LODGED, *(m.target for m in MOVES), *(s for m in MOVES for s in m.sources)}
    assert set(State) <= reached
