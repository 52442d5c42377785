"""Processes of the installation this process is in: started, killed without warning, started again."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from scripts.console import PYTHON, ROOT

SECONDS_TO_READY = 90.0
HOST = "127.0.0.1"


class NotReady(RuntimeError):
    """The process ended or said nothing in time; the message holds its last words."""


class Program:
    """A command with all its children. ``ready()`` tells when it works."""

    def __init__(self, name: str, words: Sequence[str], ready: Callable[[], bool] = lambda: True) -> None:
        self.name, self.words, self.ready = name, [str(word) for word in words], ready
        self.log = Path(os.environ["CASEMGR_HOME"]) / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.begins = 0  # where in the log this run's words begin

    def start(self) -> None:
        """Raises NotReady."""
        self.begins = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + SECONDS_TO_READY
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise NotReady(f"{self.name}: {self.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def kill(self) -> None:
        """SIGKILL to the whole group: no handler runs, nothing is flushed."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, sign: signal.Signals) -> None:
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, sign)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(30)
        self.process = None


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/health/live", headers={"X-Forwarded-Proto": "https"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def server(port: int, *, workers: int = 2) -> Program:
    """Embedded: one process with the relay inside. Production: uvicorn with ``workers`` processes."""
    if os.environ["DJANGO_SETTINGS_MODULE"].endswith("embedded"):
        words = [PYTHON, ROOT / "manage.py", "serve", "--port", port]
    else:
        words = [PYTHON, "-m", "uvicorn", "casemgr.asgi:application", "--host", HOST, "--port", port,
                 "--workers", workers, "--no-access-log", "--log-level", "error", "--no-proxy-headers", "--ws-max-size", 4096]  # fmt: skip
    return Program("server", [str(word) for word in words], lambda: answers(port))


def relay(number: int = 1, *lanes: str) -> Program:
    """Working these lanes, or all."""
    asked = [word for lane in lanes for word in ("--lane", lane)]
    name = "-".join(("relay", str(number), *lanes))
    program = Program(name, [str(PYTHON), "-u", str(ROOT / "manage.py"), "relay", *asked])
    program.ready = lambda: b"relay working lanes" in program.log.read_bytes()[program.begins :]
    return program


def deliver_all(seconds: float = 1800) -> int:
    """What is still owed, every relay being dead: their leases are ended here instead of being waited for. How many.

    Raises CalledProcessError when something stays due.
    """
    from events import clock
    from events.models import Delivery, Lease

    Lease.objects.all().delete()
    owed = Delivery.objects.filter(state=Delivery.State.DUE)
    leased = owed.filter(due_at__gt=clock.now()).update(due_at=clock.now())
    command = [str(PYTHON), str(ROOT / "manage.py"), "relay", "--until-idle", "--wait", str(int(seconds))]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=seconds + 60)
    return leased
