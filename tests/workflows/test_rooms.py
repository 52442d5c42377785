"""Talking in a room: whose turn it is, what lies on the table, who may read it."""

from datetime import timedelta

import pytest

from agencies.actors import Business, Citizen
from events import chain
from events.models import Event
from tests import factories
from tests.factories import talks
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed, RoomMovedOn
from workflows.models import Case, Offer, Room, RoomEntry
from workflows.selectors.rooms import room_view
from workflows.services import conclusion, rooms

pytestmark = pytest.mark.django_db


@pytest.fixture
def sct():
    return factories.member("sct")


@pytest.fixture
def room(sct):
    return talks.negotiation(sct)


@pytest.fixture
def citizen(room):
    return talks.parties(room.case)[0]


@pytest.fixture
def business(room):
    return talks.parties(room.case)[1]


def offered(room, by, **fields) -> Offer:
    given = {"remedy": "refund", "amount": 5_000_000, "due_on": talks.today(), "text": "Trả lại tiền trong ba ngày."}
    return rooms.make_offer(room_id=room.pk, by=by, **(given | fields))


def turn(room) -> str:
    return Room.objects.get(pk=room.pk).turn


def test_each_side_writes_once_and_then_the_other(room, citizen, business):
    rooms.say(room_id=room.pk, by=citizen, text="Tôi muốn lấy lại tiền.")
    with pytest.raises(RoomMovedOn):
        rooms.say(room_id=room.pk, by=citizen, text="Và thêm nữa.")
    rooms.say(room_id=room.pk, by=business, text="Chúng tôi xem lại.")
    assert turn(room) == "complainant"
    said = [(e.side, e.text) for e in RoomEntry.objects.filter(room=room, kind="statement")]
    assert said == [("complainant", "Tôi muốn lấy lại tiền."), ("respondent", "Chúng tôi xem lại.")]


def test_the_agency_speaks_at_any_time_and_passes_the_turn(room, sct, citizen, business):
    rooms.say(room_id=room.pk, by=sct, text="Mời hai bên.")
    assert turn(room) == "complainant"
    rooms.pass_turn(room_id=room.pk, by=sct, to="respondent")
    rooms.pass_turn(room_id=room.pk, by=sct, to="respondent")
    assert turn(room) == "respondent"
    assert RoomEntry.objects.filter(room=room, kind="passed").count() == 1
    with pytest.raises(MoveNotAllowed):
        rooms.pass_turn(room_id=room.pk, by=business, to="respondent")


def test_an_accepted_offer_is_what_is_agreed(room, sct, citizen, business):
    rooms.say(room_id=room.pk, by=citizen, text="Xin hoàn tiền.")
    offer = offered(room, business)
    with pytest.raises(MoveNotAllowed):
        rooms.accept_offer(room_id=room.pk, by=business, offer_id=offer.pk)
    rooms.accept_offer(room_id=room.pk, by=citizen, offer_id=offer.pk)
    rooms.accept_offer(room_id=room.pk, by=citizen, offer_id=offer.pk)
    view = room_view(talks.room_of(room.case), citizen)
    assert (view.agreed, view.on_table, turn(room)) == ("Trả lại tiền trong ba ngày.", None, "")
    assert RoomEntry.objects.filter(room=room, kind="accepted").count() == 1
    rooms.summarise(room_id=room.pk, by=sct, text="Hoàn 5 triệu trước thứ Sáu.")
    assert room_view(talks.room_of(room.case), citizen).agreed == "Hoàn 5 triệu trước thứ Sáu."


def test_declining_needs_words_and_gives_the_turn_back(room, citizen, business):
    rooms.say(room_id=room.pk, by=citizen, text="Xin hoàn tiền.")
    offer = offered(room, business, amount=100_000)
    with pytest.raises(InvalidInput):
        rooms.decline_offer(room_id=room.pk, by=citizen, offer_id=offer.pk, text="  ")
    rooms.decline_offer(room_id=room.pk, by=citizen, offer_id=offer.pk, text="Quá ít.")
    assert turn(room) == "respondent"
    with pytest.raises(RoomMovedOn):
        rooms.accept_offer(room_id=room.pk, by=citizen, offer_id=offer.pk)


