"""The business's page of a talk, and the consumer's, as two browsers without JavaScript."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from casemgr.public import following
from tests import factories
from tests.factories import business, talks
from workflows.models import Case, Offer, Paper, RespondentLink, Room, RoomEntry, SettlementConfirmation
from workflows.services import room_opening, settlement
from workflows.services.links import revoke_link

pytestmark = pytest.mark.django_db
CITIZEN, BUSINESS = "/tra-cuu/ho-so/thuong-luong/", "/doanh-nghiep/thuong-luong/"


@pytest.fixture
def sct():
    return factories.member("sct")


@pytest.fixture
def room(sct):
    return talks.negotiation(sct)


def consumer(case) -> Client:
    """A browser that follows the case's report."""
    client, answer = Client(headers={"accept-language": "en"}), HttpResponse()
    following.remember(answer, case.complaint_id)
    client.cookies[following.COOKIE] = answer.cookies[following.COOKIE].value
    return client


def seller(case) -> Client:
    return business.signed_in(case.respondent_links.latest("pk"), Client(headers={"accept-language": "en"}))


def text(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def act(client, path, room, act, **typed):
    return client.post(path, {"act": act, "room": room.pk, **typed})


def test_both_sides_come_to_an_agreement(room):
    one, other = consumer(room.case), seller(room.case)
    assert "It is your turn." in text(one.get(CITIZEN))
    assert "The consumer has the next word" in text(other.get(BUSINESS))
    assert act(one, CITIZEN, room, "say", **{"say-text": "Xin hoàn tiền."}).status_code == 303
    offer = {"offer-remedy": "refund", "offer-amount": "5.000.000", "offer-text": "Hoàn trong ba ngày."}
    assert act(other, BUSINESS, room, "offer", **offer).status_code == 303
    page = text(one.get(CITIZEN))
    assert "An offer on the table" in page
    assert "5.000.000 đ" in page
    assert "Accept the offer" in page
    assert act(one, CITIZEN, room, "accept", offer=Offer.objects.get().pk).status_code == 303
    assert "What is agreed" in text(other.get(BUSINESS))


def test_what_is_typed_out_of_turn_is_told_and_kept(room):
    other = seller(room.case)
    answer = act(other, BUSINESS, room, "say", **{"say-text": "Lời đã gõ"})
    assert (answer.status_code, RoomEntry.objects.filter(kind="statement").count()) == (409, 0)
    assert "Lời đã gõ" in text(answer)
    assert "not your turn" in text(answer)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"offer-remedy": "refund", "offer-text": "x"},
        {"offer-remedy": "gold", "offer-text": "x", "offer-amount": "1"},
        {"offer-remedy": "refund", "offer-amount": "abc", "offer-text": "x"},
        {"offer-remedy": "refund", "offer-amount": "9" * 40, "offer-text": "x"},
        {"offer-remedy": "repair", "offer-due_on": "01/01/2020", "offer-text": "x"},
        {"offer-remedy": "repair", "offer-text": "x" * 10_001},
    ],
)
def test_a_faulty_offer_is_shown_again_with_what_was_typed(room, wrong):
    answer = act(consumer(room.case), CITIZEN, room, "offer", **wrong)
    assert (answer.status_code, Offer.objects.count()) == (400, 0)
    assert "field-error" in answer.content.decode()


@pytest.mark.parametrize(
    "posted", [{}, {"act": "nonsense"}, {"act": "accept"}, {"act": "accept", "offer": "9" * 30}, {"act": "say"}]
)
def test_nonsense_is_an_answer_and_no_error(room, posted):
    for client, path in ((consumer(room.case), CITIZEN), (seller(room.case), BUSINESS)):
        for data in (posted, posted | {"room": room.pk}, posted | {"room": "x"}):
            assert client.post(path, data).status_code in (400, 409)


def test_the_minutes_are_confirmed_by_each_on_its_own_page(sct, room):
    case = talks.settled(sct, room)
    invited = RespondentLink.objects.latest("pk")
    assert (invited.purpose, invited.respondent_id) == ("confirmation", room.invitation.respondent_id)
    digest = room.settlement.digest
    for client, path in ((consumer(case), CITIZEN), (seller(case), BUSINESS)):
        page = client.get(path).content.decode()
        assert digest in page
        assert "5.000.000" in page
        assert client.post(f"{path}bien-ban/", {"digest": "0"}).status_code == 409
        for _ in range(2):
            assert client.post(f"{path}bien-ban/", {"digest": digest}).status_code == 303
    assert SettlementConfirmation.objects.count() == 2
    assert "not confirmed yet" not in text(consumer(case).get(CITIZEN))


