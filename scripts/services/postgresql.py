"""A PostgreSQL cluster of our own from Debian's package: 127.0.0.1 only, fsync on, as an ordinary user."""

import os
import re
import shutil
import signal
from pathlib import Path

from scripts.console import run
from scripts.services.process import HOST, Service, Unavailable, as_ordinary_user

SYSTEM_USER = "postgres"
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "log_min_messages": "warning",
}


class PostgreSQL(Service):
    name = "postgresql"
    variable = "DATABASE_URL"
    preferred_port = 55432
    stop_signal = signal.SIGINT  # fast shutdown: ends sessions, writes a checkpoint

    @property
    def url(self) -> str:
        return f"postgresql://casemgr@{HOST}:{self.port}/casemgr"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def prepare(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        prefix = as_ordinary_user(SYSTEM_USER)
        if prefix:
            shutil.chown(self.data, SYSTEM_USER, SYSTEM_USER)
        options = ["--username=casemgr", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        made = run([*prefix, self._program("initdb"), *options, "-D", self.data], cwd=Path("/"), may_fail=True)
        if made.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise Unavailable(f"initdb failed: {made.stdout.strip()}")

    def command(self, port: int) -> list[str | Path]:
        settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        prefix = as_ordinary_user(SYSTEM_USER)
        return [*prefix, self._program("postgres"), "-D", self.data, "-p", str(port), *settings]

    def ready(self) -> bool:
        """Ready is: the database named in the URL is there (made at the first start)."""
        reach = [f"--host={HOST}", f"--port={self.port}", "--username=casemgr"]
        if run([self._program("pg_isready"), "-q", *reach], may_fail=True).returncode:
            return False
        made = run([self._program("createdb"), *reach, "casemgr"], may_fail=True)
        return made.returncode == 0 or "already exists" in made.stdout

    @staticmethod
    def _program(name: str) -> str:
        installed = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
        newest = max(installed, key=_major, default=None)
        found = str(newest) if newest else shutil.which(name)
        if found is None or not os.access(found, os.X_OK):
            raise Unavailable(f"{name} is not installed (Debian's postgresql)")
        return found


def _major(program: Path) -> int:
    number = re.match(r"\d+", program.parent.parent.name)
    return int(number.group()) if number else 0
