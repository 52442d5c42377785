"""Elasticsearch 8/9 or OpenSearch 2/3: the production profile's engine, for as many servers and relays as there are.

Only OpenSearch can be started in our tests; what is asked of the server is documented for both.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import Any

from django.conf import settings
from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError, TransportError, helpers

from events import clock
from search.tree import Node

from . import sample
from .ahead import ahead, batched
from .base import (
    MAPPING,
    Checkpoint,
    Document,
    MayBegin,
    NoIndex,
    Order,
    Results,
    Scope,
    SearchUnavailable,
    Withdrawn,
    always,
)
from .elastic_index import SETTINGS, delete_action, index_action, mapping
from .elastic_request import FURTHEST, reached_body, request_body, results
from .opensearch_node import node_class_for

NOTE = "filled"
# Seconds. A server with more to do than it can is asked again, after twice as long each time.
FIRST_WAIT, _SIZE_KEPT = 0.5, 60
# So many, or with texts of so many characters, are one request.
_AT_ONCE, _LONGEST = 500, 500_000
_ASKED_AT_ONCE = 200
_NO_INDEX = "index_not_found_exception"


class ElasticBackend:
    name = "elastic"

    def __init__(self, url: str | None = None, prefix: str | None = None) -> None:
        self.url = url or settings.ELASTICSEARCH_URL
        self._size: tuple[float, int] | None = None
        self.alias = f"{prefix or settings.ELASTICSEARCH_INDEX_PREFIX}-cases-v{MAPPING}"

    @cached_property
    def client(self) -> Elasticsearch:
        """Raises TransportError until the server was seen once: it decides how to speak to it."""
        return Elasticsearch(
            self.url, node_class=node_class_for(self.url), request_timeout=10, max_retries=1, retry_on_timeout=False
        )

    def at_once(self) -> ElasticBackend:
        return self

    def write(
        self, documents: Sequence[Document], withdrawn: Sequence[Withdrawn] = (), *, may_begin: MayBegin = always
    ) -> None:
        with self._failures():
            self._ensure(may_begin)
            # While those before are sent: their terms are several times their texts, so never all at once.
            actions = chain(map(index_action, documents), map(delete_action, withdrawn))
            self._bulk(actions, index=self.alias, require_alias=True)
            self.client.indices.refresh(index=self.alias)

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
        answer = self._answer(request_body(query, scope, order, limit, cursor, facets, counted=counted))
        return results(answer, order, limit, cursor)

    def tally(self, query: Node, scope: Scope, facets: Sequence[str] = ()) -> Results:
        def count(tree: Node, counted: Sequence[str]) -> Results:
            answer = self._answer(request_body(tree, scope, Order.RELEVANCE, 0, None, counted))
            return results(answer, Order.RELEVANCE, 0, None)

        return sample.tallied(count, query, facets, is_large=self._is_large())

    def are_many(self, asked: Sequence[tuple[Node, Scope]], least: int) -> list[bool]:
        bodies = [reached_body(query, scope, least) for query, scope in asked]
        requests = [bodies[start : start + _ASKED_AT_ONCE] for start in range(0, len(bodies), _ASKED_AT_ONCE)]
        return [found >= least for some in requests for found in self._totals(some)]

    def _totals(self, bodies: Sequence[dict[str, Any]]) -> list[int]:
        with self._failures():
            answers = self.client.msearch(index=self.alias, searches=[part for body in bodies for part in ({}, body)])
        refused = next((one["error"]["type"] for one in answers["responses"] if "error" in one), None)
        if refused == _NO_INDEX:
            raise self._no_index()
        if refused:
            raise SearchUnavailable(f"{self.name}: of {len(bodies)} asked together: {refused}")
        return [one["hits"]["total"]["value"] for one in answers["responses"]]

    def _is_large(self) -> bool:
        """As of the last minute."""
        if self._size is None or self._size[0] < time.monotonic() - _SIZE_KEPT:
            self._size = time.monotonic(), self.count()
        return self._size[1] > sample.LARGE

    def _answer(self, body: dict[str, Any]) -> dict[str, Any]:
        with self._failures():
            return self.client.search(index=self.alias, body=body).body

    def delete_case(self, case_id: int) -> None:
        with self._failures():
            self.client.indices.refresh(index=self.alias)
        # At the version held: the case may be written again as it is.
        self.write([], [Withdrawn(held, case_id, version) for held, version in self.versions([case_id]).items()])

    def clear(self) -> None:
        with self._failures():
            self.replace_live(self.create())

    def count(self) -> int:
        with self._failures():
            return self.client.count(index=self.alias)["count"]

    def versions(self, case_ids: Sequence[int]) -> dict[str, int]:
        wanted = {"terms": {"case": list(case_ids)}}
        with self._failures():
            found = self.client.search(index=self.alias, query=wanted, size=FURTHEST, source=False, version=True)
        return {hit["_id"]: hit["_version"] for hit in found["hits"]["hits"]}

    def cases(self, after: int, limit: int) -> list[int]:
        with self._failures():
            found = self.client.search(
                index=self.alias, query={"range": {"case": {"gt": after}}}, sort=[{"case": "asc"}],
                size=min(limit, FURTHEST), source=False, track_total_hits=False,
            )  # fmt: skip
        return list(dict.fromkeys(hit["sort"][0] for hit in found["hits"]["hits"]))

    def begin(self) -> ElasticGeneration:
        with self._failures():
            found = self.client.indices.get_alias(index=f"{self.alias}-*")
            self.drop(name for name, one in found.items() if self.alias not in one["aliases"])
            return ElasticGeneration(self)

    def resume(self) -> ElasticGeneration | None:
        with self._failures():
            kept = self._unfinished()
        return ElasticGeneration(self, *max(kept.items())) if kept else None

    def _unfinished(self) -> dict[str, Checkpoint]:
        """Indices that were kept half-filled."""
        found = self.client.indices.get_mapping(index=f"{self.alias}-*")
        notes = {name: one["mappings"].get("_meta", {}).get(NOTE) for name, one in found.items()}
        live = self.live()
        return {
            name: Checkpoint(note[0], datetime.fromisoformat(note[1]))
            for name, note in notes.items() if note and name not in live
        }  # fmt: skip

    def create(self) -> str:
        """A new index that no alias names yet."""
        name = f"{self.alias}-{secrets.token_hex(6)}"
        self.client.indices.create(index=name, mappings=mapping(), settings=SETTINGS)
        return name

    def live(self) -> list[str]:
        """The indexes behind the alias (one, or none before the first write)."""
        try:
            return list(self.client.indices.get_alias(name=self.alias))
        except NotFoundError:
            return []

    def _ensure(self, may_begin: MayBegin) -> None:
        if self.live():
            return
        if not may_begin():
            raise self._no_index()
        try:
            # One name and one step, so that of two relays one makes it, and the other finds it.
            self.client.indices.create(
                index=f"{self.alias}-first", aliases={self.alias: {}}, mappings=mapping(), settings=SETTINGS
            )
        except BadRequestError:
            if not self.live():
                raise

    def replace_live(self, name: str) -> None:
        """Move the alias in one step, then drop what it named before. An answer that does not come decides nothing: what
        the alias names then does."""
        old = self.live()
        actions = [{"remove": {"index": index, "alias": self.alias}} for index in old]
        try:
            # The server gives up before we do: what it did not begin by then it does not do later.
            self.client.indices.update_aliases(
                actions=[*actions, {"add": {"index": name, "alias": self.alias}}], master_timeout="5s", timeout="5s"
            )
        except TransportError:
            if name not in self.live():
                raise
        with suppress(ApiError, TransportError):  # The next rebuild drops what stays.
            self.drop({*old, *self.older(), *self.live()} - {name})

    def older(self) -> list[str]:
        """The indexes of earlier mapping versions: what is erased now is not erased there."""
        of_all = self.alias.removesuffix(str(MAPPING))
        found = (
            (name, re.match(r"\d+(?=-)", name.removeprefix(of_all)))
            for name in self.client.indices.get(index=f"{of_all}*")
        )
        return [name for name, version in found if version and int(version[0]) < MAPPING]

    def drop(self, names: Iterable[str]) -> None:
        if unwanted := sorted(names):
            self.client.indices.delete(index=unwanted, ignore_unavailable=True)

    def _bulk(self, actions: Iterable[dict[str, Any]], **options: Any) -> None:
        for some in ahead(batched(actions, _AT_ONCE, _length, _LONGEST)):
            asked = helpers.streaming_bulk(
                self.client, some, raise_on_error=False, max_retries=4, initial_backoff=FIRST_WAIT, **options
            )
            for done, item in asked:
                [(kind, result)] = item.items()
                newer = result.get("status") == 409
                never_there = kind == "delete" and result.get("result") == "not_found"
                if not (done or newer or never_there):
                    raise SearchUnavailable(f"bulk: {result.get('error', {}).get('type', result.get('status'))}")

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except (ApiError, TransportError) as error:
            if isinstance(error, NotFoundError) and error.message == _NO_INDEX:
                raise self._no_index() from None
            # Its text may hold the request, which may hold what a citizen said.
            raise SearchUnavailable(f"{self.name}: {type(error).__name__}") from None

    def _no_index(self) -> NoIndex:
        return NoIndex(f"there is no index {self.alias}; run rebuild_index")


def _length(action: Mapping[str, Any]) -> int:
    return len(action.get("_source", {}).get("folded", ""))


class ElasticGeneration:
    """A new index beside the one behind the alias; publishing moves the alias. How far it has come stands in the
    mapping's own notes."""

    def __init__(self, backend: ElasticBackend, index: str = "", checkpoint: Checkpoint | None = None) -> None:
        self.backend = backend
        self.index = index or backend.create()
        self.checkpoint = checkpoint or Checkpoint(0, clock.now())
        self.is_offered = False

    def write(self, documents: Sequence[Document]) -> None:
        with self.backend._failures():
            self.backend._bulk(map(index_action, documents), index=self.index)

    def keep(self, after: int) -> None:
        self.checkpoint = Checkpoint(after, self.checkpoint.begun_at)
        with self.backend._failures():
            noted = {NOTE: [after, self.checkpoint.begun_at.isoformat()]}
            self.backend.client.indices.put_mapping(index=self.index, meta=noted)

    def publish(self) -> None:
        with self.backend._failures():
            self.backend.client.indices.refresh(index=self.index)
            self.is_offered = True
            self.backend.replace_live(self.index)

    def leave(self) -> None:
        """One that may be live, or may yet be, is not touched: the next rebuild drops it if it is not."""
        if not (self.checkpoint.after or self.is_offered):
            self.discard()

    def discard(self) -> None:
        with self.backend._failures():
            self.backend.drop({self.index} - set(self.backend.live()))
