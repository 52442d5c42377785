"""Finding cases: the engine proposes within the reader's audience, the database decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import structlog

from agencies.actors import Member
from workflows import policy
from workflows.models import Case
from workflows.models.case import CaseQuerySet

from . import query as queries
from .asking import Tallied, ask, decided, meanings
from .backends.base import NoIndex, Order, Range, Results, Scope, SearchUnavailable, decode_cursor, encode_cursor
from .clauses import Choices, Clauses
from .context import SearchContext, in_doubt
from .days import midnight
from .degraded import NOTHING, looked_up
from .documents import audience_name
from .engine import engine
from .guesses import respelled
from .handlers import nothing_delivered
from .highlights import Fragment, Marker
from .names import Name

log = structlog.get_logger(__name__)

# How deep one may page while the engine is away.
MOST_LOOKED_UP = 100_000


@dataclass(frozen=True)
class Narrowing:
    """What is chosen beside the text: ``filters`` (fields of `backends.base.FILTERS`, any of the values), the days of
    lodging ``since`` to ``until``, both included, what comes first, and whether only what holds all words ``exact``ly as
    typed is wanted."""

    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None
    order: Order = Order.RELEVANCE
    exact: bool = False

    @property
    def any(self) -> bool:
        return bool(self.filters or self.since or self.until)

    @property
    def ranges(self) -> tuple[Range, ...]:
        if not (self.since or self.until):
            return ()
        since = midnight(self.since) if self.since else None
        return (Range("lodged_at", since, midnight(self.until + timedelta(days=1)) if self.until else None),)


@dataclass(frozen=True)
class Found:
    case: Case
    score: float
    fragments: list[Fragment] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """``total`` counts all that fit (at least, unless ``total_exact``). ``cursor`` asks for what follows. ``facets``:
    field → value → number of cases, each without its own filter; estimates, unless ``facets_exact``. ``degraded``: the
    engine is away, and only case numbers and identifiers were looked up; ``lost``: until its index is rebuilt.
    ``understood``: raw keystrokes, read as the Vietnamese they were meant for. ``suggestion``: the text with words that
    stand nowhere put right, where nothing holds it as typed. ``exact``: how many of ``total`` hold all words exactly as typed (at least, unless
    ``exact_known``); None where that is not asked. ``clauses``: what the text says of where to look. ``names``: what
    the values of facets are called."""

    hits: list[Found] = field(default_factory=list)
    total: int = 0
    total_exact: bool = True
    cursor: str | None = None
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    facets_exact: bool = True
    degraded: bool = False
    lost: bool = False
    empty_query: bool = False
    shortened: bool = False
    understood: str = ""
    suggestion: str = ""
    exact: int | None = None
    exact_known: bool = True
    clauses: Clauses | None = None
    names: tuple[Name, ...] = ()

    @property
    def has_similar(self) -> bool:
        """Whether there is more than what holds all words exactly as typed; where both are very many, there may be."""
        return self.exact is not None and (self.exact < self.total or not self.total_exact)


def find_cases(
    actor: Member,
    text: str,
    *,
    narrowing: Narrowing | None = None,
    limit: int = 20,
    cursor: str | None = None,
    facets: Sequence[str] = (),
) -> Answer:
    """The cases that ``actor`` may see and that fit ``text`` and ``narrowing``, best first. Any text gives an answer;
    never raises for its sake. Two queries at most besides the engine's, whatever the text names."""
    chosen, context = narrowing or Narrowing(), SearchContext(actor, text)
    query = queries.parse(context.text, context.choices)
    if query.is_empty and not chosen.any:
        return Answer(empty_query=True, shortened=query.shortened)
    if not actor.handles_cases:
        return Answer(shortened=query.shortened)
    asked = _Asked(actor, chosen, context.in_doubt, limit, cursor, tuple(facets), context.choices)
    try:
        answer = _answered(asked, context.text, query)
    except SearchUnavailable as error:
        log.warning("search is degraded", exc_info=error)
        answer = _degraded(asked, context.text, query, error)
    return replace(answer, names=context.names)


def find_watched(actor: Member, query: queries.Query, *, limit: int = 20, cursor: str | None = None) -> Answer:
    """The cases that ``actor`` may see and ``query`` finds as it stands, newest first. Two queries besides the
    engine's."""
    if query.is_empty or not actor.handles_cases:
        return Answer(empty_query=query.is_empty)
    asked = _Asked(actor, Narrowing(order=Order.NEWEST), in_doubt(actor), limit, cursor, ())
    try:
        return _decided(asked, query, asked.found(query))
    except SearchUnavailable as error:
        log.warning("search is degraded", exc_info=error)
        return _degraded(asked, "", query, error)


def scope_of(
    actor: Member, narrowing: Narrowing, query: queries.Query, in_doubt: frozenset[int] = frozenset()
) -> Scope:
    """What ``actor`` may be given, chosen and asked for."""
    return Scope(
        audience_of(actor),
        _both(narrowing.filters, query.clauses.filters),
        (*narrowing.ranges, *query.clauses.ranges),
        in_doubt,
    )


def case_pages(actor: Member, text: str, narrowing: Narrowing, *, size: int) -> Iterator[tuple[int, list[int]]]:
    """All that `find_cases` finds for the same, the newest case first, page by page: (total, ids of the page). The
    database has not decided on the ids yet. Each page begins after the last case of the one before, so that what is
    lodged or written meanwhile drops none and doubles none. Raises SearchUnavailable: a list that lacks some is worse
    than a later one."""
    if not actor.handles_cases:
        return
    context = SearchContext(actor, text)
    asked = _Asked(actor, narrowing, context.in_doubt, size, None, (), context.choices)
    typed = queries.parse(context.text, context.choices)
    if typed.is_empty and not narrowing.any:
        return
    for query in _likeliest(asked, context.text, typed):
        total = 0
        for total, ids in _pages(asked, query):
            yield total, ids
        if total:
            return


