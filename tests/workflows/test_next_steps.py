"""What the sender can do next: a table that a clerk could read."""

import pytest

from workflows.next_steps import BY_OUTCOME, Situation, Step, sentences, steps_for
from workflows.states import OUTCOMES, Outcome, Track

S = Step
UNTIL = {"until": "17:00 ngày 10/12/2026"}

EXPECTED = [
    ("consumer", "refunded", UNTIL, [S.TELL_IF_UNKEPT, S.COURT, S.CONSUMER_HOTLINE]),
    ("consumer", "no_violation", UNTIL, [S.OBJECT, S.ARBITRATION, S.COURT, S.CONSUMER_HOTLINE]),
    ("consumer", "settled_negotiation", UNTIL, [S.MINUTES, S.TELL_IF_UNKEPT, S.COURT, S.CONSUMER_HOTLINE]),
    ("consumer", "outside_competence", UNTIL | {"agency": "Sở Y tế"}, [S.TURN_TO, S.OBJECT, S.CONSUMER_HOTLINE]),
    ("consumer", "", UNTIL, [S.OBJECT, S.ARBITRATION, S.COURT, S.CONSUMER_HOTLINE]),
    ("violation", "sanctioned", UNTIL, [S.OBJECT, S.DAMAGES]),
    ("violation", "sanctioned", {}, [S.DAMAGES]),
    ("crime", "prosecution_opened", UNTIL, [S.WITNESS, S.OBJECT, S.POLICE_HOTLINE]),
    ("crime", "not_prosecuted", UNTIL, [S.COMPLAIN, S.OBJECT, S.POLICE_HOTLINE]),
    ("crime", "not_prosecuted", UNTIL | {"administrative_breach": True, "agency": "Chi cục QLTT"},
     [S.FILE_RETURNED, S.COMPLAIN, S.OBJECT, S.POLICE_HOTLINE]),
    ("feedback", "no_answer_from_complainant", {}, [S.LODGE_AGAIN]),
    ("consumer", "duplicate", {}, [S.FOLLOW]),
]  # fmt: skip


@pytest.mark.parametrize(("track", "outcome", "more", "steps"), EXPECTED)
def test_the_steps_are(track, outcome, more, steps):
    assert steps_for(Situation(outcome=outcome, track=track, **more)) == steps


def test_every_answer_leaves_something_to_do():
    for track in Track:
        for outcome in OUTCOMES[track]:
            assert sentences(Situation(outcome=outcome, track=track, **UNTIL)), f"{outcome} on {track}"
    assert set(BY_OUTCOME) == {"", *Outcome.values}


def test_a_sentence_names_the_time_and_the_agency():
    said = sentences(Situation(outcome="outside_competence", track="violation", agency="Sở Y tế", **UNTIL))
    assert "Sở Y tế" in said[0]
    assert UNTIL["until"] in said[1]
