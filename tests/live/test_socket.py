"""Real consumers over the real channel layer, with a real session."""

import asyncio
import json

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings

from agencies.models import Membership, Role
from casemgr.live import hub, limits
from casemgr.live.routing import websocket
from events import clock
from events.models import Event
from notifications import push
from notifications.audience import CONCERNS
from notifications.handlers import notify
from notifications.models import Notification
from notifications.services.marking import mark_read
from tests import factories
from tests.live import people
from tests.live.people import SOON

pytestmark = pytest.mark.django_db(transaction=True)
HEADERS = [(b"origin", b"http://localhost"), (b"host", b"localhost")]
signed_in, tell_of = sync_to_async(people.signed_in), sync_to_async(people.tell_of)


@pytest.fixture(autouse=True)
async def _server_loop():
    """As in a server: what other threads send goes through its loop."""
    push.remember_loop(asyncio.get_running_loop())
    yield
    push.remember_loop(None)


@sync_to_async
def notify_all() -> None:
    """As the relay does: write what is told, then wake."""
    notify(list(Event.objects.filter(kind__in=CONCERNS).order_by("pk")))


@sync_to_async
def lodge() -> str:
    return factories.case().number


def socket(session=None, headers=HEADERS) -> WebsocketCommunicator:
    headers = list(headers)
    if session:
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={session.session_key}".encode()))
    return WebsocketCommunicator(websocket, "/ws/inbox/", headers=headers)


async def connected(session) -> WebsocketCommunicator:
    opened = socket(session)
    assert (await opened.connect())[0]
    return opened


async def greeted(session, cursor=None) -> tuple[WebsocketCommunicator, dict]:
    """A socket after its hello, and what it was answered."""
    opened = await connected(session)
    await opened.send_json_to({"hello": cursor})
    return opened, await opened.receive_json_from(timeout=SOON)


async def closed_with(opened: WebsocketCommunicator, timeout: float = SOON) -> int:
    message = await opened.receive_output(timeout=timeout)
    assert message["type"] == "websocket.close", message
    await opened.disconnect()
    return message["code"]


async def test_a_message_reaches_its_person_and_says_no_more_than_kind_number_and_cursor():
    _member, session = await signed_in()
    opened, answer = await greeted(session)
    assert answer == {"kind": "hello", "cursor": 0, "unread": 0, "missed": []}
    number = await lodge()
    await notify_all()
    assert await opened.receive_json_from(timeout=SOON) == {
        "kind": "case.lodged",
        "case": number,
        "cursor": 1,
        "urgent": False,
    }
    await opened.disconnect()


async def test_another_persons_message_does_not():
    await signed_in()
    _other, session = await signed_in("congan")
    opened, _ = await greeted(session)
    await lodge()
    await notify_all()
    assert await opened.receive_nothing(timeout=0.3)
    await opened.disconnect()


async def test_nobody_is_closed_at_once():
    opened = await connected(None)
    assert await closed_with(opened) == limits.SIGNED_OUT


# -- what was missed ------------------------------------------------------------------------------------------


async def test_hello_answers_with_what_was_missed_in_its_order():
    _member, session = await signed_in()
    numbers = await tell_of(3)
    opened, answer = await greeted(session, 1)
    assert (answer["kind"], answer["cursor"], answer["unread"]) == ("hello", 3, 3)
    assert [(row["case"], row["cursor"]) for row in answer["missed"]] == [(numbers[1], 2), (numbers[2], 3)]
    await opened.disconnect()


async def test_a_page_just_loaded_has_missed_nothing():
    _member, session = await signed_in()
    await tell_of(2)
    opened, answer = await greeted(session, None)
    assert answer == {"kind": "hello", "cursor": 2, "unread": 2, "missed": []}
    await opened.disconnect()


