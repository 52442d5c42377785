"""A tantivy index filled beside the live one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import tantivy

from events import clock

from .base import Checkpoint, Document, SearchUnavailable
from .folder import CHECKPOINT
from .tantivy_index import HEAP_BYTES, SCHEMA, entry, open_index

if TYPE_CHECKING:
    from .tantivy import TantivyBackend


class TantivyGeneration:
    """Filled by its own writer in its own folder, while the relay goes on writing the live one."""

    def __init__(self, backend: TantivyBackend, path: Path | None = None) -> None:
        self.backend = backend
        self.path = path or backend.folder.fresh()
        kept = _read(self.path)
        self.checkpoint = kept or Checkpoint(0, clock.now())
        self.is_closed = False
        try:
            self.index = open_index(self.path)
            self.writer = self.index.writer(heap_size=HEAP_BYTES, num_threads=1)
            if kept:
                self.writer.delete_documents_by_query(beyond(kept.after))
        except (ValueError, OSError) as error:
            raise SearchUnavailable(f"tantivy: {type(error).__name__}") from error

    def write(self, documents: Sequence[Document]) -> None:
        """Of cases in the order of their ids, each once: nothing is looked up to be replaced, which would take longer than
        the writing, and the more the longer."""
        for document in documents:
            self.writer.add_document(entry(document))

    def keep(self, after: int) -> None:
        """Terms first, then how far they reach: what a crash left beyond that is taken out when it is resumed."""
        self.writer.commit()
        self.checkpoint = Checkpoint(after, self.checkpoint.begun_at)
        draft = self.path / f".{CHECKPOINT}"
        draft.write_text(json.dumps([after, self.checkpoint.begun_at.isoformat()]), encoding="utf-8")
        draft.replace(self.path / CHECKPOINT)

    def publish(self) -> None:
        self.writer.commit()
        self._close()
        folder = self.backend.folder
        with folder.writing():
            old = folder.live()
            folder.publish(self.path)
            folder.remove(old)
            folder.remove_older()
        (self.path / CHECKPOINT).unlink(missing_ok=True)

    def leave(self) -> None:
        self._take_back()
        if not (self.path / CHECKPOINT).exists():
            self.backend.folder.remove(self.path)

    def discard(self) -> None:
        self._take_back()
        self.backend.folder.remove(self.path)

    def _take_back(self) -> None:
        """What was not committed."""
        if not self.is_closed:
            self.writer.rollback()
            self._close()

    def _close(self) -> None:
        self.is_closed = True
        self.writer.wait_merging_threads()


def beyond(after: int) -> tantivy.Query:
    return tantivy.Query.range_query(
        SCHEMA, "sequence", tantivy.FieldType.Integer, lower_bound=after, include_lower=False
    )


def _read(path: Path) -> Checkpoint | None:
    try:
        after, begun_at = json.loads((path / CHECKPOINT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Checkpoint(after, datetime.fromisoformat(begun_at))
