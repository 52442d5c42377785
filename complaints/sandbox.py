"""Untrusted files are parsed in a child process with little memory, little time and nothing of ours in reach.

The child imports this module too: it imports nothing outside the standard library.
"""

from __future__ import annotations

import resource
import subprocess  # nosec B404
import sys
import threading
from pathlib import Path

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
    command = [sys.executable, "-s", "-B", "-m", module, *arguments]
    environment = {"PYTHONPATH": str(_ROOT), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
    try:
        with _places:
            done = subprocess.run(  # nosec B603
                command, input=data, capture_output=True, timeout=seconds, env=environment, cwd="/", check=False
            )
    except subprocess.TimeoutExpired:
        raise ChildFailed(f"{module} took longer than {seconds} s") from None
    if done.returncode == REFUSED:
        raise ChildRefused(f"{module} cannot read the file")
    if done.returncode:
        raise ChildFailed(f"{module} ended with {done.returncode}")
    return done.stdout


def confine(memory: int = MEMORY) -> None:
    """Called first by the child: limits of memory (bytes), processor time, open files; no file can be written."""
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
