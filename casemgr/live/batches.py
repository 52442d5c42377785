"""Questions to the database put together: when a server comes back, thousands of pages ask the same at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from channels.db import database_sync_to_async

MOST = 250
Key = TypeVar("Key")
Answer = TypeVar("Answer")


class Batch(Generic[Key, Answer]):
    """``read(keys)`` is called in the database's thread with what was asked while it answered the last time."""

    def __init__(self, read: Callable[[list[Key]], Mapping[Key, Answer]]) -> None:
        self._read = read
        self._asked: dict[Key, asyncio.Future[Answer]] = {}
        self._task: asyncio.Task[None] | None = None

    async def ask(self, key: Key) -> Answer:
        """Raises what ``read`` raises."""
        if key not in self._asked:
            self._asked[key] = asyncio.get_running_loop().create_future()
        answer = self._asked[key]
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        return await asyncio.shield(answer)

    async def _work(self) -> None:
        try:
            while self._asked:
                some = dict(list(self._asked.items())[:MOST])
                for key in some:
                    del self._asked[key]
                await self._answer(some)
        finally:
            self._task = None

    async def _answer(self, some: dict[Key, asyncio.Future[Answer]]) -> None:
        try:
            found = await database_sync_to_async(self._read)(list(some))
        except Exception as error:
            for answer in some.values():
                answer.set_exception(error)
            return
        for key, answer in some.items():
            answer.set_result(found[key])
