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

from . import abbreviations, watchlists
from .asking import going_by_slips, held
from .backends.base import FILTERS, Backend, Order, Scope
from .context import SearchContext
from .guesses import retyped
from .models import SavedSearch, SearchExport
from .query import Query, Step, parse
from .selectors import Narrowing, scope_of
from .tree import Node, any_of

MOST_VALUES, LONGEST_VALUE = 50, 60
_KEPT = 4096


@dataclass(frozen=True)
class Question:
    """``retyped``: the same text read as raw keystrokes, where it may be that. ``exact``: only what holds all words exactly
    as typed is wanted."""

    query: Query
    scope: Scope
    retyped: Query | None = None
    exact: bool = False

    @property
    def tree(self) -> Node:
        """All that it may be told of: what holds all of the words, with a slip of a letter each, read one way or the
        other."""
        return any_of(self.widest(one).finds for one in (self.query, self.retyped) if one)

    @property
    def surely(self) -> Node:
        """What its page shows, whatever else there is."""
        return (self.widest(self.query) if self.exact else self.query.steps[0]).finds

    def widest(self, read: Query) -> Step:
        return read.exact if self.exact and read.words else read.steps[:2][-1]


def shown(backend: Backend, questions: Mapping[int, Question]) -> dict[int, Node]:
    """What of each one's `tree` its page shows: slips where little holds the words themselves, keystrokes where nothing
    holds them as typed. Asked of all together, twice. Raises SearchUnavailable."""
    read = {key: one.query for key, one in questions.items()}
    unlike = {key: one.retyped for key, one in questions.items() if one.retyped}
    as_typed = held(backend, {key: (read[key], questions[key].scope) for key in unlike})
    read |= {key: retyped for key, retyped in unlike.items() if key not in as_typed}
    unsure = {key: (read[key], one.scope) for key, one in questions.items() if not one.exact}
    widely = going_by_slips(backend, unsure) | (questions.keys() - unsure)
    return {
        key: (one.widest(read[key]) if key in widely else read[key].steps[0]).finds for key, one in questions.items()
    }


def question_of(saved: SavedSearch, actor: Member) -> Question:
    """What ``saved`` asks for its owner ``actor``. Reads the database for names of agencies and communes only, and
    the first time only."""
    query = query_of(saved, actor)
    meant = "" if saved.is_watchlist else retyped(saved.text)
    read = _read(meant, False, _today(), _Agency(actor), abbreviations.table()) if meant else None
    narrowing = narrowing_of(saved)
    return Question(query, scope_of(actor, narrowing, query), read, narrowing.exact)


def query_of(saved: SavedSearch, actor: Member) -> Query:
    return _read(saved.text, saved.is_watchlist, _today(), _Agency(actor), abbreviations.table())


def _today() -> date:
    """By day: “yesterday” is another day tomorrow, and an agency may get another name. (And by the table of
    abbreviations: a query keeps its trees.)"""
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
def _read(text: str, is_watchlist: bool, today: date, agency: _Agency, table: abbreviations.Table) -> Query:
    return watchlists.query(text) if is_watchlist else parse(text, SearchContext(agency.actor, text).choices)


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
