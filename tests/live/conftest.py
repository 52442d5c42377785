"""`server`: a real uvicorn, set up as `manage.py serve` does, on a port of its own and the test's database."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import uvicorn
from channels.layers import channel_layers
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from websockets.sync.client import ClientConnection, connect

from casemgr.management.commands.serve import uvicorn_options
from notifications import push


@pytest.fixture(autouse=True)
def _own_channel_layer() -> None:
    """A server has one loop for its life; here each test has its own, and a layer keeps locks of the loop that ended."""
    channel_layers.backends.clear()


@dataclass(frozen=True)
class Server:
    port: int

    def open(self, session: SessionStore | None, *, origin: str | None = "", **options: object) -> ClientConnection:
        """A socket with the session's cookie, from our own pages unless told otherwise. Raises what the handshake does."""
        headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"} if session else {}
        origin = f"http://127.0.0.1:{self.port}" if origin == "" else origin
        return connect(
            f"ws://127.0.0.1:{self.port}/ws/inbox/", origin=origin, additional_headers=headers,
            compression=None, proxy=None, open_timeout=10, **options,
        )  # fmt: skip


class _Remembered:
    """The application with the part of its lifespan that sockets need; no relay beside the test."""

    async def __call__(self, scope, receive, send):
        from casemgr.asgi import application

        if scope["type"] != "lifespan":
            await application(scope, receive, send)
            return
        await receive()
        push.remember_loop(asyncio.get_running_loop())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        push.remember_loop(None)
        await send({"type": "lifespan.shutdown.complete"})


@pytest.fixture
def server(transactional_db) -> Iterator[Server]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(256)
        options = uvicorn_options() | {"timeout_graceful_shutdown": 2}
        made = uvicorn.Server(uvicorn.Config(_Remembered(), lifespan="on", **options))
        thread = threading.Thread(target=made.run, kwargs={"sockets": [listener]}, name="uvicorn", daemon=True)
        thread.start()
        deadline = time.monotonic() + 20
        while not made.started and time.monotonic() < deadline:
            time.sleep(0.02)
        assert made.started
        yield Server(listener.getsockname()[1])
        made.should_exit = True
        thread.join(20)
        assert not thread.is_alive()
