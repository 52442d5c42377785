"""The agency's page of a settlement, and the moves that open and end a talk, as a browser makes them."""

import re

import pytest

from tests import factories
from tests.factories import business, journeys, talks
from workflows.models import Case, MediationConsent, Room, RoomEntry, Settlement
from workflows.services import rooms

pytestmark = pytest.mark.django_db


def page_of(case) -> str:
    return f"/backoffice/cases/{case.number}/settlement/"


def move(case, name: str) -> str:
    return f"/backoffice/cases/{case.number}/moves/{name}/"


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.fixture
def desk(at_desk, sct):
    return at_desk(sct)


def test_a_negotiation_is_opened_led_and_settled(desk, sct):
    case = talks.owned_by(sct)
    assert "Open supported negotiation" in text(desk.get(page_of(case)))
    opening = {"version": case.version, "ground": "Doanh nghiệp im lặng."}
    assert desk.post(move(case, "open_negotiation"), opening).status_code == 302
    room = talks.room_of(case)
    assert "The consumer has the next word" in text(desk.get(page_of(case)))
    for act, typed in (
        ("say", {"say-text": "Mời hai bên."}),
        ("pass", {"pass-to": "respondent"}),
        ("summary", {"summary-text": "Hoàn 5 triệu đồng."}),
    ):
        assert desk.post(page_of(case), {"act": act, **typed}).status_code == 303, act
    assert [e.kind for e in room.entries.all()] == ["opening", "statement", "passed", "summary"]
    asked = desk.get(move(case, "record_settlement")).content.decode()
    assert "Hoàn 5 triệu đồng." in asked
    assert room.invitation.respondent.name in asked
    case.refresh_from_db()
    minutes = talks.minutes(held_on=talks.today().strftime("%d/%m/%Y"))
    assert desk.post(move(case, "record_settlement"), minutes | {"version": case.version}).status_code == 302
    shown = text(desk.get(page_of(case)))
    assert Settlement.objects.get().digest in shown
    assert shown.count("not confirmed yet") == 2


def test_a_talk_is_ended_without_settlement(desk, sct):
    case = talks.negotiation(sct).case
    assert desk.post(move(case, "end_without_settlement"), {"version": case.version, "reason": ""}).status_code == 400
    assert (
        desk.post(move(case, "end_without_settlement"), {"version": case.version, "reason": "Xa nhau."}).status_code
        == 302
    )
    assert "Report of the business by" in text(desk.get(page_of(case)))
    assert desk.post(page_of(case), {"act": "report", "report-text": "Theo thư ngày 3."}).status_code == 303
    assert "Theo thư ngày 3." in text(desk.get(page_of(case)))


def test_the_association_asks_records_and_opens_mediation(at_desk):
    hoi = factories.member("hoi")
    desk, case = at_desk(hoi), talks.owned_by(hoi)
    assert desk.post(page_of(case), {"act": "propose"}).status_code == 303
    refused = desk.post(
        move(case, "open_mediation"), {"version": case.version, "ground": "Lời đã gõ", "agreed_on": "31/12/2099"}
    )
    assert refused.status_code == 403
    assert "Lời đã gõ" in text(refused)
    assert desk.post(page_of(case), {"act": "consent", "consent-side": "respondent"}).status_code == 400
    for side in ("complainant", "respondent"):
        said = {"act": "consent", "consent-side": side, "consent-agrees": "yes", "consent-how": "Điện thoại 9:00"}
        assert desk.post(page_of(case), said).status_code == 303
    assert "Điện thoại 9:00" in text(desk.get(page_of(case)))
    opening = {"version": case.version, "ground": "Hai bên đồng ý.", "agreed_on": "31/12/2099"}
    assert desk.post(move(case, "open_mediation"), opening).status_code == 302
    assert talks.room_of(case).is_mediation
    assert MediationConsent.objects.filter(room=None).count() == 0


def test_a_bar_is_set_seen_and_lifted(desk, sct):
    case = talks.owned_by(sct)
    bar = f"{page_of(case)}bar/"
    assert desk.post(bar, {"version": case.version, "bar": "", "reason": "x"}).status_code == 400
    assert desk.post(bar, {"version": case.version + 1, "bar": "prohibition", "reason": "Vì sao"}).status_code == 409
    assert desk.post(bar, {"version": case.version, "bar": "prohibition", "reason": "Vì sao"}).status_code == 302
    assert "may not be settled" in text(desk.get(page_of(case)))
    assert "Open supported negotiation" not in text(desk.get(page_of(case)))
    case.refresh_from_db()
    assert desk.post(bar, {"version": case.version, "reason": "Đã xem lại"}).status_code == 302
    assert "Open supported negotiation" in text(desk.get(page_of(case)))


def test_the_box_about_the_name_stands_where_the_complaint_does_not_say_it(desk, sct):
    case = journeys.investigating(sct).case
    business.sent_link(case, sct)
    Case.objects.filter(pk=case.pk).update(respondent_stance="silent")
    answer = desk.post(move(case, "open_negotiation"), {"version": case.version, "ground": "x"})
    assert answer.status_code == 400
    assert "must agree first" in text(answer)
    agreed = {"version": case.version, "ground": "x", "identity_agreed": "on"}
    assert desk.post(move(case, "open_negotiation"), agreed).status_code == 302


@pytest.mark.parametrize("act", ["", "nonsense", "say", "pass", "summary", "report", "invite", "consent", "propose"])
def test_nonsense_is_an_answer_and_no_error(desk, sct, act):
    for case in (talks.owned_by(sct), talks.negotiation(sct).case):
        for typed in ({}, {f"{act}-text": "x" * 10_001, f"{act}-to": "z", f"{act}-contact": "0"}):
            assert desk.post(page_of(case), {"act": act, **typed}).status_code in (400, 403, 404, 409)


def test_a_colleague_reads_the_room_and_cannot_act(at_desk, sct):
    room = talks.negotiation(sct)
    colleague = at_desk(factories.member("sct"))
    answer = colleague.post(page_of(room.case), {"act": "say", "say-text": "Lời đã gõ"})
    assert (answer.status_code, RoomEntry.objects.count()) == (403, 1)
    assert "Lời đã gõ" in text(answer)


def test_strangers_find_nothing(at_desk, sct, police, association):
    case = talks.negotiation(sct).case
    for stranger in (police, association):
        for path in (page_of(case), f"{page_of(case)}bar/", f"{page_of(case)}minutes/"):
            assert at_desk(stranger).get(path).status_code == 404


def test_the_page_costs_a_bounded_number_of_queries(desk, sct, django_assert_max_num_queries):
    room = talks.negotiation(sct)
    desk.get(page_of(room.case))
    for _ in range(5):
        rooms.say(room_id=room.pk, by=sct, text="x")
    with django_assert_max_num_queries(20):
        desk.get(page_of(room.case))


def test_earlier_talks_stay_readable(desk, sct):
    case = talks.negotiation(sct).case
    desk.post(move(case, "end_without_settlement"), {"version": case.version, "reason": "Lý do riêng"})
    case.refresh_from_db()
    opening = {"version": case.version, "ground": "Mở lại"}
    assert desk.post(move(case, "open_negotiation"), opening).status_code == 302
    assert Room.objects.filter(case=case).count() == 2
    assert "Lý do riêng" in text(desk.get(page_of(case)))
