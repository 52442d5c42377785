"""A handful of documents in an index of their own, in memory: which of them does a query find?

The same schema, terms and query translation as the embedded engine's, on both profiles: see docs/adr/010.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import tantivy

from search.tree import Node

from .base import Document, Scope
from .tantivy_index import SCHEMA, entry, open_index
from .tantivy_query import decider
from .tantivy_view import scoped

# The least that the engine takes for one writer; all of a batch fits into it.
_HEAP_BYTES = 15_000_000


# The same searches are asked of every batch.
@lru_cache(maxsize=4096)
def _translated(node: Node) -> tantivy.Query:
    return decider(node, SCHEMA)


class Batch:
    """Read only, once made."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.audiences = {document["audience"] for document in documents}
        index = open_index(None)
        writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        for document in documents:
            writer.add_document(entry(document))
        writer.commit()
        index.reload()
        self._searcher = index.searcher()
        self._size = max(1, len(documents))
        everything = self._searcher.search(tantivy.Query.all_query(), self._size)
        self._cases = {
            (at.segment_ord, at.doc): int(self._searcher.doc(at)["case"][0]) for _score, at in everything.hits
        }

    def cases(self, query: Node, scope: Scope) -> set[int]:
        """The cases whose document in this scope the query finds."""
        found = self._searcher.search(scoped(_translated(query), scope), self._size, count=False)
        return {self._cases[at.segment_ord, at.doc] for _score, at in found.hits}
