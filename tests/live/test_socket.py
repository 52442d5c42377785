"""Real consumers over the real channel layer, with a real session."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from agencies.models import Membership
from casemgr.live import consumers
from casemgr.live.routing import websocket
from events import clock
from notifications import push
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
ORIGIN = (b"origin", b"http://localhost")


@sync_to_async
def signed_in():
    """A member of SCT and the cookie of a session of theirs."""
    member = factories.member("sct")
    session = SessionStore()
    session[SESSION_KEY] = str(member.person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.person.get_session_auth_hash()
    session.create()
    return member.person, session


def socket(session=None, origin=ORIGIN) -> WebsocketCommunicator:
    headers = [origin] if origin else []
    if session:
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session.session_key}".encode()))
    return WebsocketCommunicator(websocket, "/ws/inbox/", headers=headers)


async def greeted(session) -> WebsocketCommunicator:
    opened = socket(session)
    assert (await opened.connect())[0]
    assert await opened.receive_json_from() == {"kind": "hello"}
    return opened


async def closed_with(opened: WebsocketCommunicator) -> int:
    message = await opened.receive_output(timeout=5)
    assert message["type"] == "websocket.close"
    return message["code"]


async def test_a_message_reaches_its_person_and_says_no_more_than_kind_and_number():
    person, session = await signed_in()
    opened = await greeted(session)
    await sync_to_async(push.wake, thread_sensitive=False)([(person.pk, "case.lodged", "82-AAAAA-BBBBB", True)])
    assert await opened.receive_json_from() == {"kind": "case.lodged", "case": "82-AAAAA-BBBBB", "urgent": True}
    await opened.disconnect()


async def test_another_persons_message_does_not():
    person, session = await signed_in()
    opened = await greeted(session)
    await sync_to_async(push.wake, thread_sensitive=False)([(person.pk + 1, "case.lodged", "82-AAAAA-BBBBB", False)])
    assert await opened.receive_nothing(timeout=0.3)
    await opened.disconnect()


@pytest.mark.parametrize("origin", [(b"origin", b"https://evil.example"), None])
async def test_a_foreign_or_missing_origin_is_refused(origin):
    _person, session = await signed_in()
    assert not (await socket(session, origin).connect())[0]


async def test_nobody_is_closed_at_once():
    opened = socket()
    await opened.connect()
    assert await closed_with(opened) == consumers.SIGNED_OUT


@pytest.mark.parametrize("frame", ["x", '{"type":"inbox.changed"}', "ping" * 200])
async def test_an_unknown_frame_closes(frame):
    _person, session = await signed_in()
    opened = await greeted(session)
    await opened.send_to(text_data=frame)
    assert await closed_with(opened) == consumers.POLICY


async def test_a_binary_frame_closes():
    _person, session = await signed_in()
    opened = await greeted(session)
    await opened.send_to(bytes_data=b"\x00\x01")
    assert await closed_with(opened) == consumers.POLICY


async def test_a_ping_does_not():
    _person, session = await signed_in()
    opened = await greeted(session)
    await opened.send_to(text_data="ping")
    assert await opened.receive_nothing(timeout=0.3)
    await opened.disconnect()


async def _log_out(person, session):
    await sync_to_async(session.delete)()


async def _revoke(person, session):
    await sync_to_async(Membership.objects.filter(person=person).update)(revoked_at=clock.now())


async def _change_password(person, session):
    person.set_password("another-demo-password")
    await person.asave()


@pytest.mark.parametrize("end", [_log_out, _revoke, _change_password])
async def test_a_right_that_ends_closes_the_socket_within_seconds(monkeypatch, end):
    monkeypatch.setattr(consumers, "RECHECK_SECONDS", 0.2)
    person, session = await signed_in()
    opened = await greeted(session)
    await end(person, session)
    assert await asyncio.wait_for(closed_with(opened), 5) == consumers.SIGNED_OUT


async def test_a_right_that_ended_gets_no_message_even_before_the_recheck():
    person, session = await signed_in()
    opened = await greeted(session)
    await _revoke(person, session)
    await sync_to_async(push.wake, thread_sensitive=False)([(person.pk, "case.lodged", "82-AAAAA-BBBBB", True)])
    assert await closed_with(opened) == consumers.SIGNED_OUT


async def test_a_broker_that_is_down_is_passed_over(settings):
    """The row is written already; nobody waits for the broker."""
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": ["redis://127.0.0.1:1"]}}
    }
    await sync_to_async(push.wake, thread_sensitive=False)([(1, "case.lodged", "82-AAAAA-BBBBB", True)])
