"""A question as the body of a request to the search server, and its answer read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from typing import Any

from elasticsearch.dsl import query as q

from search.tree import Node

from .base import MOST_VALUES, Hit, Order, Part, Range, Results, Scope, decode_cursor, encode_cursor, ranked
from .elastic_query import translate
from .sample import COUNTED_EXACTLY

# A server passes over and shows so many together.
FURTHEST = 10_000
_SORTS: dict[Order, tuple[Any, ...]] = {
    Order.RELEVANCE: ("_score", "case"),
    Order.OPEN_FIRST: ("_score", "case"),
    Order.NEWEST: ({"lodged_at": "desc"}, {"case": "desc"}),
    Order.BY_CASE: ({"case": "desc"},),
}
_BY_SCORE = (Order.RELEVANCE, Order.OPEN_FIRST)


def request_body(
    query: Node,
    scope: Scope,
    order: Order,
    limit: int,
    cursor: str | None,
    facets: Sequence[str],
    *,
    counted: bool = True,
) -> dict[str, Any]:
    own = [facet for facet in facets if scope.narrows(facet)]
    within = reduce(Scope.without, own, scope)
    body: dict[str, Any] = {
        "query": _scoped(translate(ranked(query, order)), within).to_dict(),
        "sort": _SORTS[order],
        "_source": ["case", "parts"],
        # One more than wanted tells whether anything follows; where none is wanted, there are no hits.
        "size": limit + 1 if limit else 0,
        "track_total_hits": (True if limit else COUNTED_EXACTLY) if counted else False,
    }
    if own:
        # After the counting: a facet is counted without its own narrowing, the hits and the total with it.
        body["post_filter"] = q.Bool(filter=_limits(scope)).to_dict()
    if facets:
        body["aggs"] = {facet: _counting(facet, scope) for facet in facets}
    shown, last = _read(cursor, order)
    if order in _BY_SCORE and shown + limit < FURTHEST:
        body["from"] = shown
    elif last:
        body["search_after"] = last
    return body


def reached_body(query: Node, scope: Scope, least: int) -> dict[str, Any]:
    """Counted up to ``least``."""
    return {"query": _scoped(translate(query), scope).to_dict(), "size": 0, "track_total_hits": least}


def _read(cursor: str | None, order: Order) -> tuple[int, list[Any]]:
    """How many were shown, where they are ranked, and by what the last of them is sorted. Each write changes every score a
    little: who went on below the last one's would see the best again."""
    found = decode_cursor(cursor)
    if isinstance(found, list):
        shown, last = (found[0], found[1:]) if found and order in _BY_SCORE else (0, found)
        if type(shown) is int and shown >= 0 and len(last) == len(_SORTS[order]) and _is_place(*last):
            return shown, last
    return 0, []


def _written(cursor: str | None, order: Order, limit: int, last: list[Any]) -> str:
    return encode_cursor([_read(cursor, order)[0] + limit, *last] if order in _BY_SCORE else last)


def _is_place(*found: Any) -> bool:
    """A score or an instant, where one is sorted by, and a case: what a person may have written instead is no place."""
    *first, case = found
    are_numbers = all(type(one) in (int, float) and math.isfinite(one) and abs(one) < 2**62 for one in first)
    return are_numbers and type(case) is int and abs(case) < 2**62


def _counting(facet: str, scope: Scope) -> dict[str, Any]:
    narrowed = q.Bool(filter=_limits(scope.without(facet))).to_dict()
    return {"filter": narrowed, "aggs": {"values": {"terms": {"field": facet, "size": MOST_VALUES}}}}


def _limits(scope: Scope) -> list[q.Query]:
    limits: list[q.Query] = [q.Term(audience=scope.audience)]
    limits += [q.Terms(name, list(values)) for name, values in scope.filters.items()]
    return limits + [q.Range(**{one.field: _bounds(one)}) for one in scope.ranges]


def _bounds(one: Range) -> dict[str, int]:
    bounds = {"gte": one.since, "lt": one.until}
    return {name: bound for name, bound in bounds.items() if bound is not None}


def _scoped(query: q.Query, scope: Scope) -> q.Query:
    without = [q.Terms(case=sorted(scope.excluded))] if scope.excluded else []
    return q.Bool(filter=_limits(scope), must=[query], must_not=without)


def results(answer: dict[str, Any], order: Order, limit: int, cursor: str | None) -> Results:
    found = answer["hits"]["hits"][:limit]
    total = answer["hits"].get("total", {"value": 0, "relation": "gte"})
    hits = [
        Hit(
            hit["_id"],
            hit["_source"]["case"],
            hit["_score"] or 0.0,
            [Part(part["name"], part["text"]) for part in hit["_source"]["parts"]],
        )
        for hit in found
    ]
    more = len(answer["hits"]["hits"]) > limit > 0
    after = _written(cursor, order, limit, found[-1]["sort"]) if more else None
    counted = {
        facet: {one["key"]: one["doc_count"] for one in bucket["values"]["buckets"]}
        for facet, bucket in answer.get("aggregations", {}).items()
    }
    return Results(hits, total["value"], total["relation"] == "eq", after, counted)
