"""Finding cases: the engine proposes within the reader's audience, the database decides."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from django.db.models import Exists, OuterRef, Q

from agencies.actors import Member
from agencies.models import Province
from complaints.models import Indicator
from events.models import Delivery
from workflows import policy
from workflows.models import Case
from workflows.models.case import CaseQuerySet

from . import query as queries
from .backends.base import Results, SearchUnavailable
from .documents import audience_name
from .engine import engine
from .handlers import INDEX, cases_of
from .highlights import Fragment, fragments

log = structlog.get_logger(__name__)

# After these an agency may have lost a case, or read more of it than it may now.
_ACCESS_CHANGES = (
    "case.referred", "case.referral_taken", "case.referral_returned", "case.referral_recalled", "case.referral_escalated",
    "case.referral_reassigned", "case.withdrawn",
)  # fmt: skip


# A case number without its province.
_NUMBER_TAIL = re.compile(r"(?<![\w-])([0-9A-HJKMNP-TV-Z]{5})-?([0-9A-HJKMNP-TV-Z]{5})(?![\w-])", re.IGNORECASE)
# The beginning of a case number: the province and at least two characters more.
_NUMBER_START = re.compile(r"\d{2}-[0-9A-Z]{2,5}(?:-[0-9A-Z]{0,5})?")
MOST_NUMBERS = 5


@dataclass(frozen=True)
class Found:
    case: Case
    score: float
    fragments: list[Fragment] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """``total`` counts all that fit (at least, unless ``total_exact``). ``degraded``: the engine is away, and only
    case numbers and identifiers were looked up. ``cursor`` asks for what follows."""

    hits: list[Found] = field(default_factory=list)
    total: int = 0
    total_exact: bool = True
    cursor: str | None = None
    degraded: bool = False
    empty_query: bool = False
    shortened: bool = False


def find_cases(
    actor: Member,
    text: str,
    *,
    limit: int = 20,
    cursor: str | None = None,
    filters: Mapping[str, Sequence[str]] | None = None,
) -> Answer:
    """The cases that ``actor`` may see and that fit ``text``, best first. Any text gives an answer; never raises
    for its sake. Two queries besides the engine's, three when the engine is away."""
    text = _with_province(actor, text)
    query = queries.parse(text)
    if query.is_empty:
        return Answer(empty_query=True, shortened=query.shortened)
    if not actor.handles_cases:
        return Answer(shortened=query.shortened)
    try:
        found = engine().search(
            query.tree,
            audience_name(actor.agency.code, policy.clearance(actor)),
            filters=filters,
            excluded=_in_doubt(actor),
            limit=limit,
            cursor=cursor,
        )
    except SearchUnavailable as error:
        log.warning("search is degraded", exc_info=error)
        return _degraded(actor, text, query, limit)
    return _decided(actor, query, found)


def _with_province(actor: Member, text: str) -> str:
    """``text`` with the province put before the case numbers that were typed without it. One query more, and only
    when something in it may be one."""
    tails = {f"{match[1]}-{match[2]}".upper() for match in list(_NUMBER_TAIL.finditer(text))[:MOST_NUMBERS]}
    if not tails:
        return text
    provinces = Province.objects.values_list("pk", flat=True)
    possible = [f"{province}-{tail}" for province in provinces for tail in tails]
    numbers = _readable(actor).filter(number__in=possible).values_list("number", flat=True)
    known = {number.partition("-")[2]: number for number in numbers}

    def whole(match: re.Match[str]) -> str:
        return known.get(f"{match[1]}-{match[2]}".upper(), match[0])

    return _NUMBER_TAIL.sub(whole, text) if known else text


def _decided(actor: Member, query: queries.Query, found: Results) -> Answer:
    visible = _readable(actor).in_bulk([hit.case for hit in found.hits])
    hits = [
        Found(visible[hit.case], hit.score, fragments(query, hit.parts)) for hit in found.hits if hit.case in visible
    ]
    dropped = len(found.hits) - len(hits)
    return Answer(hits, found.total - dropped, found.total_exact, found.cursor, shortened=query.shortened)


def _readable(actor: Member) -> CaseQuerySet:
    return Case.objects.visible_to(actor).select_related("owner", "handler", "complaint")


def _in_doubt(actor: Member) -> set[int]:
    """Cases that changed hands and are not indexed since. Their owner loses nothing by a stale document."""
    owed = Delivery.objects.filter(
        Q(state=Delivery.State.DUE) | Q(state=Delivery.State.PARKED), handler=INDEX, event__kind__in=_ACCESS_CHANGES
    )
    doubtful = cases_of(owed.values_list("event__stream", flat=True))
    if not doubtful:
        return doubtful
    return doubtful - set(Case.objects.filter(pk__in=doubtful, owner=actor.agency).values_list("pk", flat=True))


def _degraded(actor: Member, text: str, query: queries.Query, limit: int) -> Answer:
    """Without the engine: the beginning of a case number, or an identifier."""
    asked = {key for span, _ in query.identifiers for key in span.keys if not key.startswith("~")}
    wanted = Q(pk__in=[])
    for start in {word.upper() for word in text.split()[:MOST_NUMBERS]} | {key.upper() for key in asked}:
        if _NUMBER_START.fullmatch(start):
            wanted |= Q(number__startswith=start)
    for value in {form for key in asked for form in _stored_forms(key)}:
        rows = Indicator.objects.filter(complaint_id=OuterRef("complaint_id"), value__startswith=value)
        wanted |= Q(Exists(rows))
    cases = list(_readable(actor).filter(wanted).order_by("-lodged_at", "-pk")[: limit + 1])
    return Answer(
        [Found(case, 0.0) for case in cases[:limit]],
        min(len(cases), limit),
        total_exact=len(cases) <= limit,
        degraded=True,
        shortened=query.shortened,
    )


def _stored_forms(key: str) -> set[str]:
    """A key as `Indicator.value` may hold it."""
    forms = {key, key.upper()}
    if key.isdecimal() and key.startswith("0"):
        forms.add("+84" + key[1:])
    return forms
