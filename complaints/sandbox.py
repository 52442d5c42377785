"""Untrusted files are parsed in a child process with little memory, little time and nothing of ours in reach.

The child imports this module too: it imports nothing outside the standard library.
"""

from __future__ import annotations

import resource
import subprocess  # nosec B404
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_ROOT = Path(__file__).resolve().parent.parent
MEMORY = 1024 * 1024 * 1024
SECONDS = 20
REFUSED = 3
# However many files arrive at once, the children of one process never hold more than this many times their memory.
_places = threading.BoundedSemaphore(2)


class ChildFailed(RuntimeError):
    """The child gave up on the file, or ran out of memory or time."""


class ChildRefused(ChildFailed):
    """The child has looked at the file and cannot make anything of it."""


def run(module: str, data: bytes, *arguments: str, seconds: int = SECONDS) -> bytes:
    """What ``python -m module arguments`` writes when given ``data`` on its standard input.

    Raises `ChildFailed`.
    """
    try:
        with _places:
            done = subprocess.run(  # nosec B603
                _command(module, arguments), input=data, capture_output=True, timeout=seconds, env=_environment(),
                cwd="/", check=False,
            )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise ChildFailed(f"{module} took longer than {seconds} s") from None
    if done.returncode == REFUSED:
        raise ChildRefused(f"{module} cannot read the file")
    if done.returncode:
        raise ChildFailed(f"{module} ended with {done.returncode}")
    return done.stdout


class Work:
    """A child at work. A thread waits for its end: its place is free the moment it ends, whoever goes on with what it
    wrote, and however slowly."""

    def __init__(self, module: str, process: subprocess.Popen[bytes], seconds: float) -> None:
        self.ended = threading.Event()
        self._module, self._process, self._seconds = module, process, seconds
        self._is_late = False
        self._thread = threading.Thread(target=self._watch, name=module, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        try:
            self._process.wait(self._seconds)
        except subprocess.TimeoutExpired:
            self._is_late = True
            self._process.kill()
            self._process.wait()
        finally:
            _places.release()
            self.ended.set()

    def stop(self) -> None:
        """Nothing of it is left afterwards: no process, no thread."""
        self._process.kill()
        self._thread.join()

    def check(self) -> None:
        """To be asked once it has ended. Raises `ChildFailed`."""
        if self._is_late:
            raise ChildFailed(f"{self._module} took longer than {self._seconds} s")
        if self._process.returncode:
            raise ChildFailed(f"{self._module} ended with {self._process.returncode}")


@contextmanager
def run_on_files(module: str, source: IO[bytes], target: IO[bytes], *arguments: str, seconds: float) -> Iterator[Work]:
    """As `run`, for what is too large for memory: the child reads one open file and writes into the other, which may be
    read meanwhile (``os.pread``: the two share the place in it). A child that is left before its end is ended."""
    work = _begun(module, source, target, arguments, seconds)
    try:
        yield work
    finally:
        work.stop()


def _begun(module: str, source: IO[bytes], target: IO[bytes], arguments: Sequence[str], seconds: float) -> Work:
    _places.acquire()
    try:
        process = subprocess.Popen(  # nosec B603
            _command(module, arguments), stdin=source, stdout=target, stderr=subprocess.DEVNULL, env=_environment(),
            cwd="/",
        )  # fmt: skip
    except BaseException:
        _places.release()
        raise
    try:
        return Work(module, process, seconds)
    except BaseException:
        process.kill()
        process.wait()
        _places.release()
        raise


def _command(module: str, arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-s", "-B", "-m", module, *arguments]


def _environment() -> dict[str, str]:
    return {"PYTHONPATH": str(_ROOT), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}


def confine(memory: int = MEMORY, *, seconds: int = SECONDS, written: int = 0) -> None:
    """Called first by the child: limits of memory (bytes), processor time (seconds), open files; no file can be
    written, or ``written`` bytes of the one it was given."""
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_FSIZE, written),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
