"""The business's account: who gets in, what it sees, how an officer ends it."""

import pytest
from django.test import Client

from events import clock
from events.relay import Relay
from tests import factories
from tests.factories import business, journeys
from workflows.link_codes import digits_of
from workflows.models import OneTimeCode, RespondentAnswer, RespondentLink
from workflows.services import naming, register, second_factor, sending

pytestmark = pytest.mark.django_db
SIGN_IN, CODE, ACCOUNT = (f"/doanh-nghiep/tai-khoan/{page}" for page in ("dang-nhap/", "ma/", ""))


@pytest.fixture
def sct():
    return factories.member("sct")


@pytest.fixture
def contact(sct):
    respondent = business.respondent(verified_at=clock.now(), document_seen="GPKD 1400123456")
    return business.contact(respondent, value="giam.doc@anhduong.example")


def signed_in(contact) -> Client:
    client = Client(headers={"accept-language": "en"})
    assert client.post(SIGN_IN, {"email": contact.value.upper()})["Location"] == CODE
    digits = digits_of(OneTimeCode.objects.filter(contact=contact, link=None).latest("pk"))
    assert client.post(CODE, {"digits": digits})["Location"] == ACCOUNT
    return client


def sent_to(contact, by, story="Máy không bật được."):
    case = journeys.investigating(by).case
    naming.name_respondent(case_id=case.pk, by=by, respondent_id=contact.respondent_id)
    sharing = sending.Sharing(story=story)
    sending.send_to_respondent(case_id=case.pk, by=by, version=case.version, contact_id=contact.pk, sharing=sharing)
    return RespondentLink.objects.get(case=case)


def text(response, status=200) -> str:
    assert response.status_code == status
    return response.content.decode()


def test_all_that_was_sent_to_it_and_nothing_of_another(contact, sct):
    sent_to(contact, sct)
    foreign = sent_to(business.contact(), sct, story="Chuyện của hãng khác.")
    client = signed_in(contact)
    page = text(client.get(ACCOUNT))
    assert "Máy không bật được." in page
    assert "Chuyện của hãng khác." not in page
    assert client.get("/doanh-nghiep/khieu-nai/").status_code == 403, "the account alone opens no complaint"
    assert client.post(f"{ACCOUNT}khieu-nai/{foreign.pk}/").status_code == 403


def test_answering_from_the_account(contact, sct):
    link = sent_to(contact, sct)
    client = signed_in(contact)
    page = text(client.post(f"{ACCOUNT}khieu-nai/{link.pk}/", follow=True))
    assert "Máy không bật được." in page
    client.post("/doanh-nghiep/khieu-nai/", {"stance": "accepts", "answer": "Chúng tôi đổi máy."})
    assert RespondentAnswer.objects.get().respondent_id == contact.respondent_id
    assert client.get(ACCOUNT).context["record"].on_time == 1


def test_known_or_not_an_address_gets_the_same_answer(contact):
    pages = []
    for email in (contact.value, "khong.ai@example.vn"):
        client = Client()
        answer = client.post(SIGN_IN, {"email": email})
        pages.append((answer.status_code, answer["Location"]))
        assert client.post(CODE, {"digits": "000000"}).status_code == 400
    assert pages[0] == pages[1]
    assert OneTimeCode.objects.count() == 1


@pytest.mark.parametrize("missing", ["account", "contact"])
def test_no_account_no_code(contact, missing):
    if missing == "account":
        contact.respondent.verified_at = None
        contact.respondent.save()
    else:
        contact.verified_at = None
        contact.save()
    Client().post(SIGN_IN, {"email": contact.value})
    assert not OneTimeCode.objects.exists()


def test_an_officer_suspends_it_at_once(contact, sct):
    link = sent_to(contact, sct)
    client = signed_in(contact)
    client.post(f"{ACCOUNT}khieu-nai/{link.pk}/")
    register.suspend_account(respondent_id=contact.respondent_id, by=sct)
    assert client.get(ACCOUNT).status_code == 403
    assert client.get("/doanh-nghiep/khieu-nai/").status_code == 403
    register.suspend_account(respondent_id=contact.respondent_id, by=sct, resume=True)
    assert client.get(ACCOUNT).status_code == 200


def test_a_code_for_a_link_does_not_sign_in_to_the_account(contact, sct):
    sent = business.sent_link(factories.case(), sct, contact=contact)
    Client().post("/doanh-nghiep/", {"code": sent.code})
    client = Client()
    client.post(SIGN_IN, {"email": contact.value})
    for_link = OneTimeCode.objects.get(link=sent.link)
    assert client.post(CODE, {"digits": digits_of(for_link)}).status_code == 400


def test_the_cost_of_the_account_does_not_grow(contact, sct, django_assert_max_num_queries):
    for _ in range(6):
        sent_to(contact, sct)
    client = signed_in(contact)
    with django_assert_max_num_queries(8):
        client.get(ACCOUNT)


def test_guessing_ends_for_the_day(contact):
    for _ in range(8):
        client = Client()
        client.post(SIGN_IN, {"email": contact.value})
        for _ in range(5):
            client.post(CODE, {"digits": "x"})
    assert sum(OneTimeCode.objects.values_list("tries", flat=True)) == second_factor.TRIES_A_DAY


def test_another_who_knows_the_address_does_not_end_the_code(contact):
    client = Client()
    client.post(SIGN_IN, {"email": contact.value})
    Client().post(SIGN_IN, {"email": contact.value})
    (code,) = OneTimeCode.objects.all()
    assert len(digits_of(code)) == 8
    assert client.post(CODE, {"digits": digits_of(code)})["Location"] == ACCOUNT


def test_leaving_ends_the_account_s_sessions_everywhere(contact):
    client, copy = signed_in(contact), Client()
    copy.cookies = client.cookies.copy()
    assert copy.get(ACCOUNT).status_code == 200
    client.post("/doanh-nghiep/thoat/")
    assert copy.get(ACCOUNT).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_who_was_reached_before_learns_of_another_address_and_of_the_account(sct, mailoutbox):
    respondent = business.respondent()
    first, second = (business.contact(respondent, verified=False) for _ in range(2))
    register.verify_contact(contact_id=first.pk, by=sct)
    register.verify_contact(contact_id=second.pk, by=sct)
    Relay(["mail"]).run_until_idle()
    assert [mail.to for mail in mailoutbox] == [[first.value]], "the first had nobody to be told"
    mailoutbox.clear()
    register.open_account(respondent_id=respondent.pk, by=sct, document_seen="GPKD 01")
    Relay(["mail"]).run_until_idle()
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted([first.value, second.value])
    assert all(str(sct.agency) in mail.body for mail in mailoutbox)
