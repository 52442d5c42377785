"""Pages that look at a case or at a list without being concerned by it: told that it changed, as long as they may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, WeakSet

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError

from casemgr.live import presence
from casemgr.live.batches import Batch
from casemgr.live.frames import BadFrame, frame, hears
from casemgr.live.hub import Hub, on_sweep
from casemgr.live.sight import Watch, find_watch, still_seen
from notifications.watching import CHANGED, ONLY

if TYPE_CHECKING:
    from casemgr.live.consumers import InboxConsumer as Socket

GONE = "case-gone"
LONGEST = {"agency": 40, "case": 20}
_watches: WeakKeyDictionary[Socket, Watch] = WeakKeyDictionary()
_leaving: WeakSet[Socket] = WeakSet()
_batches: WeakKeyDictionary[Hub, Batch[Watch, bool]] = WeakKeyDictionary()


def _clean(value: Any) -> tuple[str, str]:
    """``{"agency": code, "case": number}``, or without a case the agency's lists; (code, number or "")."""
    if not isinstance(value, dict) or "agency" not in value or value.keys() - LONGEST.keys():
        raise BadFrame("watch")
    if any(not isinstance(value.get(name, ""), str) or len(value.get(name, "")) > n for name, n in LONGEST.items()):
        raise BadFrame("watch")
    return value["agency"].replace("\x00", ""), value.get("case", "").replace("\x00", "").upper()


@frame("watch", clean=_clean)
async def watch(socket: Socket, asked: tuple[str, str]) -> None:
    """Watch this in place of what was watched before. What may not be seen is answered as gone."""
    stop(socket)
    found = await database_sync_to_async(find_watch)(socket.person_id, *asked)
    if found is None:
        socket.send_soon({"kind": GONE, "case": asked[1]})
        return
    _watches[socket] = found
    socket.join(found.topic)
    if socket not in _leaving:
        _leaving.add(socket)
        socket.on_leave(lambda: _gone(socket))


async def _gone(socket: Socket) -> None:
    stop(socket)


def _clean_here(value: Any) -> bool:
    """Whether the person is writing."""
    if not isinstance(value, bool):
        raise BadFrame("here")
    return value


@frame("here", clean=_clean_here)
async def here(socket: Socket, typing: bool) -> None:
    """The page is being looked at; means nothing on a list, or where the case was lost a moment ago."""
    if (watched := _watches.get(socket)) and watched.case_id is not None:
        presence.stay(socket, watched, typing=typing)


def stop(socket: Socket) -> None:
    if watched := _watches.pop(socket, None):
        presence.leave(socket)
        socket.leave(watched.topic)


@hears("case", "desk")
async def hear(socket: Socket, message: dict[str, Any]) -> None:
    """Asked again at each message, right before it is passed on."""
    watched = _watches.get(socket)
    if watched is None:
        return
    if message["kind"] != CHANGED:
        await presence.hear(socket, message)
        return
    if message[ONLY] is not None and watched.agency_id not in message[ONLY]:
        return
    if await _sights(socket).ask(watched):
        socket.send_soon({"kind": CHANGED, "case": message["case"]})
    else:
        lose(socket, watched)


def lose(socket: Socket, watched: Watch) -> None:
    """The person may not see it any more: the page is told, once, and hears nothing further."""
    stop(socket)
    socket.send_soon({"kind": GONE, "case": watched.number})


@on_sweep
async def recheck(sockets: list[Socket]) -> None:
    watched = {socket: found for socket in sockets if (found := _watches.get(socket))}
    if not watched:
        return
    try:
        holding = await database_sync_to_async(still_seen)(set(watched.values()))
    except DatabaseError:
        return  # the next sweep
    for socket, found in watched.items():
        if found not in holding and _watches.get(socket) == found:
            lose(socket, found)


def _sights(socket: Socket) -> Batch[Watch, bool]:
    return _batches.setdefault(socket.hub, Batch(_read))


def _read(asked: list[Watch]) -> dict[Watch, bool]:
    seen = still_seen(asked)
    return {watch: watch in seen for watch in asked}
