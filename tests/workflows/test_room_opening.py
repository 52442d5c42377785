"""Opening a talk, the agreement a mediation needs, and what bars a settlement."""

from datetime import timedelta

import pytest
from django.utils import translation

from agencies.actors import Business, Citizen
from complaints.lodgement import Person
from complaints.models import ComplaintRespondent
from events import clock
from events.models import Event
from tests import factories
from tests.factories import business, journeys, talks
from workflows import policy
from workflows.errors import InvalidInput, MoveNotAllowed
from workflows.models import Case, MediationConsent, Remark, Room
from workflows.services import barring, invitations, room_opening
from workflows.states import MOVE

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
def hoi():
    return factories.member("hoi")


def opened(case, by, **fields):
    given = {"ground": "Doanh nghiệp im lặng."} | fields
    return room_opening.open_negotiation(case_id=case.pk, by=by, version=case.version, **given)


def mediated(case, by, **fields):
    given = {"ground": "Hai bên đồng ý.", "agreed_on": talks.today()} | fields
    return room_opening.open_mediation(case_id=case.pk, by=by, version=case.version, **given)


@pytest.mark.parametrize("agency", ["sct", "hoi"])
def test_the_lead_agency_and_the_association_open_a_negotiation(agency):
    room = talks.negotiation(factories.member(agency))
    assert (room.kind, room.turn, room.case.state, room.is_open) == ("negotiation", "complainant", "negotiating", True)
    assert room.deadline_at < room.report_due_at
    assert [entry.text for entry in room.entries.all()] == ["Doanh nghiệp im lặng."]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"respondent_stance": "disputes"}, "did not answer"),
        ({"bar": "prohibition"}, "54.2"),
        ({"track": "violation"}, "exists only on"),
    ],
)
def test_what_the_machine_forbids_is_said(sct, change, why):
    case = talks.owned_by(sct)
    Case.objects.filter(pk=case.pk).update(**change)
    with pytest.raises(MoveNotAllowed, match=why):
        opened(case, sct)
    assert not Room.objects.exists()


def test_an_anonymous_sender_cannot_negotiate(sct):
    case = talks.owned_by(sct)
    case.complaint.complainant.delete()
    with pytest.raises(MoveNotAllowed, match="anonymous"):
        opened(case, sct)


def test_the_sender_agrees_first_that_the_business_learns_the_name(sct):
    case = journeys.investigating(sct, person=Person(name="Trần Thị Mẫu", phone="0912345678")).case
    Case.objects.filter(pk=case.pk).update(respondent_stance="refuses")
    with pytest.raises(InvalidInput) as raised:
        opened(case, sct)
    assert raised.value.field == "identity_agreed"
    assert opened(case, sct, identity_agreed=True).state == "negotiating"


def test_mediation_waits_for_both_sides(hoi):
    case = talks.owned_by(hoi)
    room_opening.propose_mediation(case_id=case.pk, by=hoi)
    room_opening.propose_mediation(case_id=case.pk, by=hoi)
    citizen, business = talks.parties(case)
    room_opening.answer_mediation(case_id=case.pk, by=citizen, agrees=True)
    room_opening.answer_mediation(case_id=case.pk, by=citizen, agrees=True)
    with pytest.raises(MoveNotAllowed, match="business"):
        mediated(case, hoi)
    room_opening.answer_mediation(case_id=case.pk, by=business, agrees=False)
    with pytest.raises(MoveNotAllowed, match="business"):
        mediated(case, hoi)
    room_opening.record_consent(case_id=case.pk, by=hoi, side="respondent", agrees=True, how="Điện thoại 9:00 hôm nay")
    assert mediated(case, hoi).state == "mediating"
    assert Event.objects.filter(kind="case.mediation_agreed").count() == 2
    kept = MediationConsent.objects.get(side="respondent")
    assert (kept.how, kept.recorded_by, kept.room) == ("Điện thoại 9:00 hôm nay", hoi.person, talks.room_of(case))


def test_only_the_association_mediates_and_asks(sct):
    case = talks.owned_by(sct)
    for act in (
        lambda: room_opening.propose_mediation(case_id=case.pk, by=sct),
        lambda: mediated(case, sct),
        lambda: room_opening.record_consent(case_id=case.pk, by=sct, side="respondent", agrees=True, how="x"),
        lambda: room_opening.answer_mediation(case_id=case.pk, by=talks.parties(case)[0], agrees=True),
    ):
        with pytest.raises(MoveNotAllowed):
            act()


