"""Cases like this one: the engine proposes within the reader's audience, identifiers and likeness of words decide.

Whatever belongs to the complainant takes no part: neither their number nor their name makes two cases alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import structlog
from rapidfuzz import fuzz

from agencies.actors import Member
from complaints.business_names import name_key
from complaints.identifiers import normalise as normalise_identifier
from complaints.identifiers.merging import indicator_rows
from complaints.lodgement import Lodgement, Person
from complaints.models import Complainant, Complaint, ComplaintRespondent, Indicator
from workflows.models import Case

from .backends.base import Scope, SearchUnavailable
from .engine import engine
from .keys import keys_of, typed
from .selectors import audience_of, in_doubt, readable
from .text import folded_words, normalise, pair
from .tree import Boost, Const, Node, Sum, Term, as_terms

log = structlog.get_logger(__name__)

CANDIDATES, SHOWN = 50, 5
MOST_IDENTIFIERS, MOST_WORDS, MOST_PAIRS = 12, 8, 24
# How much of a story is read: its beginning says what it is about.
STORY_WORDS = 120
# One shared identifier is enough; so is the business that officers found it to be, and the seller's name; product and
# story must come together, or one story be told twice.
IDENTIFIER, MORE_IDENTIFIERS, BUSINESS, SELLER, PRODUCT, STORY = 1.0, 0.2, 0.8, 0.5, 0.3, 0.45
ENOUGH = 0.4
# Below these, likeness is chance: any two Vietnamese texts share half of their syllables.
SELLER_ALIKE, PRODUCT_ALIKE, STORY_ALIKE = 0.85, 0.75, 0.7
# One text may be held in the other only when it says enough by itself.
LEAST_WORDS, LEAST_STORY = 2, 8

_IDENTIFIER, _SECTION, _PAIR = 40.0, 2.0, 1.0
_LONG_NUMBER = re.compile(r"\+?\d(?:[ .\-()]{0,2}\d){6,}")


@dataclass(frozen=True)
class Alike:
    """``shared``: (kind, normalised value) of what both name. ``business``: whether one of the register is named in both.
    ``seller``, ``product``, ``story``: whether they are alike."""

    case: Case
    score: float
    shared: tuple[tuple[str, str], ...] = ()
    business: bool = False
    seller: bool = False
    product: bool = False
    story: bool = False


@dataclass(frozen=True)
class SimilarCases:
    """``degraded``: the engine is away, so nothing was looked for."""

    found: list[Alike] = field(default_factory=list)
    degraded: bool = False


def similar_cases(case: Case, actor: Member) -> SimilarCases:
    """The five cases most like ``case`` that ``actor`` may see, without those joined to it. ``case`` must be theirs to
    see. Seven queries at most besides the engine's."""
    return _most_like(_read([case], actor)[case.pk], actor, case)


def similar_to(said: Lodgement, actor: Member) -> SimilarCases:
    """The same of what is not lodged yet, as far as it is told. Four queries at most besides the engine's."""
    named = {found.key for found in indicator_rows(said)}
    return _most_like(_told(said, named, frozenset(), said.person), actor)


def _most_like(own: _Told, actor: Member, case: Case | None = None) -> SimilarCases:
    wanted = _tree(own)
    if wanted is None:
        return SimilarCases()
    scope = Scope(audience_of(actor), excluded=in_doubt(actor) | ({case.pk} if case else set()))
    try:
        proposed = [hit.case for hit in engine().search(wanted, scope, limit=CANDIDATES, counted=False).hits]
    except SearchUnavailable as error:
        log.warning("similar cases are away", exc_info=error)
        return SimilarCases(degraded=True)
    others = [one for one in readable(actor).filter(pk__in=proposed) if case is None or _apart(one, case)]
    told = _read(others, actor)
    scored = sorted((_compared(own, told[one.pk], one) for one in others), key=lambda a: (-a.score, -a.case.pk))
    return SimilarCases([one for one in scored if one.score >= ENOUGH][:SHOWN])


def _apart(one: Case, case: Case) -> bool:
    """Two cases, and not joined as duplicates."""
    return one.pk not in (case.pk, case.duplicate_of_id) and one.duplicate_of_id != case.pk


@dataclass(frozen=True)
class _Told:
    """What of a complaint is compared, folded."""

    identifiers: frozenset[tuple[str, str]]
    businesses: frozenset[tuple[int, str]]
    seller: str
    product: str
    story: tuple[str, ...]


