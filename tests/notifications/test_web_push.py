"""Push messages to devices, against a push service of our own over TLS: what the browser would read, and where none goes."""

import json
import socket
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
from notifications import push_addresses, web_push
from notifications.handlers import push_to_devices
from notifications.models import PushDevice
from notifications.services.devices import MOST, allow_device, remove_device
from notifications.services.inbox import tell
from notifications.services.preferences import choose_ways, make_compulsory
from notifications.services.watching import mute_case
from notifications.web_push import MessageRefused, PushServiceAway, SubscriptionGone
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


def refused_by_rule(url):
    with pytest.raises(push_addresses.AddressRefused):
        push_addresses.read_endpoint(url)
    return True


# What arrives


def test_the_browser_reads_what_kind_it_is_and_a_link_and_nothing_of_the_case(push_service, browser, officer):
    case = supplemented()
    deliver()
    (pushed,) = push_service.pushed
    said = browser.read(pushed.body)
    assert said.keys() == {"kind", "text", "link", "id"}
    assert (said["kind"], said["link"]) == ("case.supplemented", "/backoffice/inbox/")
    whole = json.dumps(said, ensure_ascii=False) + str(pushed.headers) + pushed.path
    for hidden in (case.number, str(case.pk), "Bí mật", "Trần Thị Mẫu", "0912345678", officer.person.name):
        assert hidden not in whole.replace(said["id"], "").replace(pushed.headers["topic"], "").replace(
            pushed.headers["authorization"], ""
        ).replace(pushed.headers["content-length"], "").replace(pushed.headers["host"], "")


def test_it_is_in_the_persons_language(push_service, browser, officer):
    type(officer.person).objects.filter(pk=officer.person.pk).update(language="en")
    supplemented()
    deliver()
    assert browser.read(push_service.pushed[0].body)["text"] == "The sender added something"


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


# Where none goes


@pytest.mark.parametrize(
    "url",
    [
        "http://fcm.googleapis.com/x", "https://evil.example/x", "https://fcm.googleapis.com.evil.example/x",
        "https://user@fcm.googleapis.com/x", "https://evilpush.apple.com.vn/", "https://127.0.0.1/x", "ftp://x", "",
        "https://fcm.googleapis.com/x\r\nHost: evil", "https://fcm.googleapis.com/ x", "https://[::1", "x" * 2000,
        "https://fcm.googleapis.com:99999/x", "https://fcm.googleapis.com/đ",
    ],
)  # fmt: skip
def test_addresses_that_are_no_push_services(url):
    assert refused_by_rule(url)


@pytest.mark.parametrize(
    "url", ["https://fcm.googleapis.com/fcm/send/x:y", "https://updates.push.services.mozilla.com/wpush/v2/x",
            "https://web.push.apple.com/x", "https://sg2p.notify.windows.com/w/?token=x"],
)  # fmt: skip
def test_addresses_of_the_browsers_push_services(url):
    assert push_addresses.read_endpoint(url).origin == "https://" + url.split("/")[2]


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fc00::1",
     "fe80::1%eth0", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::ffff:169.254.169.254"],
)  # fmt: skip
def test_a_name_that_points_inside_is_not_called(address, settings, monkeypatch):
    """Whatever the name server says at that moment: one inner address among others is enough."""
    settings.PUSH_SERVICES = ["push.example"]
    found = [(0, 0, 0, "", (text, 443)) for text in ("93.184.216.34", address)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **o: found)
    with pytest.raises(push_addresses.AddressRefused):
        push_addresses.connect(push_addresses.read_endpoint("https://push.example/x"))


def test_this_machine_is_refused_unless_its_network_is_named(push_service, browser, settings):
    settings.PUSH_PRIVATE_NETWORKS = []
    supplemented()
    deliver()
    assert push_service.pushed == []
    assert PushDevice.objects.get().unreached_since is not None


