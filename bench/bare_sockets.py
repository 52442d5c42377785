"""The channel layer by itself: a socket each that joins a group and passes on what comes. Run by bench_sockets."""

from __future__ import annotations

import asyncio
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casemgr.settings.production")

import django

django.setup()

from django.conf import settings  # noqa: E402

settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"][0]["max_connections"] = 5000  # its own default is without end

from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402
from channels.layers import get_channel_layer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402


class BareConsumer(AsyncJsonWebsocketConsumer):
    """Joins the groups of its person and of its twenty."""

    async def connect(self) -> None:
        number = int(self.scope["url_route"]["kwargs"]["number"])
        self.groups_of = [f"bare.person.{number}", f"bare.event.{number // 20}"]
        await self.accept()
        for group in self.groups_of:
            await self.channel_layer.group_add(group, self.channel_name)
        await self.send_json({"kind": "hello"})

    async def disconnect(self, code: int) -> None:
        for group in self.groups_of:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def bare_message(self, event: dict[str, object]) -> None:
        await self.send_json({"at": event["at"]})


application = ProtocolTypeRouter({"websocket": URLRouter([path("ws/bare/<int:number>/", BareConsumer.as_asgi())])})


async def send(rate: int, seconds: int, groups: int, fan_out: int, *, by_person: bool) -> None:
    """At the rate: to the twenty of an event by one group of theirs, or by the group of each person."""
    layer, began, sending = get_channel_layer(), time.monotonic(), set()
    for number in range(rate * seconds):
        await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        task = asyncio.create_task(_event(layer, number % groups, fan_out, by_person=by_person))
        sending.add(task)
        task.add_done_callback(sending.discard)
    await asyncio.gather(*sending)


async def _event(layer: object, group: int, fan_out: int, *, by_person: bool) -> None:
    message = {"type": "bare.message", "at": time.monotonic()}
    names = [f"bare.person.{group * fan_out + one}" for one in range(fan_out)] if by_person else [f"bare.event.{group}"]
    for name in names:
        await layer.group_send(name, message)  # type: ignore[attr-defined]


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:5]]
    asyncio.run(send(*given, by_person=sys.argv[5] == "person"))
