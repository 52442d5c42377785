"""A query put to an engine step by step: what holds all of its words as typed is asked for first, and what holds them
with slips, or only some of them, when that is little."""

from __future__ import annotations

from typing import Any

from .backends.base import Backend, Results, Scope
from .query import Query
from .tree import All

# So many cases that hold all of the words are answer enough: they come first in any case, and to look through all that
# hold them with a slip, or some of them, takes the longer the more cases there are.
ENOUGH = 20


def ask(backend: Backend, query: Query, scope: Scope, **options: Any) -> Results:
    """``options`` as `Backend.search` takes them. An empty query finds the whole scope. Raises SearchUnavailable."""
    if query.is_empty:
        return backend.search(All(), scope, **options)
    *first, last = query.steps
    for step in first:
        found = backend.search(step, scope, counted_from=ENOUGH, **options)
        if found.total >= ENOUGH:
            return found
    return backend.search(last, scope, **options)
