"""Open pages of many people, as inbox.js and live.js keep them: a socket each, a cursor, what was told, the count."""

from __future__ import annotations

import asyncio
import json
import random
import threading
import urllib.request
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.assurance.processes import HOST

Row = tuple[int, str, str]  # cursor, kind, case number


class OpenPage:
    """``told``: what it was told since its first cursor; ``doubled``: what it was told again."""

    def __init__(self, person_id: int, cookie: str, port: int) -> None:
        self.person_id, self.cookie, self.port = person_id, cookie, port
        self.cursor: int | None = None
        self.told: set[Row] = set()
        self.doubled: list[Row] = []
        self.unread: int | None = None
        self.hellos = self.refreshes = 0
        self.socket: ClientConnection | None = None
        self._uncounted = False
        self._counting: asyncio.Task[None] | None = None

    async def stay(self) -> None:
        """Open, and open again, until cancelled."""
        while True:
            with suppress(OSError, WebSocketException, TimeoutError):
                await self._once()
            self.socket = None
            await asyncio.sleep(random.uniform(0.1, 1.0))

    async def _once(self) -> None:
        address = f"{HOST}:{self.port}"
        async with connect(
            f"ws://{address}/ws/inbox/", origin=f"http://{address}", additional_headers={"Cookie": self.cookie},
            compression=None, proxy=None, open_timeout=10, close_timeout=1,
        ) as self.socket:  # fmt: skip
            await self.socket.send(json.dumps({"hello": self.cursor}))
            async for said in self.socket:
                await self._take(json.loads(said))

    async def _take(self, message: dict[str, Any]) -> None:
        if message["kind"] == "refresh":
            await self._read_anew(message)
        elif message["kind"] == "hello":
            self.hellos += 1
            for row in message["missed"]:
                self._note(row)
            # Read in the list meanwhile: no row, and yet the cursor stands further on.
            self.cursor = message["cursor"]
            # What is being asked may have been answered before this, and come after it.
            if message["unread"] != self.unread or self._is_counting:
                self._count_soon()
        else:
            self._note(message)
            self._count_soon()

    def _note(self, message: dict[str, Any]) -> None:
        row = (message["cursor"], message["kind"], message.get("case", ""))
        if self.cursor is not None and row[0] <= self.cursor:
            self.doubled.append(row)
        self.cursor = row[0]
        if row[2]:
            self.told.add(row)

    async def _read_anew(self, message: dict[str, Any]) -> None:
        """Too much was missed: the page fetches its lists, and goes on from this cursor."""
        self.refreshes += 1
        rows = await asyncio.to_thread(fresh, self.person_id)
        self.told = {row for row in rows if row[0] <= message["cursor"]}
        self.cursor = message["cursor"]
        self._count_soon()

    @property
    def _is_counting(self) -> bool:
        return self._counting is not None and not self._counting.done()

    def _count_soon(self) -> None:
        """As the bell: what comes while it is asked is asked for once more, and what fails is asked again."""
        self._uncounted = True
        if not self._is_counting:
            self._counting = asyncio.create_task(self._count())

    async def _count(self) -> None:
        while self._uncounted:
            self._uncounted = False
            try:
                self.unread = (await asyncio.to_thread(self._ask))["unread"]
            except (OSError, ValueError):
                self._uncounted = True
                await asyncio.sleep(random.uniform(1, 3))

    def _ask(self) -> dict[str, int]:
        headers = {"Cookie": self.cookie, "X-Forwarded-Proto": "https"}
        address = f"http://{HOST}:{self.port}/backoffice/inbox/state/"
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=10) as answer:
            found: dict[str, int] = json.load(answer)
        return found


def fresh(person_id: int) -> set[Row]:
    """What a page fetched now would list, from the rows themselves."""
    from django.db import close_old_connections

    from notifications.models import Notification

    try:
        rows = Notification.objects.filter(recipient=person_id).values_list("cursor", "kind", "case__number")
        return set(rows)
    finally:
        close_old_connections()


class Pages:
    """All of them, in a loop of a thread of its own."""

    def __init__(self, pages: Iterable[OpenPage]) -> None:
        self.pages = list(pages)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="pages", daemon=True)

    def open(self) -> None:
        self._thread.start()
        for page in self.pages:
            asyncio.run_coroutine_threadsafe(page.stay(), self._loop)

    def drop(self, share: float) -> int:
        """Cut some connections without a word; how many."""
        chosen = [page.socket for page in self.pages if page.socket and random.random() < share]
        for socket in chosen:
            self._loop.call_soon_threadsafe(socket.transport.abort)
        return len(chosen)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _end(self) -> None:
        mine = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not mine]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
