"""tantivy, in process: the embedded profile's engine. Written by the relay's exclusive lane, read by everyone."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import tantivy
from django.conf import settings

from search.tree import Node

from .base import MAPPING, Document, MayBegin, NoIndex, Results, Scope, Withdrawn, always, never
from .folder import IndexFolder
from .tantivy_generation import TantivyGeneration, beyond
from .tantivy_index import HEAP_BYTES, entry, open_index
from .tantivy_view import TantivyView, failures, of_cases


class TantivyBackend:
    name = "tantivy"

    def __init__(self, path: Path | None = None) -> None:
        self.folder = IndexFolder(Path(path or settings.SEARCH_INDEX_DIR) / f"v{MAPPING}")
        self._opening = threading.Lock()
        self._index: tuple[Path, tantivy.Index] | None = None
        self._seen: tuple[int, ...] | None = None

    def write(
        self, documents: Sequence[Document], withdrawn: Sequence[Withdrawn] = (), *, may_begin: MayBegin = always
    ) -> None:
        with self.folder.writing(), failures():
            index = self._live(may_begin)
            # Whatever those who search have seen of it: what is held and not known stays beside what replaces it.
            index.reload()
            held = _held(index.searcher(), {d["case"] for d in documents} | {w.case for w in withdrawn})
            newest = _newest(held)
            fresh = [d for d in documents if d["version"] >= newest.get(d["case"], 0)]
            gone = [w for w in withdrawn if w.version >= newest.get(w.case, 0)]
            # No other writes meanwhile: what is not held need not be looked for in every segment to be taken out.
            _store(index, fresh, held.keys() & {*(d["id"] for d in fresh), *(w.id for w in gone)})

    def search(self, query: Node, scope: Scope, **options: Any) -> Results:
        return self.at_once().search(query, scope, **options)

    def tally(self, query: Node, scope: Scope, facets: Sequence[str] = ()) -> Results:
        return self.at_once().tally(query, scope, facets)

    def are_many(self, asked: Sequence[tuple[Node, Scope]], least: int) -> list[bool]:
        return self.at_once().are_many(asked, least)

    def at_once(self) -> TantivyView:
        with failures():
            return TantivyView(self._searcher())

    def delete_case(self, case_id: int) -> None:
        with self.folder.writing(), failures(), self._writer(self._live()) as writer:
            writer.delete_documents_by_term("case", str(case_id))

    def clear(self) -> None:
        with self.folder.writing(), failures(), self._writer(self._live(always)) as writer:
            writer.delete_all_documents()

    def count(self) -> int:
        with failures():
            return self._searcher().num_docs

    def versions(self, case_ids: Sequence[int]) -> dict[str, int]:
        with failures():
            return {identity: one.version for identity, one in _held(self._searcher(), case_ids).items()}

    def cases(self, after: int, limit: int) -> list[int]:
        with failures():
            found = self._searcher().search(
                beyond(after), limit, count=False, order_by_field="sequence", order=tantivy.Order.Asc
            )
            return list(dict.fromkeys(int(case) for case, _address in found.hits))

    def begin(self) -> TantivyGeneration:
        with self.folder.writing():
            for path in self.folder.generations():
                self.folder.remove(path)
        return TantivyGeneration(self)

    def resume(self) -> TantivyGeneration | None:
        kept = self.folder.unfinished()
        return TantivyGeneration(self, kept[-1]) if kept else None

    def _searcher(self) -> tantivy.Searcher:
        index = self._live()
        written = _written(self._index[0]) if self._index else None
        if written != self._seen:
            index.reload()
            self._seen = written
        return index.searcher()

    def _live(self, may_begin: MayBegin = never) -> tantivy.Index:
        """The live index, opened once; opened anew when a rebuild put another in its place. Hold `writing` where one may
        be begun."""
        with self._opening:
            path = self.folder.live()
            if path is None:
                if not may_begin():
                    raise NoIndex(f"there is no index under {self.folder.path}; run rebuild_index")
                path = self.folder.fresh()
                open_index(path)
                self.folder.publish(path)
            if self._index is None or self._index[0] != path:
                self._index, self._seen = (path, open_index(path)), None
            return self._index[1]

    @staticmethod
    @contextmanager
    def _writer(index: tantivy.Index) -> Iterator[tantivy.IndexWriter]:
        writer = index.writer(heap_size=HEAP_BYTES, num_threads=1)
        try:
            yield writer
            writer.commit()
        finally:
            writer.wait_merging_threads()


def _written(path: Path) -> tuple[int, ...]:
    """Other after each commit: the clock of a file system ticks more slowly than an index is written, but every commit
    puts a new file in the place of the one before."""
    found = (path / "meta.json").stat()
    return found.st_mtime_ns, found.st_ino, found.st_size


class _Held(NamedTuple):
    case: int
    version: int


def _held(searcher: tantivy.Searcher, case_ids: Iterable[int]) -> dict[str, _Held]:
    """By id, all documents of these cases; without their texts, which would be much at once."""
    wanted = list(case_ids)
    if not wanted:
        return {}
    query = of_cases(wanted)
    there: int = searcher.search(query, 1).count  # type: ignore[attr-defined]  # missing in tantivy's own stubs
    found = searcher.search(query, limit=there, count=False).hits if there else ()
    return dict(_identified(searcher.doc(address)) for _, address in found)


def _identified(document: tantivy.Document) -> tuple[str, _Held]:
    identity, case, version = (document.get_first(name) for name in ("id", "case", "version"))
    return str(identity), _Held(int(str(case)), int(str(version)))


def _newest(held: Mapping[str, _Held]) -> dict[int, int]:
    """Case → the highest version of its documents."""
    newest: dict[int, int] = {}
    for case, version in held.values():
        newest[case] = max(newest.get(case, 0), version)
    return newest


def _store(index: tantivy.Index, documents: Iterable[Document], gone: Iterable[str]) -> None:
    with TantivyBackend._writer(index) as writer:
        for identity in gone:
            writer.delete_documents_by_term("id", identity)
        for document in documents:
            writer.add_document(entry(document))
