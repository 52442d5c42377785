import ctypes
from contextlib import suppress
from typing import Any

import uvicorn
from django.core.management.base import BaseCommand, CommandParser

from casemgr.live.limits import MESSAGE_BYTES
from casemgr.settings import environment

M_ARENA_MAX, ARENAS = -8, 2


def share_memory_between_threads() -> None:
    """Every request has a thread for a moment, and glibc keeps an arena for each: the process would grow to twice
    its need (mallopt(3)). Other C libraries have nothing to set."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def uvicorn_options() -> dict[str, Any]:
    """How uvicorn is run, apart from where it listens."""
    return {
        "access_log": False,
        "log_config": None,
        # X-Forwarded-* is read by Django only behind declared proxies, never by the server.
        "proxy_headers": False,
        "server_header": False,
        # Timers in place of two tasks a socket.
        "ws": "websockets-sansio",
        "ws_max_size": MESSAGE_BYTES,
        # Messages are a line long, and a compressor costs each socket more memory than all the rest of it.
        "ws_per_message_deflate": False,
        "timeout_graceful_shutdown": 10,
    }


class Command(BaseCommand):
    help = "Serve the site. Embedded: one process, with the relay inside it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=int(environment.read("PORT")))

    def handle(self, *args: Any, **options: Any) -> None:
        share_memory_between_threads()
        uvicorn.run("casemgr.asgi:application", host=options["host"], port=options["port"], **uvicorn_options())