def test_a_certificate_of_somebody_else_is_refused(push_service, browser, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    supplemented()
    deliver()
    assert push_service.pushed == []


def test_a_service_taken_off_the_list_loses_its_devices(push_service, browser, settings):
    settings.PUSH_SERVICES = ["fcm.googleapis.com"]
    supplemented()
    deliver()
    assert (push_service.pushed, PushDevice.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("status", "raised"), [(201, None), (410, SubscriptionGone), (413, MessageRefused), (502, PushServiceAway)]
)
def test_what_each_answer_means(push_service, status, raised):
    there = push_service.browser()
    push_service.answers[there.path] = status
    words = {"topic": "x", "seconds": 60, "urgent": False}
    if raised is None:
        web_push.send(there.subscription, b"{}", **words)
        return
    with pytest.raises(raised):
        web_push.send(there.subscription, b"{}", **words)


# Allowing and ending


def form_of(browser):
    said = browser.subscription
    return {"endpoint": said.endpoint, "key": said.key, "auth": said.auth}


def test_a_device_is_allowed_seen_and_ended_on_its_page(push_service, officer, django_assert_max_num_queries):
    client, there = sign_in(officer), push_service.browser()
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
    client.post(PAGE, form_of(there), headers={"user-agent": agent})
    device = PushDevice.objects.get()
    assert (device.person, device.label) == (officer.person, "Chrome · Android")
    with django_assert_max_num_queries(6):
        page = client.get(PAGE).content.decode()
    assert "Chrome · Android" in page
    assert there.subscription.endpoint not in page
    client.post(f"{PAGE}{device.pk}/end/")
    assert not PushDevice.objects.exists()
    kinds = Event.objects.filter(stream=f"notices:{officer.person.pk}").values_list("kind", flat=True)
    assert list(kinds) == ["notices.device_allowed", "notices.device_removed"]
    assert there.subscription.endpoint not in str(list(Event.objects.values_list("data", flat=True)))


def test_another_persons_device_is_as_if_there_was_none(push_service, desk, officer):
    device = allow_device(by=officer, subscription=push_service.browser().subscription, label="x")
    client = sign_in(desk["sct", Role.SUPERVISOR])
    assert client.post(f"{PAGE}{device.pk}/end/").status_code == 404
    assert client.post(f"{PAGE}{device.pk + 1}/end/").status_code == 404
    assert not remove_device(by=desk["sct", Role.SUPERVISOR], device_id=device.pk)


@pytest.mark.parametrize(
    "change",
    [
        {"endpoint": "https://evil.example/x"}, {"endpoint": "http://127.0.0.1/x"}, {"endpoint": ""}, {"key": "AAAA"},
        {"key": "B" * 87}, {"key": "é"}, {"auth": "AA"}, {"auth": "\x00"}, {"key": ""},
    ],
)  # fmt: skip
def test_what_no_browser_says_is_refused_in_a_sentence(push_service, officer, change):
    answer = sign_in(officer).post(PAGE, form_of(push_service.browser()) | change)
    assert answer.status_code == 400
    assert "push service is not one that we send to" in answer.content.decode()
    assert not PushDevice.objects.exists()


def test_a_browser_is_the_last_ones_who_allowed_it(push_service, desk, officer):
    said = push_service.browser().subscription
    allow_device(by=desk["sct", Role.SUPERVISOR], subscription=said, label="x")
    allow_device(by=officer, subscription=said, label="x")
    assert PushDevice.objects.get().person == officer.person


def test_no_more_devices_than_one_has(push_service, officer):
    for at in range(MOST):
        allow_device(by=officer, subscription=push_service.browser(str(at)).subscription, label="x")
    with pytest.raises(InvalidInput):
        allow_device(by=officer, subscription=push_service.browser("more").subscription, label="x")
    allow_device(by=officer, subscription=push_service.browser("0").subscription, label="again")


def test_without_a_key_none_is_offered(push_service, settings, officer):
    settings.VAPID_KEY = ""
    client = sign_in(officer)
    assert "not set up here" in client.get(PAGE).content.decode()
    assert client.post(PAGE, form_of(push_service.browser())).status_code == 400


def test_the_worker_is_served_over_the_pages_it_opens_to_whoever_asks(client):
    answer = client.get("/backoffice/push-worker.js")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert b"showNotification" in answer.content
