"""A device is allowed on its page, what happens is pushed to it, and its worker shows it.

The browser maker's push service cannot be reached from a test: the browser is given a subscription at a service of ours, over TLS, and what
arrives there is read as the browser would and handed to its real worker.
"""

import json
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from agencies.actors import Citizen, Member
from events.relay import Relay
from notifications.models import PushDevice
from notifications.services.preferences import choose_ways
from tests import factories
from tests.browser.conftest import CHROMIUM, running
from tests.browser.test_live import handler, open_as
from tests.live.conftest import server
from tests.notifications.conftest import _running_push_service, push_service
from workflows.services.correspondence import supplement_case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["_running_push_service", "handler", "open_as", "push_service", "server"]
DEVICES = "/backoffice/inbox/settings/devices/"
ALLOW = "Cho phép thông báo đẩy trên thiết bị này"
GIVEN = """
const given = %s;
PushManager.prototype.getSubscription = async () => null;
PushManager.prototype.subscribe = async (options) => {
  if (!options.userVisibleOnly || new Uint8Array(options.applicationServerKey).length !== 65) throw new Error("options");
  return { toJSON: () => given };
};
"""


@pytest.fixture(scope="module")
def browser() -> Browser:
    """The whole one, which shows notifications."""
    return running(CHROMIUM)


def subscribed(page: Page, browser_of_ours) -> None:
    said = browser_of_ours.subscription
    page.add_init_script(
        GIVEN % json.dumps({"endpoint": said.endpoint, "keys": {"p256dh": said.key, "auth": said.auth}})
    )


def shown_by_worker(page: Page, message: str) -> list[dict[str, str]]:
    """What stands on the screen once the worker was handed the message."""
    session = page.context.new_cdp_session(page)
    registrations: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(one["registrationId"] for one in told["registrations"]),
    )
    session.send("ServiceWorker.enable")
    while not registrations:
        page.wait_for_timeout(50)
    origin = page.evaluate("location.origin")
    session.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": registrations[-1], "data": message},
    )
    page.wait_for_function("async () => (await (await navigator.serviceWorker.ready).getNotifications()).length > 0")
    return page.evaluate(
        "async () => (await (await navigator.serviceWorker.ready).getNotifications())"
        ".map((one) => ({title: one.title, tag: one.tag, link: one.data.link}))"
    )


def test_from_the_button_to_the_message_on_the_screen(open_as, handler: Member, push_service, axe):
    page, ours = open_as(handler), push_service.browser()
    broken: list[str] = []
    page.on("console", lambda line: "Content Security Policy" in line.text and broken.append(line.text))
    page.context.grant_permissions(["notifications"])
    subscribed(page, ours)
    page.goto(DEVICES)
    axe(page)
    page.get_by_role("button", name=ALLOW).click()
    expect(page).to_have_url(re.compile("/inbox/settings/$"))
    assert PushDevice.objects.get().person == handler.person
    choose_ways(by=handler, chosen={"sender": "push"})
    case = factories.case()
    supplement_case(case_id=case.pk, by=Citizen(case.complaint_id), text="Thêm.")
    Relay(["notify", "push"]).run_until_idle()
    said = ours.read(push_service.pushed[0].body)
    page.goto(DEVICES)
    axe(page)
    (shown,) = shown_by_worker(page, json.dumps(said))
    assert shown == {"title": said["text"], "tag": said["id"], "link": page.evaluate("location.origin") + said["link"]}
    (still,) = shown_by_worker(page, json.dumps(said))
    assert still["tag"] == shown["tag"]
    page.get_by_role("button", name="Tắt").click()
    expect(page.get_by_text("Thiết bị này không còn nhận")).to_be_visible()
    assert not PushDevice.objects.exists()
    assert broken == []


def test_a_browser_that_was_told_no_is_told_what_to_do(open_as, handler: Member):
    page = open_as(handler, script="Object.defineProperty(Notification, 'permission', { get: () => 'denied' });")
    page.goto(DEVICES)
    expect(page.get_by_text("Trình duyệt đang chặn thông báo")).to_be_visible()
    expect(page.get_by_role("button", name=ALLOW)).to_be_hidden()


def test_a_push_service_that_is_away_is_said(open_as, handler: Member):
    script = "PushManager.prototype.subscribe = async () => { throw new Error('away'); };"
    page = open_as(handler, script=script)
    page.context.grant_permissions(["notifications"])
    page.goto(DEVICES)
    page.get_by_role("button", name=ALLOW).click()
    expect(page.get_by_text("Trình duyệt chưa kết nối được")).to_be_visible()
    assert not PushDevice.objects.exists()
