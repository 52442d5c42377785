"""Untrusted files are parsed in a child process with little memory, little time and nothing of ours in reach.

The child imports this module too: it imports nothing outside the standard library.
"""

from __future__ import annotations

import resource
import subprocess  # nosec B404
import sys
import threading
from collections.abc import Sequence
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


def run_on_files(module: str, source: IO[bytes], target: IO[bytes], *arguments: str, seconds: int) -> None:
    """As `run`, for what is too large for memory: the child reads one open file and writes into the other.

    Raises `ChildFailed`.
    """
    try:
        with _places:
            done = subprocess.run(  # nosec B603
                _command(module, arguments), stdin=source, stdout=target, stderr=subprocess.DEVNULL, timeout=seconds,
                env=_environment(), cwd="/", check=False,
            )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise ChildFailed(f"{module} took longer than {seconds} s") from None
    if done.returncode:
        raise ChildFailed(f"{module} ended with {done.returncode}")


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
