"""Push messages to devices, against a push service of our own over TLS: what the browser would read, and where none goes."""

import json
from datetime import timedelta

import pytest
from py_vapid import Vapid02

from agencies.actors import Citizen
from agencies.models import Membership, Role
from events import clock
from events.models import Delivery, Event, OutgoingMessage
from events.registry import HANDLERS
from events.relay import Relay
from events.services.delivering import retry
from notifications import web_push
from notifications.handlers import push_to_devices
from notifications.models import PushDevice
from notifications.services.devices import allow_device
from notifications.services.inbox import tell
from notifications.services.preferences import choose_ways, make_compulsory
from notifications.services.watching import mute_case
from tests import factories
from tests.backoffice.conftest import sign_in
from workflows.errors import InvalidInput
from workflows.models import Case
from workflows.services.correspondence import supplement_case

pytestmark = pytest.mark.django_db
PAGE = "/backoffice/inbox/settings/devices/"


@pytest.fixture
def officer(desk):
    return desk["sct", Role.INTAKE]


@pytest.fixture
def browser(push_service, officer):
    """The officer's, allowed; what the sender says is pushed there."""
    made = push_service.browser()
    allow_device(by=officer, subscription=made.subscription, label="Chrome · Android")
    choose_ways(by=officer, chosen={"sender": "push"})
    return made


def supplemented(case=None, **update):
    case = case or factories.case()
    if update:
        Case.objects.filter(pk=case.pk).update(**update)
    supplement_case(case_id=case.pk, by=Citizen(case.complaint_id), text="Bí mật của tôi.")
    return case


def deliver():
    Relay(["notify", "push"]).run_until_idle()


# What arrives


def test_the_browser_reads_what_kind_it_is_and_a_link_and_nothing_of_the_case(push_service, browser, officer):
    case = supplemented()
    deliver()
    (pushed,) = push_service.pushed
    said = browser.read(pushed.body)
    assert said.keys() == {"kind", "text", "link", "id"}
    assert (said["kind"], said["link"]) == ("case.supplemented", "/backoffice/inbox/")
    # What the service learns, and what the browser reads, without what is random in both.
    whole = json.dumps(said | {"id": ""}, ensure_ascii=False) + str(sorted(pushed.headers))
    for hidden in (case.number, "Bí mật", "Trần Thị Mẫu", "0912345678", officer.person.name, officer.person.email):
        assert hidden not in whole


def test_it_is_in_the_persons_language(push_service, browser, officer):
    type(officer.person).objects.filter(pk=officer.person.pk).update(language="en")
    supplemented()
    deliver()
    assert browser.read(push_service.pushed[0].body)["text"] == "The sender added information"


def test_it_is_signed_with_our_key_for_that_service(push_service, browser):
    supplemented()
    deliver()
    headers = push_service.pushed[0].headers
    assert Vapid02.verify(headers["authorization"])
    assert headers["authorization"].endswith(f"k={web_push.public_key()}")
    assert (headers["content-encoding"], headers["urgency"]) == ("aes128gcm", "normal")
    assert int(headers["ttl"]) == 12 * 3600
    assert len(headers["topic"]) == 32


def test_nobody_else_is_pushed_to(push_service, browser, desk):
    other = push_service.browser("other")
    allow_device(by=desk["sct", Role.SUPERVISOR], subscription=other.subscription, label="Firefox")
    supplemented()
    deliver()
    assert [pushed.path for pushed in push_service.pushed] == [browser.path]


def test_what_is_urgent_comes_whatever_was_chosen(push_service, browser, officer):
    choose_ways(by=officer, chosen={"sender": "off"})
    supplemented(urgent=True)
    deliver()
    assert push_service.pushed[0].headers["urgency"] == "high"


def test_push_and_the_mail_the_agency_asks_for_both_come(push_service, browser, desk, officer):
    make_compulsory(by=desk["sct", Role.SUPERVISOR], chosen={"sender": "mail"})
    supplemented()
    deliver()
    assert len(push_service.pushed) == 1
    assert [officer.person.pk, officer.agency.pk] in Event.objects.get(kind="notices.mail_owed").data["people"]


def test_push_cannot_be_made_compulsory(desk):
    with pytest.raises(InvalidInput):
        make_compulsory(by=desk["sct", Role.SUPERVISOR], chosen={"sender": "push"})


