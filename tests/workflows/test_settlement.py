"""Minutes that both sides confirm, the end without them, the business's report."""

from datetime import timedelta

import pytest
from django.utils import translation

from agencies.actors import Business
from events import clock
from events.models import Event
from events.relay import Relay
from tests import factories
from tests.factories import talks
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed, RoomMovedOn
from workflows.jobs_rooms import remind_of_unconfirmed_minutes
from workflows.models import Case, Paper, Resolution, Settlement, SettlementConfirmation
from workflows.selectors.rooms import unconfirmed
from workflows.services import conclusion, rooms, settlement

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    """The texts of the code."""
    with translation.override("en"):
        yield


@pytest.fixture
def sct():
    return factories.member("sct")


@pytest.fixture
def room(sct):
    return talks.negotiation(sct)


def confirmed(by, **fields) -> SettlementConfirmation:
    found = Settlement.objects.get()
    return settlement.confirm_settlement(settlement_id=found.pk, by=by, **({"digest": found.digest} | fields))


def test_a_settlement_resolves_the_case_with_numbered_minutes(sct, room):
    case = talks.settled(sct, room)
    found, resolution = Settlement.objects.get(), Resolution.objects.get()
    assert (case.state, case.outcome, resolution.outcome) == ("resolved", "settled_negotiation", "settled_negotiation")
    assert case.objection_until
    assert found.digest == found.computed_digest()
    assert (found.complainant_name, found.paper.document_type) == ("Trần Thị Mẫu", "BB")
    assert not talks.room_of(case).is_open
    with pytest.raises(RoomMovedOn):
        rooms.say(room_id=room.pk, by=talks.parties(case)[0], text="x")
    assert "5.000.000" not in str(list(Event.objects.values()))


def recorded(by, room, **fields) -> Case:
    case = Case.objects.get(pk=room.case_id)
    return settlement.record_settlement(case_id=case.pk, by=by, version=case.version, **talks.minutes(**fields))


def test_what_nobody_agreed_to_is_not_recorded(sct, room):
    with pytest.raises(MoveNotAllowed, match="Nothing is agreed"):
        recorded(sct, room)
    citizen, business = talks.parties(talks.room_of(room.case).case)
    rooms.pass_turn(room_id=room.pk, by=sct, to="respondent")
    offer = rooms.make_offer(room_id=room.pk, by=business, remedy="refund", amount=399_000, text="Hoàn một phần.")
    with pytest.raises(MoveNotAllowed, match="Nothing is agreed"):
        recorded(sct, room)
    rooms.accept_offer(room_id=room.pk, by=citizen, offer_id=offer.pk)
    rooms.pass_turn(room_id=room.pk, by=sct, to="respondent")
    again = rooms.make_offer(room_id=room.pk, by=business, remedy="refund", amount=1, text="Nghĩ lại.")
    with pytest.raises(MoveNotAllowed, match="An offer waits"):
        recorded(sct, room)
    rooms.withdraw_offer(room_id=room.pk, by=business, offer_id=again.pk)
    assert recorded(sct, room).state == "resolved"


def test_a_summary_after_the_offer_is_what_is_agreed(sct, room):
    _citizen, business = talks.parties(talks.room_of(room.case).case)
    rooms.pass_turn(room_id=room.pk, by=sct, to="respondent")
    rooms.make_offer(room_id=room.pk, by=business, remedy="refund", amount=399_000, text="Hoàn một phần.")
    rooms.summarise(room_id=room.pk, by=sct, text="Hai bên đã đồng ý qua điện thoại.")
    assert recorded(sct, room).state == "resolved"