def _read(cases: Sequence[Case], reader: Member) -> dict[int, _Told]:
    """By case id. Three queries, however many cases."""
    complaints = [case.complaint_id for case in cases]
    who = {row.complaint_id: row for row in Complainant.objects.filter(complaint__in=complaints)}
    named: dict[int, set[tuple[str, str]]] = {}
    for complaint, kind, value in Indicator.objects.filter(complaint__in=complaints).values_list(
        "complaint", "kind", "value"
    ):
        named.setdefault(complaint, set()).add((kind, value))
    found = _businesses([case.complaint_id for case in cases if case.owner_id == reader.agency.pk])
    return {
        case.pk: _told(
            case.complaint,
            named.get(case.complaint_id, set()),
            found.get(case.complaint_id, frozenset()),
            who.get(case.complaint_id),
        )
        for case in cases
    }


def _businesses(complaints: Sequence[int]) -> dict[int, frozenset[tuple[int, str]]]:
    """Id and name of those of the register, by complaint of a case that is the reader's agency's: what an agency found,
    it is told again, and nobody else (as in the index). A person who sells is none."""
    rows = ComplaintRespondent.objects.filter(complaint__in=complaints, respondent__is_individual=False)
    found: dict[int, frozenset[tuple[int, str]]] = {}
    for complaint, pk, name in rows.values_list("complaint", "respondent", "respondent__name"):
        found[complaint] = found.get(complaint, frozenset()) | {(pk, name)}
    return found


def _told(
    said: Complaint | Lodgement,
    named: set[tuple[str, str]],
    businesses: frozenset[tuple[int, str]],
    who: Complainant | Person | None,
) -> _Told:
    own_phone = normalise_identifier("phone", who.phone).value if who and who.phone else ""
    return _Told(
        frozenset(row for row in named if row[1] != own_phone),
        businesses,
        name_key(said.seller_name) if said.seller_name else "",
        " ".join(folded_words(normalise(f"{said.product} {said.brand}"))),
        _story(said.narrative, who.name if who else ""),
    )


def _story(narrative: str, name: str) -> tuple[str, ...]:
    """The words of its beginning, without long numbers and without the name of whoever tells it."""
    said = " ".join(folded_words(_LONG_NUMBER.sub(" ", normalise(narrative))))
    own = " ".join(folded_words(normalise(name)))
    if own:
        said = re.sub(rf"\b{re.escape(own)}\b", " ", said)
    return tuple(said.split()[:STORY_WORDS])


def _tree(own: _Told) -> Node | None:
    """Any of what it names, rare words weighing more; None when it says nothing to go by."""
    nodes: list[Node] = []
    for kind, value in sorted(own.identifiers)[:MOST_IDENTIFIERS]:
        whole = (key for key in keys_of(kind, value) if key.startswith(typed(kind, "")) and ":~" not in key)
        nodes += [Const(Term("keys", key), _IDENTIFIER) for key in sorted(whole)]
    for _pk, name in sorted(own.businesses):
        if called := folded_words(normalise(name)):
            nodes.append(Const(as_terms("folded", called), _IDENTIFIER))
    for section, text in (("in_seller", own.seller), ("in_product", own.product)):
        nodes += [Boost(Term(section, word), _SECTION) for word in _first(text.split(), MOST_WORDS)]
    pairs = (pair(a, b) for a, b in pairwise(own.story))
    nodes += [Boost(Term("pairs", one), _PAIR) for one in _first(pairs, MOST_PAIRS)]
    return Sum(tuple(nodes)) if nodes else None


def _first(terms: Iterable[str], most: int) -> list[str]:
    return list(dict.fromkeys(terms))[:most]


def _compared(own: _Told, other: _Told, case: Case) -> Alike:
    shared = tuple(sorted(own.identifiers & other.identifiers))
    seller = likeness(own.seller, other.seller, LEAST_WORDS)
    product = likeness(own.product, other.product, LEAST_WORDS)
    story = likeness(" ".join(own.story), " ".join(other.story), LEAST_STORY)
    business = bool(own.businesses & other.businesses)
    score = IDENTIFIER + MORE_IDENTIFIERS * (len(shared) - 1) if shared else 0.0
    score += BUSINESS if business else 0.0
    score += SELLER * seller if seller >= SELLER_ALIKE else 0.0
    score += PRODUCT * product if product >= PRODUCT_ALIKE else 0.0
    score += STORY * story if story >= STORY_ALIKE else 0.0
    return Alike(
        case, score, shared, business, seller >= SELLER_ALIKE, product >= PRODUCT_ALIKE, story >= STORY_ALIKE
    )  # fmt: skip


def likeness(one: str, other: str, least_words: int) -> float:
    """Of two folded texts, 0 to 1. A text held in the other counts as alike from ``least_words`` words on."""
    shorter = min(len(one.split()), len(other.split()))
    if not shorter:
        return 0.0
    measure = fuzz.token_set_ratio if shorter >= least_words else fuzz.token_sort_ratio
    return measure(one, other) / 100