def test_a_muted_case_is_not_pushed(push_service, browser, officer):
    case = factories.case()
    mute_case(case_id=case.pk, by=officer)
    supplemented(case)
    deliver()
    assert push_service.pushed == []


def test_without_a_device_nothing_is_owed(officer):
    choose_ways(by=officer, chosen={"sender": "push"})
    supplemented()
    Relay(["notify"]).run_until_idle()
    assert not Event.objects.filter(kind="notices.push_owed").exists()


def test_owed_and_sent_once_however_often_it_is_told(push_service, browser):
    supplemented()
    again = list(Event.objects.filter(kind="case.supplemented"))
    tell(again)
    tell(again + again)
    owed = Event.objects.get(kind="notices.push_owed")
    push_to_devices([owed])
    push_to_devices([owed])
    assert len(push_service.pushed) == 1


def test_a_repeat_of_a_relay_that_died_replaces_what_it_repeats(push_service, browser):
    supplemented()
    deliver()
    OutgoingMessage.objects.update(status="queued")
    push_to_devices([Event.objects.get(kind="notices.push_owed")])
    first, second = push_service.pushed
    assert first.headers["topic"] == second.headers["topic"]
    assert browser.read(first.body) == browser.read(second.body)


def test_who_left_the_agency_meanwhile_gets_none(push_service, browser, officer):
    supplemented()
    Relay(["notify"]).run_until_idle()
    Membership.objects.filter(person=officer.person).update(revoked_at=clock.now())
    deliver()
    assert push_service.pushed == []


def test_what_is_old_is_no_news(push_service, browser):
    supplemented()
    Relay(["notify"]).run_until_idle()
    with clock.frozen(clock.now() + timedelta(hours=13)):
        push_to_devices([Event.objects.get(kind="notices.push_owed")])
    assert push_service.pushed == []


def test_it_has_a_lane_of_its_own():
    assert [h.name for h in HANDLERS.values() if h.lane == "push"] == ["notifications.devices"]


# What does not arrive


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(push_service, browser, officer, status):
    push_service.answers[browser.path] = status
    supplemented()
    deliver()
    assert not PushDevice.objects.exists()
    assert Event.objects.get(kind="notices.device_lost").actor["type"] == "system"
    message = OutgoingMessage.objects.get(channel="push")
    assert (message.status, message.code) == ("refused", str(status))
    assert not Delivery.objects.filter(handler="notifications.devices", state="due").exists()
    assert not Event.objects.filter(kind="messages.unreached").exists()


@pytest.mark.parametrize("status", [302, 429, 500, 503])
def test_a_service_that_is_away_is_tried_again_and_holds_back_no_other_device(push_service, browser, officer, status):
    second = push_service.browser("second")
    allow_device(by=officer, subscription=second.subscription, label="Firefox")
    push_service.answers[browser.path] = status
    supplemented()
    deliver()
    assert sorted(pushed.path for pushed in push_service.pushed) == sorted([browser.path, second.path])
    owed = Delivery.objects.get(handler="notifications.devices")
    assert (owed.state, owed.last_error) == ("due", "notifications.web_push.PushServiceAway")
    assert PushDevice.objects.get(label="Chrome · Android").unreached_since is not None
    push_service.answers.clear()
    retry([owed.pk])
    deliver()
    assert [pushed.path for pushed in push_service.pushed].count(second.path) == 1
    assert PushDevice.objects.get(label="Chrome · Android").unreached_since is None


def test_a_refusal_for_good_is_recorded_and_not_repeated(push_service, browser):
    push_service.answers[browser.path] = 403
    supplemented()
    deliver()
    assert Delivery.objects.get(handler="notifications.devices").state == "done"
    assert OutgoingMessage.objects.get(channel="push").code == "403"
    assert PushDevice.objects.exists()


def test_a_device_nobody_reached_for_days_is_given_up(push_service, browser):
    push_service.answers[browser.path] = 503
    PushDevice.objects.update(unreached_since=clock.now() - timedelta(days=4))
    supplemented()
    deliver()
    assert not PushDevice.objects.exists()


def test_a_device_allowed_for_another_key_of_ours_is_left_alone(push_service, browser, settings, officer):
    settings.VAPID_KEY = "ab" * 32
    supplemented()
    deliver()
    assert push_service.pushed == []
    assert "Must be allowed again" in sign_in(officer).get(PAGE).content.decode()