def test_a_mediation_has_its_own_outcome():
    hoi = factories.member("hoi")
    assert talks.settled(hoi, talks.mediation(hoi)).outcome == "settled_mediation"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [(name, "  ") for name in ("dispute", "complainant_opinion", "respondent_opinion", "result", "place", "answer")]
    + [("held_on", talks.today() + timedelta(days=1)), ("held_on", talks.today() - timedelta(days=400))],
)
def test_every_field_of_the_law_is_there(sct, room, field, wrong):
    with pytest.raises(InvalidInput) as raised:
        talks.settled(sct, room, **{field: wrong})
    assert raised.value.field == field
    assert (talks.room_of(room.case).is_open, Paper.objects.count()) == (True, 0)


def test_each_side_confirms_what_it_read_once(sct, room):
    case = talks.settled(sct, room)
    citizen, business = talks.parties(case)
    with pytest.raises(RoomMovedOn):
        confirmed(citizen, digest="0" * 64)
    assert confirmed(citizen) == confirmed(citizen)
    assert confirmed(business).link == business.link_id
    assert Event.objects.filter(kind="case.settlement_confirmed").count() == 2
    for stranger in (sct, factories.member("sct")):
        with pytest.raises(MoveNotAllowed):
            confirmed(stranger)
    with pytest.raises(CaseNotFound):
        confirmed(Business(factories.case().pk, 1))


def test_an_objection_ends_the_confirming(sct, room):
    case = talks.settled(sct, room)
    citizen, _business = talks.parties(case)
    conclusion.object_to_outcome(case_id=case.pk, by=citizen, reason="Họ không trả.")
    with pytest.raises(MoveNotAllowed, match="opened again"):
        confirmed(citizen)


def test_minutes_that_wait_are_told_once(sct, room):
    case = talks.settled(sct, room)
    remind_of_unconfirmed_minutes()
    assert not Event.objects.filter(kind="case.settlement_unconfirmed").exists()
    Settlement.objects.update(recorded_at=clock.now() - timedelta(days=6))
    confirmed(talks.parties(case)[0])
    assert unconfirmed(sct).count() == 1
    for _ in range(2):
        remind_of_unconfirmed_minutes()
    assert Event.objects.filter(kind="case.settlement_unconfirmed").count() == 1
    confirmed(talks.parties(case)[1])
    assert unconfirmed(sct).count() == 0


def test_the_end_without_settlement_says_why_in_the_room_alone(sct, room):
    case = Case.objects.get(pk=room.case_id)
    with pytest.raises(InvalidInput):
        settlement.end_without_settlement(case_id=case.pk, by=sct, version=case.version, reason=" ")
    case = settlement.end_without_settlement(case_id=case.pk, by=sct, version=case.version, reason="Bên bán từ chối.")
    ended = talks.room_of(case)
    assert (case.state, ended.ending, ended.entries.last().text) == ("investigating", "not_settled", "Bên bán từ chối.")
    assert ended.report_due_at > clock.now()
    assert not case.remarks.filter(text="Bên bán từ chối.").exists()


def test_the_business_reports_once_after_the_end(sct, room):
    citizen, business = talks.parties(room.case)
    with pytest.raises(MoveNotAllowed):
        settlement.report_negotiation_result(room_id=room.pk, by=business, text="Kết quả.")
    case = Case.objects.get(pk=room.case_id)
    settlement.end_without_settlement(case_id=case.pk, by=sct, version=case.version, reason="Không thống nhất.")
    with pytest.raises(MoveNotAllowed):
        settlement.report_negotiation_result(room_id=room.pk, by=citizen, text="Kết quả.")
    report = settlement.report_negotiation_result(room_id=room.pk, by=business, text="Kết quả.")
    assert (report.link, report.recorded_by) == (business.link_id, None)
    with pytest.raises(MoveNotAllowed):
        settlement.report_negotiation_result(room_id=room.pk, by=sct, text="Kết quả.")


@pytest.mark.django_db(transaction=True)
def test_the_minutes_are_laid_out_by_the_relay(sct):
    talks.settled(sct, talks.negotiation(sct))
    Relay().run_until_idle()
    assert Paper.objects.get().pdf.read(5) == b"%PDF-"
