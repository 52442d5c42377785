"""What a search engine must do here. Two do it, and pass the same tests: tests/contracts/test_search_backends.py."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, Protocol, TypedDict

from search.tree import Const, Every, Node, Term

# Part of every index's name: raise it when documents or terms change shape, and rebuild.
MAPPING = 6

FILTERS = (
    "state",
    "is_open",
    "track",
    "province",
    "owner",
    "handler",
    "category",
    "product_group",
    "channel",
    "commune",
    "urgent",
    "month",
    "amount_band",
)
NUMBERS = ("lodged_at", "amount")
# A field of its own for some parts of a document, folded, so that words can be asked for there alone.
SECTIONS: dict[str, tuple[str, ...]] = {
    "in_product": ("product", "brand"),
    "in_brand": ("brand",),
    "in_seller": ("seller", "seller_address", "respondent"),
    "in_file": ("file", "file_text"),
    "in_note": ("note", "reason"),
}
# What narrows by a number is counted in bands.
_OWN_RANGE = {"month": "lodged_at", "amount_band": "amount"}
MOST_VALUES = 300
# Above any score: what comes first whatever its words are worth.
ABOVE_ALL = 10_000.0


class SearchUnavailable(Exception):
    """The engine cannot answer now; the text says why, for a log."""


class NoIndex(SearchUnavailable):
    """The engine is there, and nothing was ever written to it, or what was is lost."""


class Part(NamedTuple):
    """A piece of a case's text and what it is: ``narrative``, ``note``, ``seller``…"""

    name: str
    text: str


class Document(TypedDict):
    """A case as one audience may read it, ready to index. ``version``: id of the last event it has seen.
    ``lodged_at``: when it was received, as `search.received` has it."""

    id: str
    case: int
    audience: str
    version: int
    parts: list[Part]
    keys: list[str]
    filters: dict[str, str]
    lodged_at: int
    amount: int | None


class Withdrawn(NamedTuple):
    """An audience that no longer reads a case, as of ``version``."""

    id: str
    case: int
    version: int


class Order(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    OPEN_FIRST = "open"
    BY_CASE = "case"


class Range(NamedTuple):
    """``since`` ≤ the number < ``until``; None leaves that side open, not both. ``field``: one of `NUMBERS`."""

    field: str
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True)
class Scope:
    """What a query may find: ``filters`` by field (any of the values), ``ranges`` over `NUMBERS`, without the cases
    ``excluded``."""

    audience: str
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ranges: tuple[Range, ...] = ()
    excluded: frozenset[int] = frozenset()

    def without(self, facet: str) -> Scope:
        """The scope in which ``facet`` is counted: all but what it narrows itself."""
        filters = {name: values for name, values in self.filters.items() if name != facet}
        own = _OWN_RANGE.get(facet)
        return replace(self, filters=filters, ranges=tuple(one for one in self.ranges if one.field != own))

    def narrows(self, facet: str) -> bool:
        return facet in self.filters or any(one.field == _OWN_RANGE.get(facet) for one in self.ranges)


@dataclass(frozen=True)
class Hit:
    id: str
    case: int
    score: float
    parts: list[Part]


@dataclass(frozen=True)
class Results:
    """``cursor`` continues after the last hit; None at the end. ``total_exact``: else "at least". ``facets``: for each
    one asked for, value → number of documents, at most 300 values, the most frequent first. ``facets_exact``: else
    estimates, in which a rare value may be missing."""

    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    total_exact: bool = True
    cursor: str | None = None
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    facets_exact: bool = True


MayBegin = Callable[[], bool]


def always() -> bool:
    return True


def never() -> bool:
    return False


class Checkpoint(NamedTuple):
    """How far an index being filled has come: all cases up to ``after`` are in it, read since ``begun_at``."""

    after: int
    begun_at: datetime


class Generation(Protocol):
    """An index being filled beside the live one; `keep` makes it one that a rebuild cut short is carried on with."""

    checkpoint: Checkpoint

    def write(self, documents: Sequence[Document]) -> None: ...

    def keep(self, after: int) -> None:
        """All that was written is durable, up to this case."""

    def publish(self) -> None:
        """Make it the live one and drop the old one: no search fails or comes up empty meanwhile."""

    def leave(self) -> None:
        """Stop filling it; what was kept stays."""

    def discard(self) -> None: ...


class Searched(Protocol):
    """What answers questions. Every method may raise SearchUnavailable."""

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
        """Best (or newest, or latest case) first, of this scope only; an unreadable cursor is the start. ``facets``: fields of
        `FILTERS` to count, each in the scope without its own filter. Where nothing is to be ``counted``, ``total`` means
        nothing. ``at_most``: so many are found, where that is known before; few are ranked in another way than many."""

    def tally(self, query: Node, scope: Scope, facets: Sequence[str] = ()) -> Results:
        """The total and the facets that `search` gives, without hits: nothing is ranked, which takes an engine the most.
        What more than 10,000 of very many documents fit may be told as just that, with estimated facets."""


class Backend(Searched, Protocol):
    """Every method may raise SearchUnavailable."""

    name: str

    def are_many(self, asked: Sequence[tuple[Node, Scope]], least: int) -> list[bool]:
        """Of each question, whether at least so many (one or more) fit. No more are counted, and two hundred questions are
        one request."""

    def at_once(self) -> Searched:
        """To be asked one thing after the other: as little as the engine can help it changes in between."""

    def write(
        self, documents: Sequence[Document], withdrawn: Sequence[Withdrawn] = (), *, may_begin: MayBegin = always
    ) -> None:
        """Durable and searchable on return; what is older than what the index holds of the case changes nothing.
        ``may_begin`` is asked where there is no index: may these be the first of one?"""

    def delete_case(self, case_id: int) -> None: ...

    def clear(self) -> None: ...

    def count(self) -> int:
        """How many documents there are, of all audiences."""

    def versions(self, case_ids: Sequence[int]) -> dict[str, int]:
        """Document id → version, for all documents of these cases."""

    def cases(self, after: int, limit: int) -> list[int]:
        """The next cases after this one that have documents, in the order of their ids: those of at most so many documents.
        None at the end."""

    def begin(self) -> Generation:
        """A new one; all others but the live one are dropped. One caller at a time, as for `resume`."""

    def resume(self) -> Generation | None:
        """The one that was left unfinished, if any. One caller at a time, see `search.services.rebuild`."""


def sections(parts: Iterable[Part]) -> dict[str, list[str]]:
    """The texts of each section that has any."""
    found: dict[str, list[str]] = {}
    for part in parts:
        for name, members in SECTIONS.items():
            if part.name in members:
                found.setdefault(name, []).append(part.text)
    return found


def ranked(query: Node, order: Order) -> Node:
    """The tree that puts what is first in ``order`` before all that only fits better."""
    if order is Order.OPEN_FIRST:
        return Every((query,), (Const(Term("is_open", "yes"), ABOVE_ALL),))
    return query


def encode_cursor(after: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(after).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> Any:
    """What was encoded; None for none and for anything else."""
    if not cursor or len(cursor) > 200:
        return None
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        return None
