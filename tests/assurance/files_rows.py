"""Files and rows agree: uploads die between write, fsync, link and commit; no row lacks its file, orphans are swept."""

from __future__ import annotations

import hashlib
import io
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.assurance.outcome import Outcome

# Calls after each other in one upload; dying before or after any of them covers every gap.
TRAPS = 24
_STEPS = ("open", "fsync", "link", "unlink")


def run(runs: int) -> Outcome:
    from django.db import connection, connections

    from complaints import codes
    from complaints.models import Draft

    outcome, reached = Outcome(runs), Counter[str]()
    acknowledged: list[tuple[int, str]] = []
    for number in range(runs):
        draft = Draft.objects.create(key_hash=f"assurance-{number}", idempotency_key=codes.new_idempotency_key())
        content = _picture(number)
        # Neither a connection nor the threads of its pool survive a fork.
        connections.close_all()
        if connection.vendor == "postgresql":
            connection.close_pool()
        died_at = _upload_and_die(draft.pk, content, trap=random.randrange(TRAPS))
        reached[died_at] += 1
        outcome.check(not died_at.startswith("error"), f"upload {number} ended by itself: {died_at}")
        if died_at == "acknowledged":
            acknowledged.append((draft.pk, hashlib.sha256(content).hexdigest()))
    _check_rows(outcome, acknowledged)
    _check_sweep(outcome)
    outcome.remarks.append(", ".join(f"{step} {n}" for step, n in sorted(reached.items())))
    return outcome


def _picture(number: int) -> bytes:
    from PIL import Image

    image = Image.new("RGB", (200 + number % 50, 200), (number % 256, number // 256 % 256, random.randrange(256)))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue() + random.randbytes(random.choice([0, 0, 300_000]))


def _upload_and_die(draft_id: int, content: bytes, trap: int) -> str:
    """Where the uploading process died, or "acknowledged" when it came to its end."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _uploader(draft_id, content, trap, writer)
    os.close(writer)
    with os.fdopen(reader) as told:
        said = told.read().split()
    os.waitpid(child, 0)
    return said[-1] if said else "error:silent"


def _uploader(draft_id: int, content: bytes, trap: int, writer: int) -> None:
    """The forked process: uploads as the site does, with a trap before and after every durable step."""
    from django.db.backends.base.base import BaseDatabaseWrapper

    from complaints.models import Draft
    from complaints.services.uploads import add_upload

    left = trap

    def step(name: str) -> None:
        nonlocal left
        if left == 0:
            os.write(writer, f"{name}\n".encode())
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1

    def trapped(call: Callable[..., Any], name: str) -> Callable[..., Any]:
        def calling(*args: Any, **options: Any) -> Any:
            step(f"before-{name}")
            result = call(*args, **options)
            step(f"after-{name}")
            return result

        return calling

    try:
        draft = Draft.objects.get(pk=draft_id)
        for name in _STEPS:
            setattr(os, name, trapped(getattr(os, name), name))
        BaseDatabaseWrapper.commit = trapped(BaseDatabaseWrapper.commit, "commit")  # type: ignore[method-assign]
        add_upload(draft, io.BytesIO(content), "ảnh.png")
        os.write(writer, b"acknowledged\n")
    except BaseException as error:
        os.write(writer, f"error:{type(error).__name__}\n".encode())
    finally:
        os._exit(0)


def _check_rows(outcome: Outcome, acknowledged: list[tuple[int, str]]) -> None:
    from complaints.models import Upload

    rows = {(row.draft_id, row.sha256): row for row in Upload.objects.all()}
    for row in rows.values():
        path = Path(row.file.path)
        there = path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == row.sha256
        outcome.check(
            there and path.stat().st_size == row.size, f"upload {row.pk}: no file, or another than the row says"
        )
    for key in acknowledged:
        outcome.check(key in rows, f"draft {key[0]}: an acknowledged file has no row")
    outcome.remarks.append(f"{len(acknowledged)} acknowledged, {len(rows)} rows")


def _check_sweep(outcome: Outcome) -> None:
    """A day later nothing is left but what rows name."""
    from complaints.models import Upload
    from complaints.services.sweeping import sweep_orphans
    from events import clock

    before = set(_stored())
    old = time.time() - 24 * 3600
    for path in before:
        os.utime(path, (old, old))
    with clock.frozen(clock.now() + timedelta(seconds=1)):
        swept = sweep_orphans()
    named = {Path(row.file.path) for row in Upload.objects.all()}
    left = set(_stored())
    outcome.check(named <= left, f"{len(named - left)} files of rows were swept")
    outcome.check(left <= named, f"{len(left - named)} orphans were left")
    outcome.remarks.append(f"{swept} of {len(before - named)} orphans swept")


def _stored() -> list[Path]:
    from django.conf import settings

    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
