"""One server process that outlives the command that started it, known by a file of its own."""

import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
TRIED_PORTS = 30


class Unavailable(Exception):
    """The service cannot be had on this machine; the message says why."""


@dataclass(frozen=True)
class Process:
    """A process under `folder`: `process.json` holds its id, its port, and when the kernel started it, so that
    an id which the kernel gave to somebody else since is never taken for ours."""

    folder: Path

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def launch(self, command: Sequence[str | Path], *, port: int, env: dict[str, str] | None = None) -> None:
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                [str(word) for word in command],
                cwd="/",
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        record = {"pid": child.pid, "born": _born(child.pid), "port": port}
        (self.folder / "process.json").write_text(json.dumps(record) + "\n", encoding="utf-8")

    def running(self) -> bool:
        record = self._record()
        return bool(record) and record["born"] is not None and _born(record["pid"]) == record["born"]

    @property
    def port(self) -> int | None:
        return self._record().get("port")

    def stop(self, sign: signal.Signals, *, within: float = 30) -> bool:
        """End it, by force when it has not ended `within` seconds. False when it did not run."""
        if not self.running():
            (self.folder / "process.json").unlink(missing_ok=True)
            return False
        pid = self._record()["pid"]
        for what, patience in ((sign, within), (signal.SIGKILL, 5.0)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, what)
            deadline = time.monotonic() + patience
            while self.running() and time.monotonic() < deadline:
                time.sleep(0.05)
            if not self.running():
                break
        (self.folder / "process.json").unlink(missing_ok=True)
        return True

    def last_words(self, lines: int = 15) -> str:
        try:
            said = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return "(nothing logged)"
        return "\n".join(said[-lines:])

    def _record(self) -> dict[str, int]:
        try:
            return json.loads((self.folder / "process.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}


def _born(pid: int) -> int | None:
    """Start time of a live process in clock ticks since boot (proc(5), stat field 22); None for none or a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


def free_port(preferred: int) -> int:
    """The preferred port of 127.0.0.1, or the next one that nobody listens on."""
    for port in range(preferred, preferred + TRIED_PORTS):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise Unavailable(f"no free port from {preferred} on")


class Service(ABC):
    name: str
    variable: str
    preferred_port: int
    stop_signal = signal.SIGTERM
    seconds_to_ready = 60.0

    def __init__(self, root: Path) -> None:
        self.folder = root / self.name
        self.process = Process(self.folder)

    @property
    def port(self) -> int:
        return self.process.port or self.preferred_port

    @property
    @abstractmethod
    def url(self) -> str: ...

    @abstractmethod
    def prepare(self) -> None:
        """Make the folder, and whatever the server needs before its first start."""

    @abstractmethod
    def command(self, port: int) -> list[str | Path]: ...

    @abstractmethod
    def ready(self) -> bool: ...

    def launch(self) -> bool:
        """False when it runs already. Raises Unavailable."""
        if self.process.running():
            return False
        self.folder.mkdir(parents=True, exist_ok=True)
        self.prepare()
        port = free_port(self.preferred_port)
        self.process.launch(self.command(port), port=port)
        return True

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + self.seconds_to_ready
        while time.monotonic() < deadline:
            if not self.process.running():
                raise Unavailable(f"it ended at once:\n{self.process.last_words()}")
            if self.ready():
                return
            time.sleep(0.1)
        raise Unavailable(f"not ready after {self.seconds_to_ready:.0f} s:\n{self.process.last_words()}")

    def stop(self) -> bool:
        return self.process.stop(self.stop_signal)


def converse(port: int, request: bytes, *, limit: int = 65536) -> bytes:
    """Send bytes to a local port and return the first answer; empty when nobody answers within 2 s."""
    try:
        with socket.create_connection((HOST, port), timeout=2) as connection:
            connection.sendall(request)
            return connection.recv(limit)
    except OSError:
        return b""


def as_ordinary_user(user: str) -> list[str]:
    """The prefix that runs a command as `user` when we are root, for servers that refuse root.

    The one capability kept lets it reach its folder inside a working copy that only root may enter (/root).
    """
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        raise Unavailable("setpriv (Debian's util-linux) is missing")
    pwd.getpwnam(user)
    keep = "-all,+dac_override"
    return [
        "setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups",
        f"--bounding-set={keep}", f"--inh-caps={keep}", f"--ambient-caps={keep}",
    ]  # fmt: skip
