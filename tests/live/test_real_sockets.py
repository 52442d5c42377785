"""Everything a socket may do wrong, with real sockets against a real uvicorn: refused, logged without personal data,
and nobody else affected."""

import json
import logging
import socket
import time
import urllib.request
from contextlib import ExitStack, suppress

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from casemgr.live import limits
from events.models import Event
from notifications import push
from notifications.audience import CONCERNS
from notifications.handlers import notify
from notifications.services.marking import mark_read
from tests import factories
from tests.live import people

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TOO_BIG, KEY = 1009, "sessionid"


def hello(connection: ClientConnection, cursor: int | None = None) -> dict:
    connection.send(json.dumps({"hello": cursor}))
    return json.loads(connection.recv(timeout=5))


def code_of(connection: ClientConnection, seconds: float = 6) -> int | None:
    """The code the server closes it with; None where it was cut off before that was read."""
    deadline = time.monotonic() + seconds
    with pytest.raises(ConnectionClosed) as closed:
        while time.monotonic() < deadline:
            connection.recv(timeout=deadline - time.monotonic())
    return closed.value.rcvd.code if closed.value.rcvd else None


def happen() -> str:
    """A case comes in and its people are told, as the relay does; its number."""
    number = factories.case().number
    notify(list(Event.objects.filter(kind__in=CONCERNS).order_by("pk")))
    return number


@pytest.fixture
def bystander(server):
    """Somebody else's page: it must hear of everything, whatever the others do."""
    _member, session = people.signed_in()
    with server.open(session) as connection:
        hello(connection)
        yield connection
        number = happen()
        heard = [json.loads(connection.recv(timeout=5))["case"]]
        while heard[-1] != number:
            heard.append(json.loads(connection.recv(timeout=5))["case"])


@pytest.fixture
def logged(caplog):
    caplog.set_level(logging.WARNING)
    return lambda: "\n".join(str(record.msg) + record.getMessage() for record in caplog.records)


@pytest.mark.parametrize(
    "origin",
    [
        None, "null", "https://evil.example", "http://127.0.0.1:1", "http://127.0.0.1.evil.example", "http://localhost",
        "http://user@127.0.0.1", "javascript://127.0.0.1",
    ],
)  # fmt: skip
def test_a_foreign_or_missing_origin_is_refused(server, bystander, origin, logged):
    _member, session = people.signed_in()
    with pytest.raises(InvalidStatus) as refused:
        server.open(session, origin=origin)
    assert refused.value.response.status_code == 403
    assert "origin" in logged()
    assert session.session_key not in logged()
    assert "evil" not in logged()


def test_an_origin_the_site_trusts_is_not(server, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://khieunai.tinh.example:8443"]
    _member, session = people.signed_in()
    with server.open(session, origin="https://khieunai.tinh.example:8443") as connection:
        assert hello(connection)["kind"] == "hello"


def test_another_host_is_refused(server):
    _member, session = people.signed_in()
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw:
        raw.sendall(
            b"GET /ws/inbox/ HTTP/1.1\r\nHost: evil.example\r\nOrigin: http://evil.example\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            + f"Cookie: {KEY}={session.session_key}\r\n\r\n".encode()
        )
        assert raw.recv(1000).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize("given", [None, "no-such-session"])
def test_whoever_is_not_signed_in_is_closed(server, bystander, given):
    session = None
    if given:
        _member, session = people.signed_in()
        session.delete()
    with server.open(session) as connection:
        assert code_of(connection) == limits.SIGNED_OUT


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ('{"type": "live.messages", "items": []}', limits.POLICY),
        ('{"join": "person.1"}', limits.POLICY),
        ('{"hello": 0, "person": 1}', limits.POLICY),
        ("not JSON", limits.POLICY),
        (b"\x00\xff", limits.POLICY),
        ("x" * (limits.FRAME_BYTES + 1), limits.POLICY),
        ("x" * (limits.MESSAGE_BYTES + 1), TOO_BIG),
        ("x" * 2_000_000, TOO_BIG),
    ],
)
def test_a_frame_no_page_sends_closes(server, bystander, frame, code, logged):
    member, session = people.signed_in()
    with server.open(session) as connection:
        with suppress(ConnectionClosed):
            connection.send(frame)
        # Who is still sending when the server closes may be cut off before reading why.
        cut_off = {None} if len(frame) > limits.MESSAGE_BYTES else set()
        assert code_of(connection) in {code, *cut_off}
    assert member.person.email not in logged()
    assert "person.1" not in logged()


