"""A Redis server of our own: 127.0.0.1 only, nothing on disk (it carries live messages only)."""

import shutil
from pathlib import Path

from scripts.services.process import HOST, Service, Unavailable, converse


class Redis(Service):
    name = "redis"
    variable = "REDIS_URL"
    preferred_port = 56379

    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.port}/0"

    def prepare(self) -> None:
        if shutil.which("redis-server") is None:
            raise Unavailable("redis-server is not installed")

    def command(self, port: int) -> list[str | Path]:
        options = {"bind": HOST, "port": str(port), "dir": str(self.folder), "save": "", "appendonly": "no"}
        return ["redis-server", *(word for name, value in options.items() for word in (f"--{name}", value))]

    def ready(self) -> bool:
        return converse(self.port, b"PING\r\n") == b"+PONG\r\n"