async def test_more_than_is_worth_listing_is_fetched_anew(monkeypatch):
    monkeypatch.setattr(limits, "MISSED_MOST", 2)
    _member, session = await signed_in()
    await tell_of(3)
    opened, answer = await greeted(session, 0)
    assert answer == {"kind": "refresh", "cursor": 3, "unread": 3}
    await opened.disconnect()
    opened, answer = await greeted(session, 1)
    assert len(answer["missed"]) == 2
    await opened.disconnect()


async def test_a_cursor_from_the_future_begins_anew():
    _member, session = await signed_in()
    await tell_of(1)
    opened, answer = await greeted(session, 99)
    assert answer == {"kind": "refresh", "cursor": 1, "unread": 1}
    number = await lodge()
    await notify_all()
    assert (await opened.receive_json_from(timeout=SOON))["case"] == number
    await opened.disconnect()


async def test_what_the_broker_lost_comes_with_the_next_sweep_once(monkeypatch):
    monkeypatch.setattr(limits, "RECHECK_SECONDS", 0.3)
    _member, session = await signed_in()
    opened, _ = await greeted(session)
    numbers = await tell_of(2)  # nobody is woken
    assert [(await opened.receive_json_from(timeout=3))["case"] for _ in numbers] == numbers
    await notify_all()  # the relay that died comes again, and wakes
    assert await opened.receive_nothing(timeout=0.7)
    await opened.disconnect()


async def test_messages_that_come_late_or_twice_are_told_once_and_in_order():
    _member, session = await signed_in()
    opened, _ = await greeted(session)
    numbers = await tell_of(3)
    rows = await sync_to_async(lambda: list(Notification.objects.select_related("case").order_by("cursor")))()
    for row in (rows[2], rows[0], rows[2], rows[1]):
        push.wake([row])
        await asyncio.sleep(0.05)
    assert [(await opened.receive_json_from(timeout=SOON))["case"] for _ in numbers] == numbers
    assert await opened.receive_nothing(timeout=0.3)
    await opened.disconnect()


async def test_reading_in_one_tab_wakes_the_others():
    member, session = await signed_in()
    await tell_of(2)
    tabs = [(await greeted(session))[0] for _ in range(2)]
    await sync_to_async(mark_read)(member.person)
    for tab in tabs:
        assert await tab.receive_json_from(timeout=SOON) == {"kind": "read", "cursor": 3}
    again, answer = await greeted(session, 2)
    assert (answer["unread"], answer["cursor"]) == (0, 3)
    for tab in (*tabs, again):
        await tab.disconnect()


async def test_a_message_of_an_agency_one_left_is_not_passed_on():
    """The person stays signed in through another agency."""
    member, session = await signed_in()
    await sync_to_async(factories.member)("hoi", Role.INTAKE, who=member.person)
    opened, _ = await greeted(session)
    await tell_of(1)
    left = Membership.objects.filter(person=member.person, agency=member.agency)
    await left.aupdate(revoked_at=clock.now())
    told = await Notification.objects.select_related("case").aget()
    push.wake([told])
    assert await opened.receive_nothing(timeout=0.3)
    await opened.disconnect()


# -- frames ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame",
    [
        "x", "ping", "[]", "{}", '{"hello": 1, "more": 2}', '{"type": "inbox.changed"}', '{"join": "person.1"}',
        '{"live.messages": []}', '{"hello": -1}', '{"hello": true}', '{"hello": "1"}', '{"hello": 1e3}',
        '{"hello": 99999999999999999999}', '{"hello": {"a": 1}}', "[" * 1000, '{"hello": ' + " " * 2000 + "1}",
    ],
)  # fmt: skip
async def test_a_frame_no_page_sends_closes(frame):
    _member, session = await signed_in()
    opened = await connected(session)
    await opened.send_to(text_data=frame)
    assert await closed_with(opened) == limits.POLICY


async def test_a_binary_frame_closes():
    _member, session = await signed_in()
    opened, _ = await greeted(session)
    await opened.send_to(bytes_data=b"\x00\x01")
    assert await closed_with(opened) == limits.POLICY


