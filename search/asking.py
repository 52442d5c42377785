"""A query put to an engine step by step: what holds all of its words as typed is asked for first, and what holds them
with slips, or only some of them, when that is little. How many there are is asked apart from which come first: to count
takes an engine much less than to rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

from .backends.base import Backend, Order, Results, Scope, Searched, decode_cursor, encode_cursor
from .guesses import readings
from .query import Query, Step
from .tiers import ENOUGH, is_of_tiers, open_first, page_of_tiers, tiers
from .tree import Node

_RANKED = (Order.RELEVANCE, Order.OPEN_FIRST)


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
    narrow a search down never adds to it, and a facet's number is what choosing it gives. A page that goes on goes no
    further and no less far than the one before, whatever was written meanwhile.
    """
    steps = _steps(query, exact=exact)
    place = _place(cursor, len(steps))
    if place:
        step, found = place.step, backend.tally(steps[place.step].finds, scope, facets)
    else:
        step, found = _counted(backend, query, steps, scope, facets)
    if not found.total:
        return found
    after = place.after if place else None
    page = _page(backend, query, steps[step], found, scope, order=order, limit=limit, after=after)
    return replace(found, hits=page.hits, cursor=encode_cursor([step, page.cursor]) if page.cursor else None)


def _page(
    backend: Searched,
    query: Query,
    wanted: Step,
    found: Results,
    scope: Scope,
    *,
    order: Order,
    limit: int,
    after: str | None,
) -> Results:
    goes_on, known = is_of_tiers(after), found.total if found.total_exact else None
    laid = tiers(query, wanted, found.total, known, however_few=goes_on) if order in _RANKED else []
    if laid and (goes_on or not after):
        placed = open_first(laid) if order is Order.OPEN_FIRST else laid
        return page_of_tiers(backend, placed, scope, limit, after)
    tree = wanted.tree if order in _RANKED else wanted.finds
    return backend.search(tree, scope, order=order, limit=limit, cursor=after, counted=False, at_most=known)


class _Place(NamedTuple):
    step: int
    after: str


def _place(cursor: str | None, steps: int) -> _Place | None:
    """Where a page goes on; None at the start, and for what no page has told."""
    match decode_cursor(cursor):
        case [int(step), str() as after] if 0 <= step < steps:
            return _Place(step, after)
    return None


def _steps(query: Query, *, exact: bool = False) -> tuple[Step, ...]:
    """What is asked one after the other, until enough is found."""
    return (query.exact,) if exact and query.words else query.steps


def decided(backend: Searched, query: Query, scope: Scope) -> Step:
    """The step that `ask` would go by: to be asked for page after page, so that what comes in between changes nothing.
    Raises SearchUnavailable."""
    steps = _steps(query)
    return steps[_decided(backend, query, steps, scope)]


def going_by_slips(backend: Backend, asked: Mapping[int, tuple[Query, Scope]]) -> set[int]:
    """Those of the questions for which `ask` would go further than what holds all words as typed. Asked together. Raises
    SearchUnavailable."""
    further = {key: one for key, one in asked.items() if len(one[0].without_exclusions.steps) > 1}
    return further.keys() - held(backend, further, ENOUGH)


def held(backend: Backend, asked: Mapping[int, tuple[Query, Scope]], least: int = 1) -> set[int]:
    """Those of the questions all of whose words, as they are, at least so many hold at large. Asked together. Raises
    SearchUnavailable."""
    plain = {key: (query.without_exclusions, scope) for key, (query, scope) in asked.items()}
    put = {key: (query.steps[0].finds, _at_large(scope)) for key, (query, scope) in plain.items() if not query.is_empty}
    answers = zip(put, backend.are_many(list(put.values()), least), strict=True) if put else ()
    return {key for key, is_so in answers if is_so}


def _decided(backend: Searched, query: Query, steps: Sequence[Step], scope: Scope) -> int:
    for place, step in enumerate(query.without_exclusions.steps[: len(steps) - 1]):
        if backend.tally(step.finds, _at_large(scope)).total >= ENOUGH:
            return place
    return len(steps) - 1


def holds(backend: Searched, query: Query, scope: Scope, facets: Sequence[str] = ()) -> bool:
    """Whether anything at large holds all of the words as they are. Raises SearchUnavailable."""
    plain = query.without_exclusions
    return not plain.is_empty and backend.tally(plain.steps[0].finds, _at_large(scope), facets).total > 0


def meanings(backend: Searched, text: str, query: Query, scope: Scope, facets: Sequence[str] = ()) -> list[str]:
    """What ``text`` may mean, as typed ``query``, to be asked one after the other until something is found: as typed
    first, where anything holds it so; else keystrokes are read before slips are allowed. Raises SearchUnavailable."""
    meant = readings(text)
    if len(meant) > 1 and (query.is_empty or holds(backend, query, scope, facets)):
        return list(dict.fromkeys((text, *meant)))
    return meant


class Tallied(Searched):
    """A backend for one question, which counts the same only once."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self._known: list[tuple[Node, Scope, Results]] = []

    @cached_property
    def _at_once(self) -> Searched:
        return self.backend.at_once()

    def search(self, query: Node, scope: Scope, **options: Any) -> Results:
        return self._at_once.search(query, scope, **options)

    def tally(self, query: Node, scope: Scope, facets: Sequence[str] = ()) -> Results:
        # Few enough to look through: to hash trees takes longer.
        for known, within, found in self._known:
            if known == query and within == scope and found.facets.keys() >= set(facets):
                return found
        found = self._at_once.tally(query, scope, facets)
        self._known.append((query, scope, found))
        return found


def _at_large(scope: Scope) -> Scope:
    return Scope(scope.audience, excluded=scope.excluded)


def _counted(
    backend: Searched, query: Query, steps: Sequence[Step], scope: Scope, facets: Sequence[str]
) -> tuple[int, Results]:
    """The step to go by, and how many it finds."""
    if _at_large(scope) != scope or query.clauses.barred:
        place = _decided(backend, query, steps, scope)
        return place, backend.tally(steps[place].finds, scope, facets)
    *first, last = steps
    for place, step in enumerate(first):
        found = backend.tally(step.finds, scope, facets)
        if found.total >= ENOUGH:
            return place, found
    return len(first), backend.tally(last.finds, scope, facets)
