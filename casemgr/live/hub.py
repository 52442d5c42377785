"""The open sockets of this process: who listens to what, one channel for all of them, and their rights, asked together.

A message reaches a socket only past `find_rights`, asked for all sockets it concerns at once. The same question is put
for every open socket each RECHECK_SECONDS; its answer tells too where each inbox stands, so a message the broker lost
is made good then.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import structlog
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings

from casemgr.live import limits
from casemgr.live.rights import Right, find_rights
from casemgr.live.tally import TOPIC as TALLY
from casemgr.live.tally import Tally, worth_telling
from notifications.push import GROUP, publish

if TYPE_CHECKING:
    from casemgr.live.consumers import InboxConsumer as Socket

log = structlog.get_logger(__name__)

REJOIN_SECONDS, RETRY_SECONDS = 2.0, 0.5
CHUNK, CHUNK_PAUSE = 250, 0.02
Sweeper = Callable[[list["Socket"]], Awaitable[None]]
SWEEPERS: list[Sweeper] = []


def on_sweep(function: Sweeper) -> Sweeper:
    """Register ``async function(sockets)``, called with sockets whose rights were just found to hold."""
    SWEEPERS.append(function)
    return function


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class Hub:
    """Made by `current` for the loop it runs in; its tasks live while a socket is open."""

    def __init__(self) -> None:
        self.sockets: set[Socket] = set()
        self.topics: dict[str, set[Socket]] = defaultdict(set)
        self._count: Counter[int] = Counter()
        self._tally = Tally()
        self._entering: dict[Socket, asyncio.Future[int | None]] = {}
        self._asking = 0  # how many wait to be admitted
        self._owed: dict[Socket, list[tuple[str, dict[str, Any]]]] = {}
        self._work = asyncio.Event()
        self._joined = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def enter(self, socket: Socket) -> int | None:
        """Admit the socket by its session, and set its person and right; otherwise the code to close it with."""
        self._asking += 1
        try:
            if not self._tasks:
                await self._begin()
            waiting = self._entering[socket] = asyncio.get_running_loop().create_future()
            self._work.set()
            return await waiting
        finally:
            self._asking -= 1

    def leave(self, socket: Socket) -> None:
        """Forget the socket; the last one ends the hub."""
        self._owed.pop(socket, None)
        for topic in list(socket.topics):
            self.forget(topic, socket)
        if socket in self.sockets:
            self.sockets.remove(socket)
            self._count -= Counter([socket.person_id])
        if not self.sockets and not self._asking:
            self._end()

    def listen(self, topic: str, socket: Socket) -> None:
        if socket in self.sockets:
            self.topics[topic].add(socket)
            socket.topics.add(topic)

    def forget(self, topic: str, socket: Socket) -> None:
        socket.topics.discard(topic)
        self.topics[topic].discard(socket)
        if not self.topics[topic]:
            del self.topics[topic]

    def owe(self, topic: str, message: dict[str, Any]) -> None:
        """Have the message delivered to whoever listens, once their rights were asked."""
        for socket in self.topics.get(topic, ()):
            self._owed.setdefault(socket, []).append((topic, message))
            self._work.set()

    # -- tasks -------------------------------------------------------------------------------------------

    async def _begin(self) -> None:
        layer = get_channel_layer()
        channel = await layer.new_channel(GROUP)
        if self._tasks:
            return  # another socket was quicker
        jobs = (self._stay_joined(layer, channel), self._receive(layer, channel), self._deliver(), self._sweep())
        self._tasks = [asyncio.create_task(job) for job in jobs]
        # Whoever is woken from now on is heard. Without a broker nobody waits: the sweep brings what is missed.
        with suppress(TimeoutError):
            await asyncio.wait_for(self._joined.wait(), limits.CLOSE_SECONDS)

    def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks = []
        loop = asyncio.get_running_loop()
        if _hubs.get(loop) is self:
            del _hubs[loop]

    async def _stay_joined(self, layer: Any, channel: str) -> None:
        """A broker that was restarted knows no groups, and tells nobody so."""
        away = False
        while True:
            try:
                # Not `wait_for`, which before Python 3.12 forgets who is cancelled as the answer comes.
                async with asyncio.timeout(REJOIN_SECONDS):
                    await layer.group_add(GROUP, channel)
                self._joined.set()
                away = False
            except Exception as error:
                if not away:
                    log.warning("no live messages", exc_info=error)
                away = True
            await asyncio.sleep(REJOIN_SECONDS)

    async def _receive(self, layer: Any, channel: str) -> None:
        while True:
            try:
                message = await layer.receive(channel)
            except Exception as error:
                if _is_cancelled():  # channels_redis may fail of it
                    raise asyncio.CancelledError from error
                await asyncio.sleep(RETRY_SECONDS)  # `_stay_joined` says why
                continue
            for topic, item in message["items"]:
                if topic == TALLY:
                    self._tally.hear(item)
                else:
                    self.owe(topic, item)

    async def _deliver(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            entering, self._entering = self._entering, {}
            owed, self._owed = self._owed, {}
            rights = await self._rights([*entering, *owed])
            for socket, waiting in entering.items():
                if not waiting.done():
                    waiting.set_result(self._admit(socket, rights))
            if rights is not None:  # else what is owed comes with a later sweep
                await self._hand_over(owed, rights)

    def _admit(self, socket: Socket, rights: dict[str, Right] | None) -> int | None:
        if rights is None:
            return limits.TRY_LATER
        right = rights.get(socket.session_key)
        if right is None:
            return limits.SIGNED_OUT
        here, most = self._count[right.person_id], settings.LIVE_SOCKETS_PER_PERSON
        if here + self._tally.elsewhere(right.person_id) >= most:
            return limits.TOO_MANY
        socket.person_id, socket.right = right.person_id, right
        self._count[right.person_id] += 1
        self.sockets.add(socket)
        if here + 1 >= worth_telling(most):
            self._tell_tally()
        return None

    def _tell_tally(self) -> None:
        publish([(TALLY, self._tally.say(self._count, settings.LIVE_SOCKETS_PER_PERSON))])

    def _close_excess(self) -> None:
        """The newest of each person who has too many in all processes together."""
        for person, excess in self._tally.to_close(self._count, settings.LIVE_SOCKETS_PER_PERSON).items():
            own = [socket for socket in self.sockets if socket.person_id == person]
            for socket in sorted(own, key=lambda one: one.opened_at, reverse=True)[:excess]:
                socket.end_soon(limits.TOO_MANY)

    async def _hand_over(self, owed: dict[Socket, list[tuple[str, dict[str, Any]]]], rights: dict[str, Right]) -> None:
        """To each socket in its order; to all at once, so that what has to be asked for several is asked together."""
        await asyncio.gather(*(_hand(socket, owed[socket]) for socket in self._still_there(owed, rights)))

    async def _sweep(self) -> None:
        """In chunks, with room between them for messages."""
        while True:
            await asyncio.sleep(limits.RECHECK_SECONDS)
            try:
                self._tell_tally()
                self._close_excess()
            except Exception as error:  # the rights are asked all the same
                log.warning("tally not kept", exc_info=error)
            sockets = list(self.sockets)
            for start in range(0, len(sockets), CHUNK):
                chunk = sockets[start : start + CHUNK]
                rights = await self._rights(chunk)
                if rights is not None:
                    await _each(SWEEPERS, self._still_there(chunk, rights))
                await asyncio.sleep(CHUNK_PAUSE)

    async def _rights(self, sockets: Collection[Socket]) -> dict[str, Right] | None:
        """By session; None when the database is away for a moment."""
        keys = {socket.session_key for socket in sockets if socket.session_key}
        try:
            return await database_sync_to_async(find_rights)(keys) if keys else {}
        except Exception as error:  # whatever it is: a task of the hub that ended here would leave every socket deaf
            log.warning("rights not read", exc_info=error)
            return None

    def _still_there(self, sockets: Iterable[Socket], rights: dict[str, Right]) -> list[Socket]:
        """Those whose right holds; the others are closed."""
        holding = []
        for socket in sockets:
            right = rights.get(socket.session_key)
            if socket not in self.sockets:
                continue
            if right is None or right.person_id != socket.person_id:
                socket.end_soon(limits.SIGNED_OUT)
            else:
                socket.right = right
                holding.append(socket)
        return holding


async def _hand(socket: Socket, owed: list[tuple[str, dict[str, Any]]]) -> None:
    try:
        for topic, message in owed:
            await socket.hear(topic, message)
    except Exception as error:
        log.warning("message not handed over", exc_info=error)


async def _each(sweepers: Iterable[Sweeper], sockets: list[Socket]) -> None:
    for sweeper in sweepers:
        try:
            await sweeper(sockets)
        except Exception as error:
            log.warning("sweep failed", exc_info=error)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def current() -> Hub:
    """The hub of the running loop: one a process, since a server has one loop."""
    loop = asyncio.get_running_loop()
    return _hubs.setdefault(loop, Hub())