def test_a_negotiation_goes_over_into_mediation(hoi):
    first = talks.negotiation(hoi)
    case = Case.objects.get(pk=first.case_id)
    for side in ("complainant", "respondent"):
        room_opening.record_consent(case_id=case.pk, by=hoi, side=side, agrees=True, how="Tại buổi gặp")
    day = talks.today() + timedelta(days=9)
    case = mediated(case, hoi, agreed_on=day)
    first.refresh_from_db()
    second = talks.room_of(case)
    assert (first.ending, second.kind, second.is_open) == ("mediation", "mediation", True)
    assert case.due_at == second.deadline_at
    assert case.due_at.astimezone(talks.HANOI).date() == day


def test_a_day_that_is_over_is_no_day_for_mediation(hoi):
    case = talks.owned_by(hoi)
    for side in ("complainant", "respondent"):
        room_opening.record_consent(case_id=case.pk, by=hoi, side=side, agrees=True, how="Tại buổi gặp")
    with pytest.raises(InvalidInput) as raised:
        mediated(case, hoi, agreed_on=talks.today() - timedelta(days=1))
    assert raised.value.field == "agreed_on"


def test_a_bar_is_set_and_lifted_with_a_reason(sct):
    case = talks.owned_by(sct)
    case = barring.bar_settlement(case_id=case.pk, by=sct, version=case.version, bar="public_interest", reason="Bí mật")
    assert policy.missing(sct, MOVE["open_negotiation"], case)
    with pytest.raises(InvalidInput):
        barring.bar_settlement(case_id=case.pk, by=sct, version=case.version, bar="", reason="x")
    with pytest.raises(MoveNotAllowed, match="public interest"):
        barring.ask_for_settlement(case_id=case.pk, by=Citizen(case.complaint_id), text="Xin thương lượng.")
    case = barring.unbar_settlement(case_id=case.pk, by=sct, version=case.version, reason="Đã xem lại.")
    assert (case.bar, policy.missing(sct, MOVE["open_negotiation"], case)) == ("", None)
    assert "Bí mật" not in str(list(Event.objects.values()))
    with pytest.raises(MoveNotAllowed):
        barring.unbar_settlement(case_id=case.pk, by=sct, version=case.version, reason="x")


def test_a_bar_is_not_everybodys_to_set_nor_set_during_a_talk(sct):
    room = talks.negotiation(sct)
    for by, case in ((sct, room.case), (factories.member("sct", "intake"), talks.owned_by(sct))):
        with pytest.raises(MoveNotAllowed):
            barring.bar_settlement(case_id=case.pk, by=by, version=case.version, bar="prohibition", reason="x")


def test_the_citizens_wish_is_told_once(sct):
    case = talks.owned_by(sct)
    for _ in range(2):
        barring.ask_for_settlement(case_id=case.pk, by=Citizen(case.complaint_id), text="Xin thương lượng.")
    assert Event.objects.filter(kind="case.settlement_wished").count() == 1
    assert Remark.objects.filter(text="Xin thương lượng.").count() == 1


def test_an_anonymous_wish_is_told_that_identity_is_needed(sct):
    case = journeys.investigating(sct, is_anonymous=True).case
    with pytest.raises(MoveNotAllowed, match="anonymous"):
        barring.ask_for_settlement(case_id=case.pk, by=Citizen(case.complaint_id), text="Xin thương lượng.")


def test_the_business_that_was_asked_gets_a_link_and_another_sees_nothing(sct, hoi):
    case = talks.owned_by(sct)
    other = business.sent_link(case, sct).link
    asked = business.sent_link(case, sct).link
    opened(case, sct)
    room = talks.room_of(case)
    assert (room.invitation.purpose, room.invitation.respondent_id) == ("negotiation", asked.respondent_id)
    assert Room.objects.visible_to(Business(case.pk, asked.pk)).get() == room
    assert not Room.objects.visible_to(Business(case.pk, other.pk)).exists()


def test_a_business_never_reached_is_invited_by_the_handler(sct):
    case = journeys.investigating(sct, person=talks.NAMED).case
    Case.objects.filter(pk=case.pk).update(respondent_stance="silent")
    opened(case, sct)
    room = talks.room_of(case)
    assert room.invitation is None
    contact = business.contact()
    with pytest.raises(InvalidInput):
        invitations.invite_to_room(room_id=room.pk, by=sct, contact=contact)
    ComplaintRespondent.objects.create(
        complaint=case.complaint, respondent=contact.respondent, named_by=sct.person, named_at=clock.now()
    )
    link = invitations.invite_to_room(room_id=room.pk, by=sct, contact=contact)
    assert Room.objects.visible_to(Business(case.pk, link.pk)).get() == room
