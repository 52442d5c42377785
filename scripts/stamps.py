"""Work that need not be done again: a stamp remembers the contents it was done for."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path


def digest(paths: Iterable[Path], *also: str) -> str:
    """SHA-256 over the names and contents of the files (folders: all files below), and of the texts."""
    total = hashlib.sha256()
    for path in sorted(file for start in paths for file in _files(start)):
        total.update(f"{path}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\0".encode())
    for text in also:
        total.update(f"{text}\0".encode())
    return total.hexdigest()


def _files(start: Path) -> Iterable[Path]:
    if start.is_dir():
        return (path for path in start.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return [start] if start.exists() else []


class Stamps:
    """A JSON file of step name → digest. A missing or damaged file means that nothing was done yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def holds(self, step: str, key: str) -> bool:
        return self._read().get(step) == key

    def set(self, step: str, key: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        aside = self.path.with_name(f"{self.path.name}.new")
        aside.write_text(json.dumps(self._read() | {step: key}, indent=1) + "\n", encoding="utf-8")
        aside.replace(self.path)

    def _read(self) -> dict[str, str]:
        try:
            stored = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return stored if isinstance(stored, dict) else {}
