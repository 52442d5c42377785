"""A query put to an engine step by step: what holds all of its words as typed is asked for first, and what holds them
with slips, or only some of them, when that is little."""

from __future__ import annotations

from typing import Any

from .backends.base import Backend, Results, Scope
from .guesses import readings
from .query import Query
from .tree import All, Node

# So many cases that hold all of the words are answer enough: they come first in any case, and to look through all that
# hold them with a slip, or some of them, takes the longer the more cases there are.
ENOUGH = 20


def ask(backend: Backend, query: Query, scope: Scope, **options: Any) -> Results:
    """``options`` as `Backend.search` takes them. An empty query finds the whole scope. Raises SearchUnavailable.

    How far it goes is decided on what the words find at large, not on what filters and exclusions leave of it: to
    narrow a search down never adds to it, and a facet's number is what choosing it gives.
    """
    if query.is_empty:
        return backend.search(All(), scope, **options)
    if _at_large(scope) == scope and not query.clauses.barred:
        return _first_enough(backend, query, scope, options)
    return backend.search(decided(backend, query, scope), scope, **options)


def decided(backend: Backend, query: Query, scope: Scope) -> Node:
    """The tree that `ask` would go by: to be asked for page after page, so that what comes in between changes nothing.
    Raises SearchUnavailable."""
    if query.is_empty:
        return All()
    plain = query.without_exclusions
    *first, last = query.steps
    for step, at_large in zip(first, () if plain.is_empty else plain.steps, strict=False):
        if backend.search(at_large, _at_large(scope), limit=1).total >= ENOUGH:
            return step
    return last


def holds(backend: Backend, query: Query, scope: Scope) -> bool:
    """Whether anything at large holds all of the words as they are. Raises SearchUnavailable."""
    plain = query.without_exclusions
    return not plain.is_empty and backend.search(plain.steps[0], _at_large(scope), limit=1).total > 0


def meanings(backend: Backend, text: str, query: Query, scope: Scope) -> list[str]:
    """What ``text`` may mean, as typed ``query``, to be asked one after the other until something is found: as typed
    first, where anything holds it so; else keystrokes are read before slips are allowed. Raises SearchUnavailable."""
    meant = readings(text)
    if len(meant) > 1 and (query.is_empty or holds(backend, query, scope)):
        return list(dict.fromkeys((text, *meant)))
    return meant


def _at_large(scope: Scope) -> Scope:
    return Scope(scope.audience, excluded=scope.excluded)


def _first_enough(backend: Backend, query: Query, scope: Scope, options: dict[str, Any]) -> Results:
    *first, last = query.steps
    for step in first:
        found = backend.search(step, scope, counted_from=ENOUGH, **options)
        if found.total >= ENOUGH:
            return found
    return backend.search(last, scope, **options)