def watched_pages(actor: Member, query: queries.Query, *, size: int) -> Iterator[tuple[int, list[int]]]:
    """All that `find_watched` finds for the same, as `case_pages` tells it. Raises SearchUnavailable."""
    if not query.is_empty and actor.handles_cases:
        yield from _pages(_Asked(actor, Narrowing(), in_doubt(actor), size, None, ()), query)


@dataclass(frozen=True)
class _Asked:
    actor: Member
    narrowing: Narrowing
    in_doubt: frozenset[int]
    limit: int
    cursor: str | None
    facets: tuple[str, ...]
    choices: Choices = queries.no_choices
    engine: Tallied = field(default_factory=lambda: Tallied(engine()))

    def scope(self, query: queries.Query) -> Scope:
        return scope_of(self.actor, self.narrowing, query, self.in_doubt)

    def found(self, query: queries.Query) -> Results:
        return ask(
            self.engine, query, self.scope(query), exact=self.narrowing.exact, order=self.narrowing.order, limit=self.limit,
            cursor=self.cursor, facets=self.facets,
        )  # fmt: skip


def _pages(asked: _Asked, query: queries.Query) -> Iterator[tuple[int, list[int]]]:
    scope = asked.scope(query)
    step = query.exact if asked.narrowing.exact and query.words else decided(asked.engine, query, scope)
    found = engine().search(step.finds, scope, order=Order.BY_CASE, limit=asked.limit)
    total = found.total
    while found.hits:
        yield total, [hit.case for hit in found.hits]
        if not found.cursor:
            return
        found = engine().search(
            step.finds, scope, order=Order.BY_CASE, limit=asked.limit, cursor=found.cursor, counted=False
        )


def _answered(asked: _Asked, text: str, query: queries.Query) -> Answer:
    """By the first reading of ``text`` that finds anything; as typed when none does."""
    nothing = Results()
    for read in _likeliest(asked, text, query):
        found = asked.found(read)
        if not found.total:
            nothing = found
            continue
        # The engine is asked before the database: where it goes away in between, only one lists cases.
        exact = _exact(asked, read, found)
        answer = _decided(asked, read, found)
        if exact and (exact.total_exact or read.exact != read.steps[0]):
            answer = replace(answer, exact=exact.total, exact_known=exact.total_exact)
        if read.text != query.text:
            return replace(answer, understood=read.text)
        if exact and exact.total:
            return answer
        shown = {hit.case.pk for hit in answer.hits}
        return replace(answer, suggestion=respelled(text, read, [hit.parts for hit in found.hits if hit.case in shown]))
    return _decided(asked, query, nothing)


def _exact(asked: _Asked, query: queries.Query, found: Results) -> Results | None:
    if not query.words or asked.cursor:
        return None
    return found if asked.narrowing.exact else asked.engine.tally(query.exact.finds, asked.scope(query))


def _likeliest(asked: _Asked, text: str, query: queries.Query) -> Iterator[queries.Query]:
    """What ``text`` may mean, as typed ``query``."""
    meant = meanings(asked.engine, text, query, asked.scope(query), asked.facets)
    return (query if one == text else queries.parse(one, asked.choices) for one in meant)


def _both(chosen: Mapping[str, Sequence[str]], typed: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What fits both: of a field that is in both, the values that are."""
    found = {name: list(values) for name, values in chosen.items()}
    for name, values in typed.items():
        found[name] = [one for one in values if one in found.get(name, values)] or [NOTHING]
    return found


def _decided(asked: _Asked, query: queries.Query, found: Results) -> Answer:
    visible = readable(asked.actor).in_bulk([hit.case for hit in found.hits])
    seen = [hit for hit in found.hits if hit.case in visible]
    shown = Marker(query).fragments([hit.parts for hit in seen])
    hits = [Found(visible[hit.case], hit.score, fragments) for hit, fragments in zip(seen, shown, strict=True)]
    dropped = len(found.hits) - len(hits) if found.total_exact else 0
    return Answer(
        hits, found.total - dropped, found.total_exact, found.cursor, found.facets, found.facets_exact,
        shortened=query.shortened, clauses=query.clauses,
    )  # fmt: skip


def audience_of(actor: Member) -> str:
    return audience_name(actor.agency, policy.clearance(actor))


def readable(actor: Member) -> CaseQuerySet:
    return Case.objects.visible_to(actor).select_related("owner", "handler", "complaint")


def _degraded(asked: _Asked, text: str, query: queries.Query, error: SearchUnavailable) -> Answer:
    rows = looked_up(readable(asked.actor), text, query, asked.scope(query))
    after = decode_cursor(asked.cursor)
    start = after if type(after) is int and 0 <= after <= MOST_LOOKED_UP else 0
    cases = list(rows[start : start + asked.limit + 1])
    more = len(cases) > asked.limit
    return Answer(
        [Found(case, 0.0) for case in cases[: asked.limit]],
        start + min(len(cases), asked.limit),
        total_exact=not more,
        cursor=encode_cursor(start + asked.limit) if more else None,
        degraded=True,
        lost=isinstance(error, NoIndex) and not nothing_delivered(),
        shortened=query.shortened,
        clauses=query.clauses,
    )
