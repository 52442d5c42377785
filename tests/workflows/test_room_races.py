"""Both sides, the agency and the clock at once: one is done, the others are told. Threads on a real database."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import pytest
from django.db import connection

from events import chain
from events.models import Event
from tests import factories
from tests.factories import talks
from workflows.errors import MoveNotAllowed, RoomMovedOn, StaleCase
from workflows.models import Case, Offer, RoomEntry, SettlementConfirmation
from workflows.services import conclusion, room_opening, rooms, settlement

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = int(os.environ.get("ROOM_ROUNDS", "3"))
TOLD = (RoomMovedOn, MoveNotAllowed, StaleCase)


def at_once(*verbs: Callable[[], object]) -> list[str]:
    """What came of each: done, told, or the name of what should not happen."""
    start, came = threading.Barrier(len(verbs)), [""] * len(verbs)

    def run(place: int) -> None:
        start.wait()
        try:
            verbs[place]()
            came[place] = "done"
        except TOLD:
            came[place] = "told"
        except Exception as error:
            came[place] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[place]) for place in range(len(verbs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


@pytest.fixture
def sct():
    return factories.member("sct")


@pytest.fixture
def room(sct):
    return talks.negotiation(sct)


def test_accepted_declined_and_withdrawn_at_once_happens_once(room):
    citizen, business = talks.parties(room.case)
    for _ in range(ROUNDS):
        rooms.pass_turn(room_id=room.pk, by=handler_of(room), to="respondent")
        offer = rooms.make_offer(room_id=room.pk, by=business, remedy="repair", text="Sửa miễn phí.")
        here = {"room_id": room.pk, "offer_id": offer.pk}
        came = at_once(
            lambda here=here: rooms.accept_offer(**here, by=citizen),
            lambda here=here: rooms.decline_offer(**here, by=citizen, text="Không."),
            lambda here=here: rooms.withdraw_offer(**here, by=business),
        )
        assert sorted(came) == ["done", "told", "told"]
        offer.refresh_from_db()
        assert offer.state == ["accepted", "declined", "withdrawn"][came.index("done")]
    assert RoomEntry.objects.filter(kind__in=["accepted", "declined", "withdrawn"]).count() == ROUNDS
    assert chain.first_fault(Event.objects.filter(stream=room.stream).order_by("sequence")) is None


def handler_of(room):
    from agencies.actors import Member

    case = Case.objects.select_related("owner", "handler").get(pk=room.case_id)
    return Member(case.handler, case.owner, frozenset({"handler"}))


def test_two_telephones_of_one_side_say_one_thing(room):
    citizen, business = talks.parties(room.case)
    for _ in range(ROUNDS):
        for side in (citizen, business):
            came = at_once(*[lambda side=side: rooms.say(room_id=room.pk, by=side, text="Một lần.")] * 2)
            assert sorted(came) == ["done", "told"]
    assert RoomEntry.objects.filter(kind="statement").count() == 2 * ROUNDS


def test_two_offers_at_once_leave_one_on_the_table(room):
    citizen = talks.parties(room.case)[0]
    offer = lambda: rooms.make_offer(room_id=room.pk, by=citizen, remedy="repair", text="Sửa.")  # noqa: E731
    assert sorted(at_once(offer, offer)) == ["done", "told"]
    assert Offer.objects.filter(state="open").count() == 1


def test_a_word_against_the_closing_of_the_room(sct):
    for _ in range(ROUNDS):
        room = talks.negotiation(sct)
        citizen, case = talks.parties(room.case)[0], Case.objects.get(pk=room.case_id)
        end = {"case_id": case.pk, "by": sct, "version": case.version, "reason": "Hết hạn."}
        came = at_once(
            lambda room=room, citizen=citizen: rooms.say(room_id=room.pk, by=citizen, text="Còn một lời."),
            lambda end=end: settlement.end_without_settlement(**end),
        )
        assert came[1] == "done"
        kinds = list(room.entries.values_list("kind", flat=True))
        assert kinds == ["opening", *(["statement"] if came[0] == "done" else []), "ending"]


def test_a_settlement_against_a_withdrawal(sct):
    for _ in range(ROUNDS):
        room = talks.negotiation(sct)
        citizen, case = talks.parties(room.case)[0], Case.objects.get(pk=room.case_id)
        came = at_once(
            lambda room=room: talks.settled(sct, room),
            lambda case=case, citizen=citizen: conclusion.withdraw_case(case_id=case.pk, by=citizen),
        )
        assert sorted(came) == ["done", "told"]
        state = Case.objects.get(pk=case.pk).state
        assert state == ("resolved" if came[0] == "done" else "withdrawn")


def test_confirming_many_times_at_once_confirms_once_for_each_side(sct, room):
    case = talks.settled(sct, room)
    sides = talks.parties(case)
    digest, pk = room.settlement.digest, room.settlement.pk
    came = at_once(
        *[
            lambda side=side: settlement.confirm_settlement(settlement_id=pk, by=side, digest=digest)
            for side in sides * 3
        ]
    )
    assert came == ["done"] * 6
    assert SettlementConfirmation.objects.count() == 2
    assert Event.objects.filter(kind="case.settlement_confirmed").count() == 2


def test_a_side_takes_its_agreement_back_while_the_mediation_opens():
    hoi = factories.member("hoi")
    for _ in range(ROUNDS):
        case = talks.owned_by(hoi)
        room_opening.propose_mediation(case_id=case.pk, by=hoi)
        citizen, business = talks.parties(case)
        for side in (citizen, business):
            room_opening.answer_mediation(case_id=case.pk, by=side, agrees=True)
        opening = {"ground": "x", "agreed_on": talks.today(), "version": case.version}
        came = at_once(
            lambda case=case, opening=opening: room_opening.open_mediation(case_id=case.pk, by=hoi, **opening),
            lambda case=case, citizen=citizen: room_opening.answer_mediation(case_id=case.pk, by=citizen, agrees=False),
        )
        assert sorted(came) == ["done", "told"]
        assert (Case.objects.get(pk=case.pk).state == "mediating") == (came[0] == "done")
