"""A query put to an engine step by step: what holds all of its words as typed is asked for first, and what holds them
with slips, or only some of them, when that is little. How many there are is asked apart from which come first: to count
takes an engine much less than to rank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from .backends.base import Order, Results, Scope, Searched
from .guesses import readings
from .query import Query
from .tiers import is_of_tiers, page_of_tiers, tiers
from .tree import All, Node

# So many cases that hold all of the words are answer enough: they come first in any case, and to look through all that
# hold them with a slip, or some of them, takes the longer the more cases there are.
ENOUGH = 20


def ask(
    backend: Searched,
    query: Query,
    scope: Scope,
    *,
    exact: bool = False,
    order: Order = Order.RELEVANCE,
    limit: int = 20,
    cursor: str | None = None,
    facets: Sequence[str] = (),
) -> Results:
    """The rest as `Backend.search` takes it. An empty query finds the whole scope. ``exact``: only what holds all words
    exactly as typed. Raises SearchUnavailable.

    How far it goes is decided on what the words find at large, not on what filters and exclusions leave of it: to
    narrow a search down never adds to it, and a facet's number is what choosing it gives.
    """
    if exact and query.words:
        wanted, found = query.exact, backend.tally(query.exact, scope, facets)
    else:
        wanted, found = _tallied(backend, query, scope, facets)
    if not found.total:
        return found
    goes_on, known = is_of_tiers(cursor), found.total if found.total_exact else None
    laid = tiers(query, wanted, found.total, however_few=goes_on) if order is Order.RELEVANCE else []
    if laid and (goes_on or not cursor):
        page = page_of_tiers(backend, laid, scope, limit, cursor, known)
    else:
        page = backend.search(wanted, scope, order=order, limit=limit, cursor=cursor, counted=False, at_most=known)
    return replace(found, hits=page.hits, cursor=page.cursor)


def decided(backend: Searched, query: Query, scope: Scope) -> Node:
    """The tree that `ask` would go by: to be asked for page after page, so that what comes in between changes nothing.
    Raises SearchUnavailable."""
    if query.is_empty:
        return All()
    plain = query.without_exclusions
    *first, last = query.steps
    for step, at_large in zip(first, () if plain.is_empty else plain.steps, strict=False):
        if backend.tally(at_large, _at_large(scope)).total >= ENOUGH:
            return step
    return last


def holds(backend: Searched, query: Query, scope: Scope, facets: Sequence[str] = ()) -> bool:
    """Whether anything at large holds all of the words as they are. Raises SearchUnavailable."""
    plain = query.without_exclusions
    return not plain.is_empty and backend.tally(plain.steps[0], _at_large(scope), facets).total > 0


def meanings(backend: Searched, text: str, query: Query, scope: Scope, facets: Sequence[str] = ()) -> list[str]:
    """What ``text`` may mean, as typed ``query``, to be asked one after the other until something is found: as typed
    first, where anything holds it so; else keystrokes are read before slips are allowed. Raises SearchUnavailable."""
    meant = readings(text)
    if len(meant) > 1 and (query.is_empty or holds(backend, query, scope, facets)):
        return list(dict.fromkeys((text, *meant)))
    return meant


class Tallied(Searched):
    """A backend for one question, which counts the same only once."""

    def __init__(self, backend: Searched) -> None:
        self.backend = backend
        self._known: dict[tuple[Node, str], Results] = {}

    def search(self, query: Node, scope: Scope, **options: Any) -> Results:
        return self.backend.search(query, scope, **options)

    def tally(self, query: Node, scope: Scope, facets: Sequence[str] = ()) -> Results:
        asked = (query, repr(scope))
        known = self._known.get(asked)
        if known is None or not known.facets.keys() >= set(facets):
            known = self._known[asked] = self.backend.tally(query, scope, facets)
        return known


def _at_large(scope: Scope) -> Scope:
    return Scope(scope.audience, excluded=scope.excluded)


def _tallied(backend: Searched, query: Query, scope: Scope, facets: Sequence[str]) -> tuple[Node, Results]:
    """The tree to go by, and how many it finds."""
    if query.is_empty or _at_large(scope) != scope or query.clauses.barred:
        wanted = decided(backend, query, scope)
        return wanted, backend.tally(wanted, scope, facets)
    *first, last = query.steps
    for step in first:
        found = backend.tally(step, scope, facets)
        if found.total >= ENOUGH:
            return step, found
    return last, backend.tally(last, scope, facets)
