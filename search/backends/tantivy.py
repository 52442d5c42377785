"""tantivy, in process: the embedded profile's engine. Written by the relay's exclusive lane, read by everyone."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import tantivy
from django.conf import settings
from tantivy import Occur

from search.tree import Node

from . import sample
from .base import (
    MAPPING,
    MOST_VALUES,
    Document,
    Hit,
    MayBegin,
    Order,
    Part,
    Range,
    Results,
    Scope,
    SearchUnavailable,
    Withdrawn,
    always,
    decode_cursor,
    encode_cursor,
    never,
    ranked,
)
from .folder import IndexFolder
from .tantivy_generation import TantivyGeneration
from .tantivy_index import HEAP_BYTES, SCHEMA, entry, open_index
from .tantivy_query import decider, translate

DEEPEST = 2_000_000
_ORDERED_BY = {Order.NEWEST: "newest", Order.BY_CASE: "sequence"}
_TOTAL = "total"


def _cases(case_ids: Iterable[int]) -> tantivy.Query:
    return tantivy.Query.term_set_query(SCHEMA, "case", [str(case_id) for case_id in case_ids])


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
        with self.folder.writing(), self._failures():
            index = self._live(may_begin)
            # Whatever those who search have seen of it: what is held and not known stays beside what replaces it.
            index.reload()
            held = _held(index.searcher(), {d["case"] for d in documents} | {w.case for w in withdrawn})
            newest = _newest(held)
            fresh = [d for d in documents if d["version"] >= newest.get(d["case"], 0)]
            gone = [w for w in withdrawn if w.version >= newest.get(w.case, 0)]
            # No other writes meanwhile: what is not held need not be looked for in every segment to be taken out.
            _store(index, fresh, held.keys() & {*(d["id"] for d in fresh), *(w.id for w in gone)})

    def search(
        self,
        query: Node,
        scope: Scope,
        *,
        order: Order = Order.RELEVANCE,
        limit: int = 20,
        cursor: str | None = None,
        facets: Sequence[str] = (),
        counted: bool = True,
        at_most: int | None = None,
    ) -> Results:
        by = _ORDERED_BY.get(order)
        with self._failures():
            searcher = self._searcher()
            rarity = searcher.num_docs / at_most if at_most else 0
            wanted = decider(query, SCHEMA) if by else translate(ranked(query, order), SCHEMA, rarity)
            offset, rest = _from(cursor, by, _scoped(wanted, scope))
            # One more than wanted tells whether anything follows.
            found = searcher.search(rest, limit + 1, count=False, offset=offset, order_by_field=by).hits
            hits = [_hit(key, searcher.doc(address)) for key, address in found[:limit]]
            numbers = Results(total_exact=False)
            if counted or facets:
                numbers = _tallied(searcher, decider(query, SCHEMA), scope, facets)
        after = encode_cursor([found[limit - 1][0]] if by else offset + limit) if len(found) > limit else None
        return replace(numbers, hits=hits, cursor=after)

    def tally(self, query: Node, scope: Scope, facets: Sequence[str] = ()) -> Results:
        with self._failures():
            searcher = self._searcher()
            return sample.tallied(
                lambda tree, counted: _tallied(searcher, decider(tree, SCHEMA), scope, counted),
                query, facets, is_large=searcher.num_docs > sample.LARGE,
            )  # fmt: skip

    def delete_case(self, case_id: int) -> None:
        with self.folder.writing(), self._failures(), self._writer(self._live()) as writer:
            writer.delete_documents_by_term("case", str(case_id))

    def clear(self) -> None:
        with self.folder.writing(), self._failures(), self._writer(self._live(always)) as writer:
            writer.delete_all_documents()

    def count(self) -> int:
        with self._failures():
            return self._searcher().num_docs

    def versions(self, case_ids: Sequence[int]) -> dict[str, int]:
        with self._failures():
            return {identity: one.version for identity, one in _held(self._searcher(), case_ids).items()}

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
                    raise SearchUnavailable(f"there is no index under {self.folder.path}; run rebuild_index")
                path = self.folder.fresh()
                open_index(path)
                self.folder.publish(path)
            if self._index is None or self._index[0] != path:
                self._index, self._seen = (path, open_index(path)), None
            return self._index[1]

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, OSError) as error:
            raise SearchUnavailable(f"tantivy: {type(error).__name__}") from error

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
    query = _cases(wanted)
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


def _scoped(query: tantivy.Query, scope: Scope) -> tantivy.Query:
    """The query within the scope, which adds nothing to a score."""
    limits = [tantivy.Query.term_query(SCHEMA, "audience", scope.audience)]
    limits += [tantivy.Query.term_set_query(SCHEMA, name, list(values)) for name, values in scope.filters.items()]
    limits += map(_within, scope.ranges)
    clauses = [(Occur.Must, tantivy.Query.const_score_query(limit, 0.0)) for limit in limits]
    if scope.excluded:
        clauses.append((Occur.MustNot, _cases(scope.excluded)))
    return tantivy.Query.boolean_query([*clauses, (Occur.Must, query)])


def _from(cursor: str | None, ordered_by: str | None, query: tantivy.Query) -> tuple[int, tantivy.Query]:
    """How many are passed over, and what is asked for: by relevance the best were shown before; else all above a number, so
    that what is written meanwhile moves nothing."""
    match decode_cursor(cursor):
        case int(after) if 0 <= after <= DEEPEST and not ordered_by:
            return after, query
        case [int(key)] if 0 <= key < 2**63 and ordered_by:
            below = tantivy.Query.range_query(
                SCHEMA, ordered_by, tantivy.FieldType.Integer, upper_bound=key, include_upper=False
            )
            return 0, tantivy.Query.boolean_query([(Occur.Must, query), (Occur.Must, below)])
    return 0, query


def _within(one: Range) -> tantivy.Query:
    return tantivy.Query.range_query(
        SCHEMA, one.field, tantivy.FieldType.Integer, lower_bound=one.since, upper_bound=one.until,
        include_upper=one.until is None,
    )  # fmt: skip


def _tallied(searcher: tantivy.Searcher, query: tantivy.Query, scope: Scope, facets: Sequence[str]) -> Results:
    """The total, with what narrows nothing itself in the same pass; every other facet in one of its own."""
    own = [facet for facet in facets if scope.narrows(facet)]
    shared = [facet for facet in facets if facet not in own]
    # Every document has a case.
    everything = {_TOTAL: {"value_count": {"field": "sequence"}}, **_terms(shared)}
    answer = searcher.aggregate(_scoped(query, scope), everything)
    for facet in own:
        answer |= searcher.aggregate(_scoped(query, scope.without(facet)), _terms([facet]))
    numbers = {facet: {one["key"]: one["doc_count"] for one in answer[facet]["buckets"]} for facet in facets}
    return Results(total=int(answer[_TOTAL]["value"]), facets=numbers)


def _terms(names: Iterable[str]) -> dict[str, Any]:
    return {name: {"terms": {"field": name, "size": MOST_VALUES}} for name in names}


def _hit(score: float, document: tantivy.Document) -> Hit:
    identity, case, raw = (document.get_first(name) for name in ("id", "case", "parts"))
    return Hit(str(identity), int(str(case)), score, [Part(*part) for part in json.loads(raw or b"[]")])
