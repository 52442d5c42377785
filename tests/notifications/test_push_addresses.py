"""Where push messages go, and where none does."""

import socket

import pytest

from notifications import push_addresses, web_push
from notifications.models import PushDevice
from notifications.web_push import MessageRefused, PushServiceAway, SubscriptionGone
from tests.notifications.test_web_push import browser, deliver, officer, supplemented

pytestmark = pytest.mark.django_db
__all__ = ["browser", "officer"]


def refused_by_rule(url):
    with pytest.raises(push_addresses.AddressRefused):
        push_addresses.read_endpoint(url)
    return True


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
