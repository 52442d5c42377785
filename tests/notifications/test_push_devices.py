"""Allowing a device, seeing which one allowed, ending one."""

import pytest

from agencies.models import Role
from events.models import Event
from notifications.models import PushDevice
from notifications.services.devices import MOST, allow_device, remove_device
from tests.backoffice.conftest import sign_in
from tests.notifications.test_web_push import PAGE, officer
from workflows.errors import InvalidInput

pytestmark = pytest.mark.django_db
__all__ = ["officer"]


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
