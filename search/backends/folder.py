"""A folder of index generations: one is live, another may be filled beside it."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_POINTER, _LOCK = "live", "write.lock"
# What names the files of an index.
_FILES = "meta.json"
CHECKPOINT = "checkpoint.json"


class IndexFolder:
    """``path`` ends in the mapping version: ``v6``. ``live`` (a file) names the live generation; replacing it is atomic, so readers see the old or the new."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = threading.Lock()
        self._read: tuple[tuple[int, int], str] = ((0, 0), "")

    def live(self) -> Path | None:
        """The live generation; None when nothing was published yet, or its files are gone."""
        try:
            name = self._pointed_at(self.path / _POINTER)
        except FileNotFoundError:
            return None
        found = self.path / name
        return found if name and (found / _FILES).is_file() else None

    def _pointed_at(self, pointer: Path) -> str:
        """Read once for each file that was put in its place: every search asks, several times."""
        status = pointer.stat()
        written = status.st_mtime_ns, status.st_ino
        if self._read[0] != written:
            self._read = written, pointer.read_text(encoding="utf-8").strip()
        return self._read[1]

    def fresh(self) -> Path:
        made = self.path / f"generation-{secrets.token_hex(6)}"
        made.mkdir(parents=True, mode=0o700)
        return made

    def generations(self) -> list[Path]:
        return list(self.path.glob("generation-*"))

    def unfinished(self) -> list[Path]:
        """Generations that were kept half-filled."""
        kept = sorted(self.path.glob(f"generation-*/{CHECKPOINT}"))
        return [found.parent for found in kept if found.parent != self.live()]

    def publish(self, generation: Path) -> None:
        """Hold `writing` while calling."""
        draft = self.path / f".{_POINTER}.{secrets.token_hex(4)}"
        with draft.open("w", encoding="utf-8") as file:
            file.write(generation.name)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path / _POINTER)
        self._sync()

    def remove(self, generation: Path | None) -> None:
        """Never the live one."""
        if generation is not None and generation != self.live():
            shutil.rmtree(generation, ignore_errors=True)

    def remove_older(self) -> None:
        """The folders of earlier mapping versions: what is erased now is not erased there."""
        number = int(self.path.name[1:])
        for found in self.path.parent.glob("v*"):
            if found.name[1:].isdecimal() and int(found.name[1:]) < number:
                shutil.rmtree(found, ignore_errors=True)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One writer of the live generation at a time, over threads and processes; the system frees a dead one's turn."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._turn, (self.path / _LOCK).open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _sync(self) -> None:
        handle = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
