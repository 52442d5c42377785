"""Finding cases: the engine proposes within the reader's audience, the database decides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import structlog
from django.db.models import Q, Subquery

from agencies.actors import Member
from agencies.models import Province
from events.models import Delivery
from workflows import policy
from workflows.models import Case
from workflows.models.case import CaseQuerySet

from . import query as queries
from .asking import Tallied, ask, decided, meanings
from .backends.base import Order, Range, Results, Scope, SearchUnavailable, decode_cursor, encode_cursor
from .choices import KnownChoices
from .clauses import Choices, Clauses
from .days import midnight
from .degraded import MOST_NUMBERS, NOTHING, looked_up
from .documents import audience_name
from .engine import engine
from .guesses import respelled
from .handlers import INDEX, cases_of
from .highlights import Fragment, fragments
from .models import IndexExchange

log = structlog.get_logger(__name__)

# After these an agency may have lost a case, or read more of it than it may now.
_ACCESS_CHANGES = (
    "case.referred", "case.referral_taken", "case.referral_returned", "case.referral_recalled", "case.referral_escalated",
    "case.referral_reassigned", "case.withdrawn", "case.joined",
)  # fmt: skip
# A case number without its province.
_NUMBER_TAIL = re.compile(r"(?<![\w-])([0-9A-HJKMNP-TV-Z]{5})-?([0-9A-HJKMNP-TV-Z]{5})(?![\w-])", re.IGNORECASE)
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
    field → value → number of cases, each without its own filter. ``degraded``: the engine is away, and only case
    numbers and identifiers were looked up. ``understood``: raw keystrokes, read as the Vietnamese they were meant
    for. ``suggestion``: the text with words that stand nowhere put right, where nothing holds
    it as typed. ``exact``: how many of ``total`` hold all words
    exactly as typed; None where nothing but words was asked. ``clauses``: what the text says of where to look."""

    hits: list[Found] = field(default_factory=list)
    total: int = 0
    total_exact: bool = True
    cursor: str | None = None
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    degraded: bool = False
    empty_query: bool = False
    shortened: bool = False
    understood: str = ""
    suggestion: str = ""
    exact: int | None = None
    clauses: Clauses | None = None


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
    never raises for its sake. Two queries besides the engine's, three when the engine is away, one more for each
    field of the text that names an agency or a commune, however often it is read, two for case numbers without their
    province."""
    chosen = narrowing or Narrowing()
    text = _with_province(actor, text)
    choices = KnownChoices(actor)
    query = queries.parse(text, choices)
    if query.is_empty and not chosen.any:
        return Answer(empty_query=True, shortened=query.shortened)
    if not actor.handles_cases:
        return Answer(shortened=query.shortened)
    asked = _Asked(actor, chosen, in_doubt(actor), limit, cursor, tuple(facets), choices)
    try:
        return _answered(asked, text, query)
    except SearchUnavailable as error:
        log.warning("search is degraded", exc_info=error)
        return _degraded(asked, text, query)


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
        return _degraded(asked, "", query)


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
    choices = KnownChoices(actor)
    asked = _Asked(actor, narrowing, in_doubt(actor), size, None, (), choices)
    text = _with_province(actor, text)
    for query in _likeliest(asked, text, queries.parse(text, choices)):
        scope = asked.scope(query)
        wanted = query.exact if narrowing.exact and query.words else decided(asked.engine, query, scope)
        found = engine().search(wanted, scope, order=Order.BY_CASE, limit=size)
        total = found.total
        while found.hits:
            yield total, [hit.case for hit in found.hits]
            after = Range("case", None, found.hits[-1].case)
            beyond = replace(scope, ranges=(*scope.ranges, after))
            found = engine().search(wanted, beyond, order=Order.BY_CASE, limit=size, counted=False)
        if total:
            return


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


def _answered(asked: _Asked, text: str, query: queries.Query) -> Answer:
    """By the first reading of ``text`` that finds anything; as typed when none does."""
    nothing = Results()
    for read in _likeliest(asked, text, query):
        found = asked.found(read)
        if not found.total:
            nothing = found
            continue
        answer = replace(_decided(asked, read, found), exact=_exact(asked, read, found))
        if read.text != query.text:
            return replace(answer, understood=read.text)
        if answer.exact:
            return answer
        shown = {hit.case.pk for hit in answer.hits}
        return replace(answer, suggestion=respelled(text, read, [hit.parts for hit in found.hits if hit.case in shown]))
    return _decided(asked, query, nothing)


def _exact(asked: _Asked, query: queries.Query, found: Results) -> int | None:
    if not query.words or asked.cursor:
        return None
    if asked.narrowing.exact:
        return found.total
    return asked.engine.tally(query.exact, asked.scope(query)).total


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


def _with_province(actor: Member, text: str) -> str:
    """``text`` with the province put before the case numbers that were typed without it. Two queries more, and only
    when something in it may be one."""
    tails = {f"{match[1]}-{match[2]}".upper() for match in list(_NUMBER_TAIL.finditer(text))[:MOST_NUMBERS]}
    if not tails:
        return text
    provinces = Province.objects.values_list("pk", flat=True)
    possible = [f"{province}-{tail}" for province in provinces for tail in tails]
    numbers = readable(actor).filter(number__in=possible).values_list("number", flat=True)
    known = {number.partition("-")[2]: number for number in numbers}

    def whole(match: re.Match[str]) -> str:
        return known.get(f"{match[1]}-{match[2]}".upper(), match[0])

    return _NUMBER_TAIL.sub(whole, text) if known else text


def _decided(asked: _Asked, query: queries.Query, found: Results) -> Answer:
    visible = readable(asked.actor).in_bulk([hit.case for hit in found.hits])
    hits = [
        Found(visible[hit.case], hit.score, fragments(query, hit.parts)) for hit in found.hits if hit.case in visible
    ]
    dropped = len(found.hits) - len(hits)
    return Answer(
        hits, found.total - dropped, found.total_exact, found.cursor, found.facets, shortened=query.shortened,
        clauses=query.clauses,
    )  # fmt: skip


def audience_of(actor: Member) -> str:
    return audience_name(actor.agency, policy.clearance(actor))


def readable(actor: Member) -> CaseQuerySet:
    return Case.objects.visible_to(actor).select_related("owner", "handler", "complaint")


def in_doubt(actor: Member) -> frozenset[int]:
    """Cases that changed hands and are not indexed since, or were written to an index that a rebuilt one has replaced.
    Their owner loses nothing by a stale document."""
    unwritten = Q(state=Delivery.State.DUE) | Q(state=Delivery.State.PARKED)
    replaced = IndexExchange.objects.order_by("since").values("since")[:1]
    owed = Delivery.objects.filter(
        unwritten | Q(done_at__gte=Subquery(replaced)), handler=INDEX, event__kind__in=_ACCESS_CHANGES
    )
    doubtful = cases_of(owed.values_list("event__stream", flat=True))
    if not doubtful:
        return frozenset()
    return frozenset(doubtful) - set(
        Case.objects.filter(pk__in=doubtful, owner=actor.agency).values_list("pk", flat=True)
    )


def _degraded(asked: _Asked, text: str, query: queries.Query) -> Answer:
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
        shortened=query.shortened,
        clauses=query.clauses,
    )
