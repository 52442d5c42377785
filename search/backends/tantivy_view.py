"""What a tantivy index answers, as it is at one moment."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import starmap
from typing import Any

import tantivy
from tantivy import Occur

from search.tree import Node

from . import sample
from .base import (
    MOST_VALUES,
    Hit,
    Order,
    Part,
    Range,
    Results,
    Scope,
    SearchUnavailable,
    decode_cursor,
    encode_cursor,
    ranked,
)
from .tantivy_index import SCHEMA
from .tantivy_query import decider, translate, unranked

DEEPEST = 2_000_000
_ORDERED_BY = {Order.NEWEST: "newest", Order.BY_CASE: "sequence"}
_TOTAL = "total"


class TantivyView:
    """Whatever is written or rebuilt meanwhile, it answers from the same documents."""

    def __init__(self, searcher: tantivy.Searcher) -> None:
        self.searcher = searcher

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
        with failures():
            rarity = self.searcher.num_docs / at_most if at_most else 0
            wanted = decider(query, SCHEMA) if by else translate(ranked(query, order), SCHEMA, rarity)
            offset, rest = _from(cursor, by, scoped(wanted, scope))
            # One more than wanted tells whether anything follows.
            found = self.searcher.search(rest, limit + 1, count=False, offset=offset, order_by_field=by).hits
            hits = self._hits(found[:limit])
            numbers = Results(total_exact=False)
            if counted or facets:
                numbers = self.counted(decider(query, SCHEMA), scope, facets)
        after = encode_cursor([found[limit - 1][0]] if by else offset + limit) if len(found) > limit else None
        return replace(numbers, hits=hits, cursor=after)

    def _hits(self, found: Sequence[tuple[float, tantivy.DocAddress]]) -> list[Hit]:
        held = [self.searcher.doc(address) for _key, address in found]
        # All at once: to read each by itself takes twice as long.
        parts = json.loads(b"[%b]" % b",".join([one["parts"][0] for one in held]))
        return [
            Hit(one["id"][0], int(one["case"][0]), key, list(starmap(Part, its)))
            for (key, _address), one, its in zip(found, held, parts, strict=True)
        ]

    def tally(self, query: Node, scope: Scope, facets: Sequence[str] = ()) -> Results:
        with failures():
            return sample.tallied(
                lambda tree, wanted: self.counted(unranked(tree, SCHEMA), scope, wanted),
                query, facets, is_large=self.searcher.num_docs > sample.LARGE,
            )  # fmt: skip

    def are_many(self, asked: Sequence[tuple[Node, Scope]], least: int) -> list[bool]:
        with failures():
            return [self._is_reached(scoped(decider(query, SCHEMA), scope), least) for query, scope in asked]

    def _is_reached(self, query: tantivy.Query, least: int) -> bool:
        return len(self.searcher.search(query, least, count=False).hits) == least

    def counted(self, query: tantivy.Query, scope: Scope, facets: Sequence[str]) -> Results:
        """The total, with what narrows nothing itself in the same pass; every other facet in one of its own."""
        own = [facet for facet in facets if scope.narrows(facet)]
        shared = [facet for facet in facets if facet not in own]
        # Every document has a case.
        everything = {_TOTAL: {"value_count": {"field": "sequence"}}, **_terms(shared)}
        answer = self.searcher.aggregate(scoped(query, scope), everything)
        for facet in own:
            answer |= self.searcher.aggregate(scoped(query, scope.without(facet)), _terms([facet]))
        numbers = {facet: {one["key"]: one["doc_count"] for one in answer[facet]["buckets"]} for facet in facets}
        return Results(total=int(answer[_TOTAL]["value"]), facets=numbers)


@contextmanager
def failures() -> Iterator[None]:
    try:
        yield
    except (ValueError, OSError) as error:
        raise SearchUnavailable(f"tantivy: {type(error).__name__}") from error


def of_cases(case_ids: Iterable[int]) -> tantivy.Query:
    return tantivy.Query.term_set_query(SCHEMA, "case", [str(case_id) for case_id in case_ids])


def scoped(query: tantivy.Query, scope: Scope) -> tantivy.Query:
    """The query within the scope, which adds nothing to a score."""
    limits = [tantivy.Query.term_query(SCHEMA, "audience", scope.audience)]
    limits += [tantivy.Query.term_set_query(SCHEMA, name, list(values)) for name, values in scope.filters.items()]
    limits += map(_within, scope.ranges)
    clauses = [(Occur.Must, tantivy.Query.const_score_query(limit, 0.0)) for limit in limits]
    if scope.excluded:
        clauses.append((Occur.MustNot, of_cases(scope.excluded)))
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


def _terms(names: Iterable[str]) -> dict[str, Any]:
    return {name: {"terms": {"field": name, "size": MOST_VALUES}} for name in names}
