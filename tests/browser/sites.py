"""A running server for browser tests: its own process, port and home."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STARTED_WITHIN_SECONDS = 60


@dataclass(frozen=True)
class Site:
    """A running server: ``url`` without a closing slash, ``home`` its CASEMGR_HOME."""

    url: str
    home: Path

    def manage(self, *arguments: str) -> str:
        """What a management command printed; raises CalledProcessError."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment(), check=True,
            capture_output=True, text=True,
        ).stdout  # fmt: skip

    def run(self, code: str) -> str:
        """What Python code printed that ran beside the server, on the same database."""
        return self.manage("shell", "--no-imports", "-v0", "-c", code)

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name != "CASEMGR_TEST_PROFILE"}
        return inherited | {
            "DJANGO_SETTINGS_MODULE": "casemgr.settings.test",
            "CASEMGR_TEST_NO_MIGRATIONS": "1",
            "CASEMGR_HOME": str(self.home),
            "PUBLIC_URL": self.url,
            "PYTHONPATH": str(ROOT),
        }


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_until_it_answers(site: Site, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTED_WITHIN_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{site.url}/health/live", timeout=2).close()
            return
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _prepared(folder: Path) -> Path:
    """A home migrated, with reference rows, routing rules and the usual agencies: made once for all workers of a run, which
    wait for whoever holds the lock."""
    home, done = folder / "prepared-site", folder / "prepared-site.done"
    with (folder / "prepared-site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(home, ignore_errors=True)
            home.mkdir()
            site = Site("http://127.0.0.1", home)
            site.manage("migrate", "--run-syncdb", "-v0")
            site.manage("load_reference")
            site.run("from tests import factories; factories.rules()")
            done.touch()
    return home


def folder_of_run(factory: pytest.TempPathFactory) -> Path:
    """Shared by the workers of a run; without workers its own."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@contextmanager
def served(factory: pytest.TempPathFactory, name: str) -> Iterator[Site]:
    """`manage.py serve` on a free port, from a copy of the prepared home."""
    home = factory.mktemp(name)
    shutil.copytree(_prepared(folder_of_run(factory)), home, dirs_exist_ok=True)
    site = Site(f"http://127.0.0.1:{_free_port()}", home)
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", site.url.rpartition(":")[2]],
            cwd=ROOT, env=site.environment(), stdout=log, stderr=log,
        )  # fmt: skip
        try:
            _wait_until_it_answers(site, server)
            yield site
        finally:
            server.terminate()
            server.wait(timeout=20)
