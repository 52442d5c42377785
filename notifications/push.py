"""Waking open pages. Only immediacy hangs on it: the inbox row is already there."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

log = structlog.get_logger(__name__)
_server_loop: asyncio.AbstractEventLoop | None = None

Wake = tuple[int, str, str, bool]


def group_of(person_id: int) -> str:
    return f"person.{person_id}"


def remember_loop(loop: asyncio.AbstractEventLoop | None) -> None:
    """The server's loop: the in-memory layer's queues belong to it, so other threads send through it."""
    global _server_loop
    _server_loop = loop


def wake(messages: Iterable[Wake]) -> None:
    """Tell each (person id, event kind, case number, urgent) on every page that person has open.

    A broker that is down is logged and passed over.
    """
    sending = _send([*messages])
    try:
        if _server_loop and _server_loop.is_running():
            asyncio.run_coroutine_threadsafe(sending, _server_loop).result(timeout=5)
        else:
            async_to_sync(_run)(sending)
    except Exception as error:
        log.warning("live message not sent", exc_info=error)


async def _run(sending: Coroutine[object, object, None]) -> None:
    await sending


async def _send(messages: list[Wake]) -> None:
    layer = get_channel_layer()
    for person_id, kind, number, urgent in messages:
        message = {"type": "inbox.changed", "kind": kind, "case": number, "urgent": urgent}
        await layer.group_send(group_of(person_id), message)
