from typing import Any

import uvicorn
from django.core.management.base import BaseCommand, CommandParser

from casemgr.settings import environment


class Command(BaseCommand):
    help = "Serve the site. Embedded: one process, with the relay inside it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=int(environment.read("PORT")))

    def handle(self, *args: Any, **options: Any) -> None:
        uvicorn.run(
            "casemgr.asgi:application",
            host=options["host"],
            port=options["port"],
            access_log=False,
            log_config=None,
            # X-Forwarded-* is read by Django only behind declared proxies, never by the server.
            proxy_headers=False,
            server_header=False,
            ws_max_size=64 * 1024,
            timeout_graceful_shutdown=10,
        )
