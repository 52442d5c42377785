"""The socket of one page: it says that something changed; the page fetches what through normal permissions."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import Error as DatabaseError

from casemgr.live import hub, limits
from casemgr.live.frames import HEARERS, BadFrame, parse
from casemgr.live.rights import Right
from notifications.push import topic_of

log = structlog.get_logger(__name__)


class InboxConsumer(AsyncWebsocketConsumer):
    """One socket per page. The first frame is hello (`casemgr.live.inbox`); `casemgr.live.frames` knows the others.

    ``cursor``: the last one sent (None before hello); ``newest``: the greatest one heard of.
    """

    channel_layer_alias = None  # the hub has the one channel of this process
    person_id: int
    right: Right

    def __init__(self) -> None:
        super().__init__()
        self.key = secrets.token_hex(8)
        self.session_key = ""
        self.cursor: int | None = None
        self.newest = 0
        self.topics: set[str] = set()
        self.opened_at = time.monotonic()
        self.ended = False
        self._allowance, self._counted_at = float(limits.FRAMES), self.opened_at
        self._waiting: deque[str] = deque()
        self._writer: asyncio.Task[None] | None = None
        self._leaving: list[Callable[[], Awaitable[None]]] = []

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        self._running = asyncio.current_task()
        try:
            await super().__call__(scope, receive, send)
        except asyncio.CancelledError:
            if not self.ended:
                raise
        finally:
            await self._clean_up()

    async def dispatch(self, message: dict[str, Any]) -> None:
        # Without channels' look at the database connections before each message: a socket holds none.
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def connect(self) -> None:
        self.session_key = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME, "")
        await self.accept()  # a page can read why it was closed only of a socket that was open
        self.hub = hub.current()
        if code := await self.hub.enter(self):
            if code != limits.SIGNED_OUT:
                log.warning("socket refused", reason="too many" if code == limits.TOO_MANY else "database")
            await self.end(code)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        if self.ended:
            return
        try:
            self._count_frame()
            kind, value = parse(text_data)
            if (kind.name == "hello") != (self.cursor is None):
                raise BadFrame("hello comes first, and once")
            await kind.handle(self, value)
        except BadFrame as reason:
            await self.refuse(str(reason))
        except DatabaseError as error:
            log.warning("socket put off", exc_info=error)
            await self.end(limits.TRY_LATER)

    async def disconnect(self, code: int) -> None:
        await self._clean_up()

    # -- for the kinds of frame --------------------------------------------------------------------------

    def send_soon(self, message: dict[str, Any]) -> None:
        """Send without waiting for the reader. One that lets WAITING_MESSAGES pile up is dropped; it comes back with
        its cursor and is told what it missed."""
        if self.ended:
            return
        if len(self._waiting) >= limits.WAITING_MESSAGES:
            log.warning("socket dropped", reason="slow")
            self.end_soon(limits.SLOW)
            return
        self._waiting.append(json.dumps(message, separators=(",", ":")))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())

    def join(self, topic: str) -> None:
        self.hub.listen(topic, self)

    def leave(self, topic: str) -> None:
        self.hub.forget(topic, self)

    def on_leave(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Have it awaited, once, when the socket is gone."""
        self._leaving.append(callback)

    async def refuse(self, reason: str) -> None:
        """Close for a frame that no page of ours sends; ``reason`` is a word of ours."""
        log.warning("socket refused", reason=reason)
        await self.end(limits.POLICY)

    async def hear(self, topic: str, message: dict[str, Any]) -> None:
        """What the hub hands over, the right just asked."""
        from casemgr.live import inbox

        if topic == topic_of(self.person_id):
            await inbox.hear(self, message)
        else:
            await HEARERS[topic.partition(".")[0]](self, message)

    # -- ending ------------------------------------------------------------------------------------------

    def end_soon(self, code: int) -> None:
        if not self.ended:
            self._ending = asyncio.create_task(self.end(code))

    async def end(self, code: int) -> None:
        """Close with the code; whoever does not even read that is cut off."""
        if self.ended:
            return
        self.ended = True
        self.hub.leave(self)
        self._waiting.clear()
        try:
            await asyncio.wait_for(self.close(code), limits.CLOSE_SECONDS)
        except Exception:
            if self._running:
                self._running.cancel()

    async def _write(self) -> None:
        try:
            while self._waiting:
                await self.send(text_data=self._waiting.popleft())
        except Exception:
            self._waiting.clear()  # gone: the disconnect follows
        finally:
            self._writer = None

    async def _clean_up(self) -> None:
        self.ended = True
        if "hub" in self.__dict__:
            self.hub.leave(self)
        if self._writer:
            self._writer.cancel()
        leaving, self._leaving = self._leaving, []
        for callback in leaving:
            with suppress(Exception):
                await callback()

    def _count_frame(self) -> None:
        """FRAMES at once, and as many in each FRAMES_SECONDS. Raises BadFrame."""
        now = time.monotonic()
        refill = (now - self._counted_at) * limits.FRAMES / limits.FRAMES_SECONDS
        self._allowance, self._counted_at = min(self._allowance + refill, limits.FRAMES) - 1, now
        if self._allowance < 0:
            raise BadFrame("too many frames")
