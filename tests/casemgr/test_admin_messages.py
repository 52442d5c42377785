"""The administrator's pages of deliveries and messages: what fails, run again; addresses, written to again."""

import pytest
from django.urls import reverse

from agencies.models import Role
from events.models import Delivery, Event, OutgoingMessage
from events.services.sending import Outgoing, is_unconfirmed, record_bounce, send_mail, stable_id
from tests import factories
from tests.backoffice.conftest import sign_in

pytestmark = pytest.mark.django_db
ADDRESS = "bi.mat@thu.example"
LIST = "admin:events_outgoingmessage_changelist"


@pytest.fixture
def browser():
    member = factories.member("sct", Role.ADMIN)
    type(member.person).objects.filter(pk=member.person.pk).update(is_staff=True)
    return sign_in(member)


@pytest.fixture
def bounced():
    send_mail(Outgoing("news", "complaint:1", stable_id("tests", "1"), ADDRESS, "x", "x"))
    row = OutgoingMessage.objects.get()
    record_bounce(row.message_id, "5.1.1")
    return row


def test_what_came_back_is_listed_without_its_address(browser, bounced):
    html = browser.get(reverse(LIST), {"status": "bounced"}).content.decode()
    assert "5.1.1" in html
    assert "came back" in html
    for hidden in (ADDRESS, bounced.address_digest):
        assert hidden not in html
    detail = browser.get(reverse("admin:events_outgoingmessage_change", args=[bounced.pk])).content.decode()
    assert ADDRESS not in detail
    assert bounced.address_digest not in detail


def test_an_address_is_written_to_again_and_that_is_recorded(browser, bounced):
    browser.post(reverse(LIST), {"action": "confirm", "_selected_action": [bounced.pk]})
    assert not is_unconfirmed(ADDRESS)
    assert Event.objects.get(kind="deliveries.addresses_confirmed").data == {"messages": [bounced.pk]}
    browser.post(reverse(LIST), {"action": "confirm", "_selected_action": [bounced.pk]})
    assert Event.objects.filter(kind="deliveries.addresses_confirmed").count() == 1


def test_what_was_parked_is_run_again(browser):
    factories.case()
    parked = Delivery.objects.filter(handler="workflows.news_mail").first()
    Delivery.objects.filter(pk=parked.pk).update(state="parked", attempts=12, last_error="builtins.OSError")
    place = reverse("admin:events_delivery_changelist")
    assert "workflows.news_mail" in browser.get(place, {"state": "parked"}).content.decode()
    browser.post(place, {"action": "run_again", "_selected_action": [parked.pk]})
    parked.refresh_from_db()
    assert (parked.state, parked.attempts) == ("due", 0)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR])
def test_nobody_else_looks(role, bounced):
    answer = sign_in(factories.member("sct", role)).get(reverse(LIST))
    assert answer.status_code in (302, 403)
