"""A saved search as the question it asks: its query, and the scope in which its owner asks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from agencies.actors import Member
from events import clock
from workflows.deadlines import HANOI

from . import watchlists
from .backends.base import FILTERS, Order, Scope
from .choices import KnownChoices
from .guesses import retyped
from .models import SavedSearch, SearchExport
from .query import Query, parse
from .selectors import Narrowing, scope_of
from .tree import All, Best, Node

MOST_VALUES, LONGEST_VALUE = 50, 60
_KEPT = 4096


@dataclass(frozen=True)
class Question:
    """``retyped``: the same text read as raw keystrokes, where it may be that."""

    query: Query
    scope: Scope
    retyped: Query | None = None

    @property
    def tree(self) -> Node:
        """All of the words, with a slip of a letter each."""
        if self.query.is_empty:
            return All()
        asked = [self.query, *([self.retyped] if self.retyped else [])]
        trees = tuple(one.steps[min(1, len(one.steps) - 1)] for one in asked)
        return trees[0] if len(trees) == 1 else Best(trees)


def question_of(saved: SavedSearch, actor: Member) -> Question:
    """What ``saved`` asks for its owner ``actor``. Reads the database for names of agencies and communes only, and
    the first time only."""
    query = query_of(saved, actor)
    meant = "" if saved.is_watchlist else retyped(saved.text)
    read = _read(meant, False, _today(), _Agency(actor)) if meant else None
    return Question(query, scope_of(actor, narrowing_of(saved), query), read)


def query_of(saved: SavedSearch, actor: Member) -> Query:
    return _read(saved.text, saved.is_watchlist, _today(), _Agency(actor))


def _today() -> date:
    """By day: “yesterday” is another day tomorrow, and an agency may get another name."""
    return clock.now().astimezone(HANOI).date()


class _Agency:
    """Members of one agency read a text alike."""

    def __init__(self, actor: Member) -> None:
        self.actor = actor

    def __hash__(self) -> int:
        return hash(self.actor.agency.pk)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Agency) and other.actor.agency.pk == self.actor.agency.pk


@lru_cache(maxsize=_KEPT)
def _read(text: str, is_watchlist: bool, today: date, agency: _Agency) -> Query:
    return watchlists.query(text) if is_watchlist else parse(text, KnownChoices(agency.actor))


def narrowing_of(saved: SavedSearch | SearchExport) -> Narrowing:
    kept: dict[str, Any] = saved.filters
    return Narrowing(
        kept.get("filters", {}), _day(kept.get("since")), _day(kept.get("until")), _order(kept.get("order")),
        kept.get("exact", False),
    )  # fmt: skip


def kept(narrowing: Narrowing) -> dict[str, Any]:
    """The narrowing as it is stored: what `narrowing_of` reads."""
    found: dict[str, Any] = {
        "filters": _known(narrowing.filters),
        "since": narrowing.since.isoformat() if narrowing.since else None,
        "until": narrowing.until.isoformat() if narrowing.until else None,
        "order": narrowing.order if narrowing.order is not Order.RELEVANCE else None,
        "exact": narrowing.exact,
    }
    return {name: value for name, value in found.items() if value}


def _known(filters: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        name: [str(value)[:LONGEST_VALUE] for value in values][:MOST_VALUES]
        for name, values in filters.items()
        if name in FILTERS and values
    }


def _day(text: str | None) -> date | None:
    return datetime.fromisoformat(text).date() if text else None


def _order(text: str | None) -> Order:
    return Order(text) if text else Order.RELEVANCE
