"""Who else has a case open, and who is writing there.

Nothing is stored: each page says every few seconds that it is still there, over the case's topic, and each socket keeps what
it heard from the others for EXPIRES_SECONDS. Ids go through the broker, names are read for each page by what it may see.
Without a broker nobody is seen to be there, and everything else goes on.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError

from casemgr.live.hub import on_sweep
from casemgr.live.sight import Watch, here
from notifications.push import publish

if TYPE_CHECKING:
    from casemgr.live.consumers import InboxConsumer as Socket

VIEWING, LEFT, PRESENCE = "viewing", "left", "presence"
# With the page's own rhythm of 10 s (case-live.js) and the sweep's, whoever is gone without a word is so within 30 s.
EXPIRES_SECONDS = 25.0
MOST = 50


@dataclass
class _Other:
    person_id: int
    agency_id: int
    typing: bool
    heard_at: float


@dataclass
class _View:
    """What a socket knows of the other pages on its case, by their key; ``said_at``: when its own page last spoke."""

    watch: Watch
    said_at: float
    typing: bool = False
    others: dict[str, _Other] = field(default_factory=dict)
    shown: set[tuple[int, int, bool]] = field(default_factory=set)
    told: list[dict[str, str | bool]] = field(default_factory=list)


_views: WeakKeyDictionary[Socket, _View] = WeakKeyDictionary()


def stay(socket: Socket, watch: Watch, *, typing: bool) -> None:
    """Its page is being looked at. The first time the others are asked to say the same."""
    is_new = socket not in _views
    view = _views.setdefault(socket, _View(watch, 0))
    view.said_at, view.typing = time.monotonic(), typing
    _say(socket, view, ask=is_new)


def leave(socket: Socket) -> None:
    if view := _views.pop(socket, None):
        publish([(view.watch.topic, {"kind": LEFT, "page": socket.key})])


def _say(socket: Socket, view: _View, *, ask: bool = False) -> None:
    watch = view.watch
    message = {"kind": VIEWING, "page": socket.key, "person": watch.person_id, "agency": watch.agency_id}
    publish([(watch.topic, message | {"typing": view.typing, "ask": ask})])


async def hear(socket: Socket, message: dict[str, Any]) -> None:
    view = _views.get(socket)
    if view is None or message["page"] == socket.key:
        return
    if message["kind"] == LEFT:
        view.others.pop(message["page"], None)
    elif message["page"] in view.others or len(view.others) < MOST:
        view.others[message["page"]] = _Other(message["person"], message["agency"], message["typing"], time.monotonic())
    if message.get("ask") and view.said_at > time.monotonic() - EXPIRES_SECONDS:
        _say(socket, view)
    await _show(socket, view)


async def _show(socket: Socket, view: _View) -> None:
    """Tell the page when what it would read has changed."""
    others = {(one.person_id, one.agency_id, one.typing) for one in view.others.values()}
    if others == view.shown:
        return
    view.shown = others
    try:
        told = await database_sync_to_async(here)(view.watch, others) if others else []
    except DatabaseError:
        view.shown = set()
        return  # their next word
    if told is not None and told != view.told and _views.get(socket) is view:
        view.told = told
        socket.send_soon({"kind": PRESENCE, "case": view.watch.number, "here": told})


@on_sweep
async def expire(sockets: list[Socket]) -> None:
    late = time.monotonic() - EXPIRES_SECONDS
    for socket in sockets:
        view = _views.get(socket)
        if view is None:
            continue
        silent = [key for key, one in view.others.items() if one.heard_at < late]
        for key in silent:
            del view.others[key]
        if silent:
            await _show(socket, view)