def test_the_minutes_are_fetched_once_they_are_laid_out(sct, room):
    case = talks.settled(sct, room)
    client = consumer(case)
    assert client.get(f"{CITIZEN}bien-ban/tep/").status_code == 303
    from workflows.services.papers import lay_out

    lay_out(Paper.objects.get().pk)
    for browser, path in ((client, CITIZEN), (seller(case), BUSINESS)):
        answer = browser.get(f"{path}bien-ban/tep/")
        assert answer.getvalue().startswith(b"%PDF-")
        assert answer["Content-Disposition"].startswith("attachment")


def test_the_end_tells_each_side_what_can_be_done(sct, room):
    case = Case.objects.get(pk=room.case_id)
    settlement.end_without_settlement(case_id=case.pk, by=sct, version=case.version, reason="Bên bán từ chối.")
    told = text(consumer(case).get(CITIZEN))
    assert "Bên bán từ chối." in told
    assert "The court" in told
    assert "Arbitration" in told
    told = text(seller(case).get(BUSINESS))
    assert "Report on the negotiation" in told
    assert act(seller(case), BUSINESS, room, "report", **{"report-text": "Không thống nhất."}).status_code == 303
    assert "reported on the negotiation" in text(seller(case).get(BUSINESS))
    assert act(consumer(case), CITIZEN, room, "report", **{"report-text": "x"}).status_code == 403


def test_a_revoked_link_is_out_of_the_room(sct, room):
    client = seller(room.case)
    revoke_link(case_id=room.case_id, link_id=room.invitation_id, by=sct)
    for path in (BUSINESS, f"{BUSINESS}bien-ban/", f"{BUSINESS}bien-ban/tep/"):
        assert client.get(path).status_code == 403
        assert client.post(path, {"act": "say", "say-text": "x"}).status_code in (403, 405)


def test_both_sides_are_asked_about_mediation():
    hoi = factories.member("hoi")
    case = talks.owned_by(hoi)
    assert "Ask for a settlement" in text(consumer(case).get(CITIZEN))
    room_opening.propose_mediation(case_id=case.pk, by=hoi)
    for client, path in ((consumer(case), CITIZEN), (seller(case), BUSINESS)):
        assert "Do you agree to mediation?" in text(client.get(path))
        assert client.post(path, {"act": "agree"}).status_code == 303
        assert "Your answer: agreed" in text(client.get(path))
    case.refresh_from_db()
    room_opening.open_mediation(case_id=case.pk, by=hoi, version=case.version, ground="x", agreed_on=talks.today())
    assert "stays between the two sides" in text(consumer(case).get(CITIZEN))


def test_a_barred_or_anonymous_case_is_explained(sct):
    case = talks.owned_by(sct)
    Case.objects.filter(pk=case.pk).update(bar="many_consumers")
    assert "Article 54.2" in text(consumer(case).get(CITIZEN))
    answer = consumer(case).post(CITIZEN, {"act": "wish", "wish-text": "Xin thương lượng"})
    assert answer.status_code == 403
    assert "Xin thương lượng" in text(answer)
    anonymous = factories.case(is_anonymous=True)
    assert "anonymous" in text(consumer(anonymous).get(CITIZEN))


def test_the_wish_is_passed_on(sct):
    case = talks.owned_by(sct)
    assert consumer(case).post(CITIZEN, {"act": "wish", "wish-text": "Xin thương lượng"}).status_code == 303
    assert "You asked for a settlement" in text(consumer(case).get(CITIZEN))


def test_without_the_cookie_the_code_is_asked_for_and_the_words_handed_back(room):
    answer = Client(headers={"accept-language": "en"}).post(CITIZEN, {"act": "say", "say-text": "Lời đã gõ"})
    assert "Lời đã gõ" in text(answer)
    assert Room.objects.get().turn == "complainant"


def test_the_pages_cost_a_bounded_number_of_queries(room, django_assert_max_num_queries):
    client, other = consumer(room.case), seller(room.case)
    for path, browser in ((CITIZEN, client), (BUSINESS, other)):
        browser.get(path)
        with django_assert_max_num_queries(14):
            browser.get(path)
