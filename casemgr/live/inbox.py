"""The person's inbox on a socket: hello with the last cursor seen, what was missed, then each change, once and in order."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import structlog
from channels.db import database_sync_to_async
from django.db import Error as DatabaseError

from casemgr.live import limits
from casemgr.live.batches import Batch
from casemgr.live.frames import BadFrame, frame
from casemgr.live.hub import Hub, on_sweep
from notifications.push import READ, as_message, topic_of
from notifications.selectors import Missed, Standing, cursor_of, missed, standings

if TYPE_CHECKING:
    from casemgr.live.consumers import InboxConsumer as Socket

log = structlog.get_logger(__name__)

GREATEST = 2**53 - 1  # what a page can count to
Asked = tuple[int, int | None]  # person, cursor


def _clean(value: object) -> int | None:
    """The last cursor the page has seen; None from one that was just loaded."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= GREATEST:
        raise BadFrame("cursor")
    return value


@frame("hello", clean=_clean)
async def greet(socket: Socket, after: int | None) -> None:
    """Answer where the inbox stands and what came after the page's cursor. More than MISSED_MOST, or a cursor from
    the future (a database that was restored): the page reads everything anew."""
    socket.join(topic_of(socket.person_id))  # before reading: what comes meanwhile is noticed
    found, unread = await _greetings(socket).ask((socket.person_id, after))
    socket.cursor = found.cursor
    stands: dict[str, Any] = {"cursor": found.cursor, "unread": unread}
    if found.rows is None:
        socket.send_soon({"kind": "refresh"} | stands)
    else:
        socket.send_soon({"kind": "hello"} | stands | {"missed": [as_message(row) for row in found.rows]})
    if socket.newest > socket.cursor:
        await catch_up([socket])


_batches: WeakKeyDictionary[Hub, Batch[Asked, tuple[Missed, int]]] = WeakKeyDictionary()


def _greetings(socket: Socket) -> Batch[Asked, tuple[Missed, int]]:
    return _batches.setdefault(socket.hub, Batch(_read))


def _read(asked: list[Asked]) -> dict[Asked, tuple[Missed, int]]:
    stands = standings({person for person, _ in asked})
    nothing = Standing()
    return {
        (person, after): (
            missed(person, after, stands.get(person, nothing).cursor, most=limits.MISSED_MOST),
            stands.get(person, nothing).unread,
        )
        for person, after in asked
    }


async def hear(socket: Socket, message: dict[str, Any]) -> None:
    """Pass on what follows the last cursor sent; what was sent is left out, and a gap is read from the database."""
    cursor = message["cursor"]
    socket.newest = max(socket.newest, cursor)
    if socket.cursor is None or cursor <= socket.cursor:
        return
    if cursor > socket.cursor + 1:
        await catch_up([socket])
        return
    socket.cursor = cursor
    agency = message.get("agency")
    if agency is None or agency in socket.right.agencies:
        socket.send_soon({name: value for name, value in message.items() if name != "agency"})


@on_sweep
async def catch_up(sockets: list[Socket]) -> None:
    """Send what the broker lost: to whom the inbox stands further on than what was sent."""
    for socket in sockets:
        if socket.cursor is None or max(socket.newest, socket.right.cursor) <= socket.cursor:
            continue
        try:
            found = await database_sync_to_async(_missed)(socket.person_id, socket.cursor)
        except DatabaseError:
            return  # the next sweep
        _send(socket, found)


def _missed(person_id: int, after: int) -> Missed:
    return missed(person_id, after, cursor_of(person_id), most=limits.MISSED_MOST)


def _send(socket: Socket, found: Missed) -> None:
    """The socket may have moved on while the database was read."""
    if socket.cursor is None or found.cursor <= socket.cursor:
        return
    if found.rows is None:
        socket.send_soon({"kind": "refresh", "cursor": found.cursor})
    else:
        told = [as_message(row) for row in found.rows if row.cursor > socket.cursor]
        for message in told:
            socket.send_soon(message)
        if told[-1]["cursor"] < found.cursor if told else found.read:
            socket.send_soon({"kind": READ, "cursor": found.cursor})
    socket.cursor = found.cursor


@on_sweep
async def expect_hello(sockets: list[Socket]) -> None:
    """A socket that says nothing holds a place for nothing."""
    late = time.monotonic() - limits.HELLO_SECONDS
    for socket in sockets:
        if socket.cursor is None and socket.opened_at < late:
            log.warning("socket refused", reason="no hello")
            socket.end_soon(limits.POLICY)
