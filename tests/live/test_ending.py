"""The hub's tasks end when they are told to, whatever they wait for: a server that stops waits for them."""

import asyncio

import pytest

from casemgr.live import hub


class Layer:
    """``joining``: what `group_add` waits for. Receiving fails as channels_redis may when it is cancelled."""

    def __init__(self) -> None:
        self.joining: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def group_add(self, group: str, channel: str) -> None:
        await self.joining

    async def receive(self, channel: str) -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            raise AssertionError from None


async def ended(task: asyncio.Task[None]) -> bool:
    task.cancel()
    done, _waiting = await asyncio.wait([task], timeout=1)
    return bool(done) and task.cancelled()


@pytest.mark.parametrize("turns", range(6))
async def test_who_is_told_to_end_at_the_moment_it_has_joined_ends(turns):
    layer, made = Layer(), hub.Hub()
    task = asyncio.create_task(made._stay_joined(layer, "channel"))
    await asyncio.sleep(0.01)
    layer.joining.set_result(None)
    for _ in range(turns):
        await asyncio.sleep(0)
    assert await ended(task)


async def test_who_is_told_to_end_while_it_receives_ends():
    task = asyncio.create_task(hub.Hub()._receive(Layer(), "channel"))
    await asyncio.sleep(0.01)
    assert await ended(task)