async def test_a_second_hello_closes():
    _member, session = await signed_in()
    opened, _ = await greeted(session)
    await opened.send_json_to({"hello": 0})
    assert await closed_with(opened) == limits.POLICY


async def test_who_says_nothing_is_closed(monkeypatch):
    monkeypatch.setattr(limits, "RECHECK_SECONDS", 0.1)
    monkeypatch.setattr(limits, "HELLO_SECONDS", 0.1)
    _member, session = await signed_in()
    opened = await connected(session)
    assert await closed_with(opened) == limits.POLICY


async def test_too_many_frames_close(monkeypatch):
    from casemgr.live import frames

    heard = []

    async def count(socket, value):
        heard.append(value)

    monkeypatch.setitem(frames.FRAMES, "count", frames.Frame("count", lambda value: value, count))
    _member, session = await signed_in()
    opened, _ = await greeted(session)
    for number in range(limits.FRAMES + 5):
        await opened.send_to(text_data=json.dumps({"count": number}))
    assert await closed_with(opened) == limits.POLICY
    assert len(heard) == limits.FRAMES - 1


# -- rights ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", people.RIGHTS_ENDED)
async def test_a_right_that_ends_closes_the_socket_within_seconds(monkeypatch, end):
    monkeypatch.setattr(limits, "RECHECK_SECONDS", 0.2)
    member, session = await signed_in()
    opened, _ = await greeted(session)
    await sync_to_async(end)(member, session)
    assert await closed_with(opened) == limits.SIGNED_OUT


async def test_a_right_that_ended_gets_no_message_even_before_the_recheck():
    member, session = await signed_in()
    opened, _ = await greeted(session)
    await tell_of(1)
    told = await Notification.objects.select_related("case").aget()
    await sync_to_async(people.revoke)(member, session)
    push.wake([told])
    assert await closed_with(opened, timeout=2) == limits.SIGNED_OUT


async def test_a_right_that_ends_just_after_a_sweep_ends_within_five_seconds():
    member, session = await signed_in()
    opened, _ = await greeted(session)
    await asyncio.sleep(limits.RECHECK_SECONDS)
    await sync_to_async(people.log_out)(member, session)
    assert await closed_with(opened, timeout=5) == limits.SIGNED_OUT


async def test_who_lacks_the_second_factor_hears_nothing(settings):
    settings.MFA_REQUIRED_ROLES = frozenset({Role.SUPERVISOR})
    _member, session = await signed_in()
    opened = await connected(session)
    assert await closed_with(opened) == limits.SIGNED_OUT


async def test_one_socket_too_many_is_refused_and_the_others_stay(settings):
    settings.LIVE_SOCKETS_PER_PERSON = 2
    _member, session = await signed_in()
    _other, theirs = await signed_in()
    tabs = [(await greeted(session))[0] for _ in range(2)]
    assert await closed_with(await connected(session)) == limits.TOO_MANY
    other, _ = await greeted(theirs)
    await lodge()
    await notify_all()
    for tab in (*tabs, other):
        assert (await tab.receive_json_from(timeout=SOON))["kind"] == "case.lodged"
    await tabs.pop().disconnect()
    again, answer = await greeted(session)
    assert answer["kind"] == "hello"
    for tab in (*tabs, other, again):
        await tab.disconnect()


async def test_the_hub_ends_with_its_last_socket():
    _member, session = await signed_in()
    opened, _ = await greeted(session)
    here = hub.current()
    assert here.sockets
    assert here.topics
    await opened.disconnect()
    assert not here.sockets
    assert not here.topics
    assert hub.current() is not here


async def test_a_broker_that_is_down_is_passed_over(settings):
    """The row is written already, and the socket opens: what it is not woken for comes with the sweep."""
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": ["redis://127.0.0.1:1"]}}
    }
    _member, session = await signed_in()
    number = await lodge()
    await notify_all()
    opened, answer = await greeted(session, 0)
    assert [row["case"] for row in answer["missed"]] == [number]
    await opened.disconnect()
