"""Coming in by a link: the secret, the one-time code, and everything that must not open a page."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.test.utils import override_settings
from django.urls import path

from casemgr.business import access
from casemgr.urls import urlpatterns as site
from events import clock
from events.models import Event, OutgoingMessage
from events.relay import Relay
from tests import factories
from tests.factories import business
from workflows.handlers_respondent import send_link
from workflows.link_codes import digits_of
from workflows.models import OneTimeCode, Purpose, RespondentLink
from workflows.services import links, second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.both_profiles]
ENTRANCE = "/doanh-nghiep/"


@access.requires_purpose(Purpose.ANSWER)
def probe(request, actor):
    return HttpResponse(f"case {actor.case_id} link {actor.link_id}")


urlpatterns = [*site, path("doanh-nghiep/probe/", probe)]


@pytest.fixture(autouse=True)
def _urls():
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def sct():
    return factories.member("sct")


@pytest.fixture
def sent(sct):
    return business.sent_link(factories.case(), sct)


def digits(link) -> str:
    return digits_of(OneTimeCode.objects.filter(link=link).latest("pk"))


def enter(client: Client, code: str):
    return client.post(ENTRANCE, {"code": code})


def test_the_whole_way_in(sent):
    client = Client()
    assert enter(client, sent.code)["Location"] == "/doanh-nghiep/ma/"
    assert client.get("/doanh-nghiep/probe/").status_code == 403, "the link alone opens nothing"
    client.post("/doanh-nghiep/ma/", {"digits": digits(sent.link)})
    assert client.get("/doanh-nghiep/probe/").content.decode() == f"case {sent.link.case_id} link {sent.link.pk}"
    sent.link.refresh_from_db()
    assert sent.link.used_at is not None
    client.post("/doanh-nghiep/thoat/")
    assert client.get("/doanh-nghiep/probe/").status_code == 403


def test_the_message_holds_the_link_and_nothing_of_the_complaint(sent):
    Relay(["mail"]).run_until_idle()
    (message,) = mail.outbox
    assert f"/doanh-nghiep/#{sent.code}" in message.body
    case = sent.link.case
    for told in (case.number, case.complaint.narrative[:20], "Trần Thị Mẫu", "0912345678", "Ánh Dương"):
        assert told not in message.body + message.subject
    send_link(Event.objects.filter(kind="case.respondent_link_sent"))
    assert len(mail.outbox) == 1, "what was sent is not sent again"
    OutgoingMessage.objects.update(status="queued")
    send_link(Event.objects.filter(kind="case.respondent_link_sent"))
    first, second = mail.outbox
    assert second.body == first.body, "at least once: a second says the same"
    assert second.extra_headers["Message-ID"] == first.extra_headers["Message-ID"]


def test_what_is_stored_opens_nothing(sent):
    row = repr(RespondentLink.objects.filter(pk=sent.link.pk).values())
    events = repr(list(Event.objects.values()))
    assert sent.code not in row + events
    for stored in (sent.link.nonce, sent.link.code_hash):
        assert enter(Client(), stored).status_code == 400


def test_the_message_is_in_the_business_s_language(sct):
    english = business.contact(business.respondent(language="en"))
    business.sent_link(factories.case(), sct, contact=english)
    Relay(["mail"]).run_until_idle()
    assert "Open this link" in mail.outbox[0].body


def refusals(sent, sct):
    """Every way a link can be no good, by name."""
    yield "forged", "0" * 26
    yield "malformed", "abc"
    yield "empty of sense", "☃" * 300
    with clock.frozen(clock.now() - timedelta(days=90)):
        expired = business.sent_link(factories.case(), sct).code
    yield "expired", expired
    revoked = business.sent_link(factories.case(), sct)
    links.revoke_link(case_id=revoked.link.case_id, link_id=revoked.link.pk, by=sct)
    yield "revoked", revoked.code
    links.resend_link(case_id=sent.link.case_id, link_id=sent.link.pk, by=sct)
    yield "replaced", sent.code


def test_all_that_is_wrong_gets_one_same_refusal(sent, sct):
    pages = {}
    for name, code in refusals(sent, sct):
        answer = enter(Client(), code)
        assert answer.status_code == 400, name
        page = answer.content.decode().replace(code, "…")
        pages[name] = re.sub(r'(csrfmiddlewaretoken" value="|value=")[^"]*', r"\1", page)
    first = pages.pop("forged")
    long = pages.pop("empty of sense")
    assert all(page == first for page in pages.values()), pages.keys()
    assert "200" in long, "too long is a matter of shape"


@pytest.mark.parametrize("end", ["revoked", "expired", "replaced"])
def test_a_session_ends_with_its_link_at_the_next_request(sent, sct, end):
    client = business.signed_in(sent.link)
    assert client.get("/doanh-nghiep/probe/").status_code == 200
    if end == "revoked":
        links.revoke_link(case_id=sent.link.case_id, link_id=sent.link.pk, by=sct)
    elif end == "replaced":
        links.resend_link(case_id=sent.link.case_id, link_id=sent.link.pk, by=sct)
    else:
        RespondentLink.objects.update(expires_at=clock.now())
    answer = client.get("/doanh-nghiep/probe/")
    assert answer.status_code == 403
    assert str(sent.link.case.number) not in answer.content.decode()


def test_a_link_for_one_purpose_opens_no_page_of_another(sct):
    client = business.signed_in(business.sent_link(factories.case(), sct, Purpose.RESULT).link)
    assert client.get("/doanh-nghiep/probe/").status_code == 403
    assert client.get("/doanh-nghiep/khieu-nai/").status_code == 403
    assert client.get("/doanh-nghiep/ket-qua/").status_code == 200


def test_a_cookie_made_up_or_of_the_waiting_room_opens_nothing(sent):
    client = Client()
    enter(client, sent.code)
    for forged in ("x", client.cookies[access.WAITING].value, f"{sent.link.pk}:1:2"):
        client.cookies[access.COOKIE] = forged
        assert client.get("/doanh-nghiep/probe/").status_code == 403


def test_five_wrong_digits_end_the_code_and_twenty_the_link(sent):
    client = Client()
    enter(client, sent.code)
    right = digits(sent.link)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(second_factor.TRIES):
        assert client.post("/doanh-nghiep/ma/", {"digits": wrong}).status_code == 400
    assert client.post("/doanh-nghiep/ma/", {"digits": right}).status_code == 400, "the code has ended"
    for _ in range(3):
        client.post("/doanh-nghiep/ma/gui-lai/")
        for _ in range(second_factor.TRIES):
            answer = client.post("/doanh-nghiep/ma/", {"digits": "x"})
    assert answer.status_code == 403
    assert enter(Client(), sent.code).status_code == 400
    assert Event.objects.filter(kind="case.respondent_link_locked").count() == 1


def test_a_code_is_right_once_and_for_ten_minutes_and_for_its_link(sent, sct):
    other = business.sent_link(factories.case(), sct, contact=sent.link.contact)
    client = Client()
    enter(client, sent.code)
    enter(Client(), other.code)
    assert client.post("/doanh-nghiep/ma/", {"digits": digits(other.link)}).status_code == 400
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        assert client.post("/doanh-nghiep/ma/", {"digits": digits(sent.link)}).status_code == 400
    assert client.post("/doanh-nghiep/ma/", {"digits": digits(sent.link)}).status_code == 302
    assert client.post("/doanh-nghiep/ma/", {"digits": digits(sent.link)}).status_code == 403


def test_codes_are_asked_for_six_times_an_hour_and_no_more(sent):
    client = Client()
    enter(client, sent.code)
    for _ in range(10):
        client.post("/doanh-nghiep/ma/gui-lai/")
    assert OneTimeCode.objects.count() == second_factor.CODES_AN_HOUR
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert second_factor.issue_code(contact_id=sent.link.code_contact_id, link_id=sent.link.pk)


def test_a_flood_of_wrong_links_costs_the_next_try(sent):
    for _ in range(30):
        enter(Client(), "0" * 26)
    answer = enter(Client(), sent.code)
    assert answer.status_code == 400
    assert answer.context["has_price"]


def test_a_phone_gets_the_same_by_text_message(sct, settings, capsys):
    settings.SMS_URL, settings.DEBUG = "console:", True
    phone = business.contact(channel="phone", value="+84912345678")
    sent = business.sent_link(factories.case(), sct, contact=phone)
    Relay(["mail"]).run_until_idle()
    assert sent.code in capsys.readouterr().out
    assert not mail.outbox


def test_leaving_ends_a_copy_of_the_cookie_on_any_device(sent):
    client, copy = business.signed_in(sent.link), Client()
    copy.cookies = client.cookies.copy()
    assert copy.get("/doanh-nghiep/khieu-nai/").status_code == 200
    client.post("/doanh-nghiep/thoat/")
    assert copy.get("/doanh-nghiep/khieu-nai/").status_code == 403
    assert business.signed_in(sent.link).get("/doanh-nghiep/khieu-nai/").status_code == 200, "the link holds on"