def test_bytes_that_are_no_text_close(server, bystander):
    _member, session = people.signed_in()
    with server.open(session) as connection:
        connection.send(b"\xff\xfe", text=True)
        assert code_of(connection) == 1007


def test_a_flood_of_frames_closes(server, bystander):
    _member, session = people.signed_in()
    with server.open(session) as connection:
        hello(connection)
        with suppress(ConnectionClosed):
            for _ in range(10_000):
                connection.send('{"hello": 0}')
        assert code_of(connection) == limits.POLICY


def test_a_cursor_from_the_future_is_told_to_begin_anew(server, bystander):
    _member, session = people.signed_in()
    happen()
    with server.open(session) as connection:
        answer = hello(connection, 2**53 - 1)
        assert (answer["kind"], answer["cursor"]) == ("refresh", 1)
        number = happen()
        assert json.loads(connection.recv(timeout=5))["case"] == number


def test_500_sockets_of_one_account(server, bystander, settings, logged):
    """The first stay, the others are refused with a code of their own, a page is served meanwhile."""
    _member, session = people.signed_in()
    with ExitStack() as stack:
        opened = [stack.enter_context(server.open(session)) for _ in range(settings.LIVE_SOCKETS_PER_PERSON)]
        for connection in opened:
            hello(connection)
        for number in range(500 - len(opened)):
            with server.open(session) as connection:
                assert code_of(connection) == limits.TOO_MANY
            if number % 100 == 0:
                page = f"http://127.0.0.1:{server.port}/health/live"
                assert urllib.request.urlopen(page, timeout=5).status == 200
        number = happen()
        assert {json.loads(connection.recv(timeout=5))["case"] for connection in opened} == {number}
    assert "too many" in logged()
    assert session.session_key not in logged()


@pytest.mark.parametrize("end", people.RIGHTS_ENDED)
def test_a_right_that_ends_closes_within_five_seconds(server, bystander, end):
    member, session = people.signed_in()
    with server.open(session) as connection:
        hello(connection)
        end(member, session)
        began = time.monotonic()
        assert code_of(connection) == limits.SIGNED_OUT
        assert time.monotonic() - began < 5


def test_who_does_not_read_is_dropped_and_told_what_was_missed(server, bystander, monkeypatch, logged):
    """Nothing is read from the socket: its buffers fill, then the queue; the process keeps no more for it."""
    monkeypatch.setattr(limits, "CLOSE_SECONDS", 0.3)
    member, session = people.signed_in()
    raw = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with server.open(session, sock=raw, max_queue=1, close_timeout=0.1) as connection:
        cursor = hello(connection)["cursor"]
        topic, bulk = push.topic_of(member.person.pk), {"kind": "x" * 8000, "cursor": 0}
        deadline = time.monotonic() + 60
        while "slow" not in logged() and time.monotonic() < deadline:
            # Few at a time: a busy broker takes each within its limit.
            last = [(topic, bulk | {"cursor": cursor + step}) for step in range(1, 20)]
            cursor += len(last)
            push.publish(last)
            time.sleep(0.05)
        assert "slow" in logged()
    number = happen()
    with server.open(session) as again:
        answer = hello(again, 0)
        assert [row["case"] for row in answer["missed"]] == [number]


def test_reading_in_one_tab_wakes_the_other(server):
    member, session = people.signed_in()
    happen()
    with server.open(session) as first, server.open(session) as second:
        assert hello(first)["unread"] == hello(second)["unread"] == 1
        mark_read(member.person)
        assert json.loads(first.recv(timeout=5)) == json.loads(second.recv(timeout=5)) == {"kind": "read", "cursor": 2}
