"""A business that cannot be written to: its case's handler learns of it, and can say that the address is right."""

import pytest

from events.models import Event, OutgoingMessage
from events.relay import Relay
from events.services.sending import is_unconfirmed, record_bounce
from notifications.models import Notification
from tests import factories
from tests.backoffice.conftest import sign_in
from tests.factories import business, journeys
from workflows.errors import CaseNotFound, MoveNotAllowed
from workflows.services.links import revoke_link
from workflows.services.unreached import UNREACHED, confirm_business_address, note_unreached

pytestmark = pytest.mark.django_db


@pytest.fixture
def handler(db):
    return factories.member("sct")


@pytest.fixture
def link(handler):
    return business.sent_link(journeys.investigating(handler).case, handler).link


def deliver():
    Relay(["notify", "mail"]).run_until_idle()


def bounced(code="5.1.1"):
    deliver()
    record_bounce(OutgoingMessage.objects.get(purpose="business_link").message_id, code)
    deliver()


def test_the_handler_is_told_that_it_did_not_arrive(handler, link):
    bounced()
    told = Notification.objects.get(kind=UNREACHED)
    assert (told.recipient, told.case) == (handler.person, link.case)
    event = Event.objects.get(kind=UNREACHED)
    assert link.contact.value not in str(event.data)


@pytest.mark.parametrize("code", ["5.2.2", "5.1.1"])
def test_a_full_mailbox_counts_as_not_arrived_too(handler, link, code):
    bounced(code)
    assert Event.objects.filter(kind=UNREACHED).count() == 1


def test_it_is_noted_once_however_often_it_is_delivered(handler, link):
    bounced()
    message = OutgoingMessage.objects.get(purpose="business_link")
    assert note_unreached(contact_id=link.contact_id, message_id=message.pk) == 0


def test_a_case_whose_link_was_revoked_is_not_concerned(handler, link):
    deliver()
    revoke_link(case_id=link.case_id, link_id=link.pk, by=handler)
    bounced()
    assert not Event.objects.filter(kind=UNREACHED).exists()


def test_the_pages_say_so_until_the_address_is_confirmed(handler, link):
    bounced()
    client, number = sign_in(handler), link.case.number
    assert "address bounced" in client.get(f"/backoffice/cases/{number}/").content.decode()
    page = client.get(f"/backoffice/cases/{number}/business/").content.decode()
    assert "came back" in page
    client.post(f"/backoffice/cases/{number}/business/links/{link.pk}/", {"deed": "confirm"})
    assert not is_unconfirmed(link.contact.value)
    assert "address bounced" not in client.get(f"/backoffice/cases/{number}/").content.decode()
    assert Event.objects.get(kind="case.respondent_address_confirmed").data["contact"] == link.contact_id


def test_only_who_deals_with_the_business_confirms(handler, link):
    bounced()
    with pytest.raises(CaseNotFound):
        confirm_business_address(case_id=link.case_id, link_id=link.pk, by=factories.member("hoi"))
    with pytest.raises(MoveNotAllowed):
        confirm_business_address(case_id=link.case_id, link_id=link.pk, by=factories.member("sct", "intake"))
    with pytest.raises(CaseNotFound):
        confirm_business_address(case_id=link.case_id, link_id=link.pk + 1, by=handler)
    assert is_unconfirmed(link.contact.value)
