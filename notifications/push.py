"""Waking open pages. Only immediacy hangs on it: the row is already there, and every open socket looks for what it
missed each few seconds (`casemgr.live`).

All server processes belong to one group and each has one channel: it knows itself which of its sockets a topic
concerns. So nothing of a person or a socket lies in the broker, and a broker that was restarted is joined again by
each process once rather than by each socket.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from functools import lru_cache
from typing import Any

import structlog
from channels.layers import get_channel_layer

from notifications.models import Notification

log = structlog.get_logger(__name__)
_server_loop: asyncio.AbstractEventLoop | None = None

GROUP = "live"
READ = "read"
ITEMS_MOST = 200
SEND_SECONDS = 5.0

Message = tuple[str, dict[str, Any]]


def topic_of(person_id: int) -> str:
    return f"person.{person_id}"


def remember_loop(loop: asyncio.AbstractEventLoop | None) -> None:
    """The server's loop: the in-memory layer's queues belong to it, so other threads send through it."""
    global _server_loop
    _server_loop = loop


def wake(rows: Iterable[Notification]) -> None:
    """Tell each row (with its case) on every page its person has open."""
    publish((topic_of(row.recipient_id), as_message(row) | {"agency": row.agency_id}) for row in rows)


def wake_read(person_id: int, cursor: int) -> None:
    """The person read something in one page: the others count anew."""
    publish([(topic_of(person_id), {"kind": READ, "cursor": cursor})])


def as_message(row: Notification) -> dict[str, Any]:
    """What a page is told of a row: kind, case number (empty: of no case), cursor, and whether it is urgent."""
    return {"kind": row.kind, "case": row.case.number if row.case else "", "cursor": row.cursor, "urgent": row.urgent}


def publish(messages: Iterable[Message]) -> None:
    """Send each (topic, message) to the sockets that listen to the topic, in whichever process they are.

    Returns at once: nobody waits for the broker. One that is down is logged and passed over.
    """
    if items := list(messages):
        asyncio.run_coroutine_threadsafe(send(items), _loop()).add_done_callback(_report)


async def send(items: Sequence[Message]) -> None:
    """As `publish`, in the loop one is in; raises what the broker's absence raises."""
    layer = get_channel_layer()
    for start in range(0, len(items), ITEMS_MOST):
        some = [list(item) for item in items[start : start + ITEMS_MOST]]
        message = {"type": "live.messages", "items": some}
        await asyncio.wait_for(layer.group_send(GROUP, message), SEND_SECONDS)


def _report(sending: Future[None]) -> None:
    if not sending.cancelled() and (error := sending.exception()):
        log.warning("live message not sent", exc_info=error)


def _loop() -> asyncio.AbstractEventLoop:
    if _server_loop and _server_loop.is_running():
        return _server_loop
    return _own_loop()


@lru_cache(maxsize=1)
def _own_loop() -> asyncio.AbstractEventLoop:
    """Of a process that serves no pages, such as a relay: one loop for its life, so that it keeps its connections."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="live", daemon=True).start()
    return loop
