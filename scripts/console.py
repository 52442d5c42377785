"""What the scripts say, and how they run other programs."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv" / "bin" / "python"


def say(text: str) -> None:
    print(f"› {text}", flush=True)


def fail(text: str) -> NoReturn:
    print(f"✗ {text}", file=sys.stderr, flush=True)
    raise SystemExit(1)


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    may_fail: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run quietly; a failure prints the command with all it said and ends the script, unless it may fail."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    except FileNotFoundError as missing:
        done = subprocess.CompletedProcess(words, 127, stdout=str(missing))
    if done.returncode and not may_fail:
        print(done.stdout, file=sys.stderr)
        fail(f"failed ({done.returncode}): {' '.join(words)}")
    return done


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}