def test_an_offer_in_answer_to_an_offer_declines_it(room, citizen, business):
    first = offered(room, citizen, amount=7_000_000)
    second = offered(room, business)
    first.refresh_from_db()
    assert (first.state, first.answer) == ("declined", second.entry)
    assert Offer.objects.filter(room=room, state="open").get() == second


def test_who_offered_may_withdraw_until_it_is_answered(room, citizen, business):
    offer = offered(room, citizen)
    with pytest.raises(MoveNotAllowed):
        rooms.withdraw_offer(room_id=room.pk, by=business, offer_id=offer.pk)
    rooms.withdraw_offer(room_id=room.pk, by=citizen, offer_id=offer.pk)
    with pytest.raises(RoomMovedOn):
        rooms.accept_offer(room_id=room.pk, by=business, offer_id=offer.pk)
    assert turn(room) == "respondent"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("remedy", {"remedy": "gold"}),
        ("amount", {"amount": None}),
        ("amount", {"amount": -1}),
        ("amount", {"amount": 10**18}),
        ("due_on", {"due_on": talks.today() - timedelta(days=1)}),
        ("text", {"text": ""}),
        ("text", {"text": "x" * 10_001}),
    ],
)
def test_an_offer_that_says_nothing_is_refused_and_keeps_the_turn(room, citizen, field, wrong):
    with pytest.raises(InvalidInput) as raised:
        offered(room, citizen, **wrong)
    assert raised.value.field == field
    assert turn(room) == "complainant"


def test_a_room_of_another_case_does_not_exist(room):
    other = factories.case()
    for stranger in (Citizen(other.complaint_id), Business(other.pk, 1), factories.member("hoi")):
        with pytest.raises(CaseNotFound):
            rooms.say(room_id=room.pk, by=stranger, text="x")


def test_a_colleague_reads_and_does_not_speak(room, sct):
    colleague = factories.member("sct")
    assert room_view(room, colleague).side is None
    assert room_view(room, colleague).entries
    with pytest.raises(MoveNotAllowed):
        rooms.say(room_id=room.pk, by=colleague, text="x")


def test_a_withdrawn_case_leaves_no_talk(room, citizen, business):
    conclusion.withdraw_case(case_id=room.case_id, by=citizen)
    with pytest.raises(RoomMovedOn):
        rooms.say(room_id=room.pk, by=citizen, text="x")
    assert not talks.room_of(room.case).is_open


def test_nobody_without_a_part_in_it_sees_a_room(room, sct):
    police, auditor = factories.member("congan"), factories.member("sct", "auditor")
    assert not Room.objects.visible_to(police).exists()
    assert not RoomEntry.objects.visible_to(auditor).exists()
    Case.objects.filter(pk=room.case_id).update(owner=police.agency)
    assert Room.objects.visible_to(police).get() == room
    assert not Room.objects.visible_to(sct).exists()


def test_the_log_holds_digests_and_the_cases_history_nothing(room, citizen, business):
    entry = rooms.say(room_id=room.pk, by=citizen, text="Bí mật kinhdoanhxyz")
    offered(room, business, text="Đề nghị baomatxyz")
    assert "xyz" not in str(list(Event.objects.values()))
    event = Event.objects.get(kind="room.said")
    assert event.data["digest"] == chain.salted_digest(entry.salt, entry.text)
    assert not Event.objects.filter(stream=room.case.stream, kind__startswith="room.").exists()
    assert chain.first_fault(Event.objects.filter(stream=room.stream).order_by("sequence")) is None


def test_the_result_is_awaited_by_the_limit_of_the_case(sct):
    room = talks.negotiation(sct)
    later = room.deadline_at + timedelta(days=2)
    Case.objects.filter(pk=room.case_id).update(due_at=later)
    assert talks.room_of(room.case).result_by == later
