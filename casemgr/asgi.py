"""HTTP, sockets, and in the embedded profile the relay, in one process."""

import asyncio
import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casemgr.settings.embedded")

from django.core.asgi import get_asgi_application

http = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402
from django.conf import settings  # noqa: E402

from casemgr.live.routing import websocket  # noqa: E402
from events.relay import Relay  # noqa: E402
from notifications.push import remember_loop  # noqa: E402


async def lifespan(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Start and stop the embedded relay with the server, so that nothing is left half-claimed."""
    relay = Relay() if settings.PROFILE == "embedded" else None
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            remember_loop(asyncio.get_running_loop())
            if relay:
                relay.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            if relay:
                await asyncio.to_thread(relay.stop)
            await send({"type": "lifespan.shutdown.complete"})
            return


application = ProtocolTypeRouter({"http": http, "websocket": websocket, "lifespan": lifespan})
