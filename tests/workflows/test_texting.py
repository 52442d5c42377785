"""Short messages: the gateway over HTTP against a real server, and nothing of a number in any log."""

import json
import logging
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core.exceptions import ImproperlyConfigured

from events.models import OutgoingMessage
from events.services.sending import Outgoing, stable_id
from tests import factories
from tests.factories import business
from workflows import texting
from workflows.texting import ConsoleTextMessages, GatewayAway, HttpTextMessages, is_configured, send_text

pytestmark = pytest.mark.django_db
NUMBER = "+84912345678"


class Gateway(BaseHTTPRequestHandler):
    """Keeps what it was sent; answers as the test says."""

    taken: list
    answer = 200

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.append((self.path, dict(self.headers), json.loads(body)))
        if self.answer == 0:
            time.sleep(3)
        self.send_response(self.answer or 200)
        if self.answer == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def gateway(settings):
    handler = type("OwnGateway", (Gateway,), {"taken": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    settings.SMS_URL = f"http://127.0.0.1:{server.server_port}/v1/sms?brand=CASEMGR"
    settings.SMS_TOKEN = "token-of-the-gateway"
    yield handler
    server.shutdown()
    server.server_close()


def outgoing(key="1", number=NUMBER, text="Mã của bạn: 123456") -> Outgoing:
    return Outgoing("probe", "contact:1", stable_id("tests", key), number, text)


def test_it_posts_what_the_settings_name(gateway, settings):
    settings.SMS_FIELDS = '{"phone": "{to}", "content": "[SCT] {text}", "requestId": "{id}", "brandname": "SCT"}'
    assert send_text(outgoing(text="Mã {to} là 123")) == "sent"
    ((path, headers, body),) = gateway.taken
    reference = stable_id("tests", "1").strip("<>")
    assert path == "/v1/sms?brand=CASEMGR"
    assert body == {"phone": NUMBER, "content": "[SCT] Mã {to} là 123", "requestId": reference, "brandname": "SCT"}
    assert headers["Authorization"] == "Bearer token-of-the-gateway"
    assert headers["Idempotency-Key"] == reference
    assert headers["Content-Type"] == "application/json"


def test_it_is_sent_once(gateway):
    send_text(outgoing())
    send_text(outgoing())
    assert len(gateway.taken) == 1
    OutgoingMessage.objects.update(status="queued")
    send_text(outgoing())
    assert gateway.taken[0][2] == gateway.taken[1][2], "a repeat carries the same id"


@pytest.mark.parametrize("status", [302, 401, 403, 408, 429, 500, 503])
def test_what_may_go_better_is_tried_again(gateway, status):
    gateway.answer = status
    with pytest.raises(GatewayAway):
        send_text(outgoing())
    assert OutgoingMessage.objects.get().status == "queued"
    assert [path for path, _headers, _body in gateway.taken] == ["/v1/sms?brand=CASEMGR"], (
        "a redirection is not followed"
    )


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_refusal_for_good_is_kept(gateway, status):
    gateway.answer = status
    assert send_text(outgoing()) == "refused"
    row = OutgoingMessage.objects.get()
    assert (row.why, row.code) == ("server", str(status))


def test_a_gateway_that_does_not_answer_is_given_up(gateway, monkeypatch):
    monkeypatch.setattr(texting, "TIMEOUT_SECONDS", 0.3)
    gateway.answer = 0
    began = time.monotonic()
    with pytest.raises(OSError, match="timed out"):
        send_text(outgoing())
    assert time.monotonic() - began < 2


def test_one_that_is_away_is_tried_again(settings):
    settings.SMS_URL = "http://127.0.0.1:9/"
    with pytest.raises(OSError, match="refused"):
        send_text(outgoing())


@pytest.mark.parametrize("number", ["", "0912345678", "+84912345678\r\nX: 1", "+0", "abc"])
def test_what_is_no_number_goes_nowhere(gateway, number):
    assert send_text(outgoing(number=number)) == "refused"
    assert gateway.taken == []


@pytest.mark.parametrize("status", [200, 400, 500])
def test_no_number_and_no_text_is_logged(gateway, status, caplog, capsys):
    gateway.answer = status
    caplog.set_level(logging.DEBUG)
    from events.models import Delivery
    from events.relay import Relay

    phone = business.contact(channel="phone", value=NUMBER)
    sent = business.sent_link(factories.case(), factories.member("sct"), contact=phone)
    Relay(["mail"]).run_until_idle()
    assert gateway.taken
    out = capsys.readouterr()
    errors = " ".join(Delivery.objects.values_list("last_error", flat=True))
    kept = repr(list(OutgoingMessage.objects.values()))
    for place in (caplog.text, out.out, out.err, errors, kept):
        for secret in (NUMBER, "912345678", sent.code, "token-of-the-gateway"):
            assert secret not in place


@pytest.mark.parametrize(
    "url", ["http://sms.example/v1", "ftp://sms.example", "sms.example", "https://", "http://127.0.0.1.evil.example/"]
)
def test_an_address_without_tls_is_refused(settings, url):
    settings.SMS_URL = url
    with pytest.raises(ImproperlyConfigured):
        HttpTextMessages()


@pytest.mark.parametrize("fields", ["", "[]", '{"to": 1}', '{"to": "{to}"}', '{"text": "{text}"}'])
def test_fields_that_say_nothing_are_refused(settings, fields):
    settings.SMS_URL, settings.SMS_FIELDS = "https://sms.example/", fields
    with pytest.raises(ImproperlyConfigured):
        HttpTextMessages()


def test_codes_are_printed_in_a_demo_only(settings, capsys):
    settings.SMS_URL, settings.DEBUG, settings.PROFILE = "console:", False, "production"
    with pytest.raises(ImproperlyConfigured):
        ConsoleTextMessages().send(NUMBER, "123456", "x")
    assert capsys.readouterr().out == ""
    settings.DEBUG = True
    ConsoleTextMessages().send(NUMBER, "123456", "x")
    assert "123456" in capsys.readouterr().out


def test_without_a_provider_no_short_message_is_offered(settings):
    settings.SMS_URL = ""
    assert not is_configured()
    with pytest.raises(ImproperlyConfigured):
        send_text(outgoing())
