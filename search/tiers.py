"""What very many cases fit, in tiers: first those in which all neighbours in the query are neighbours in the
text, then those in which some are, then the rest.

To rank them all, an engine reads the lists of every word from end to end. In a tier it looks up only what is there. The
order is close to that of the weights in `search.weights`, in which two neighbours count for more than most rarities.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from .backends.base import Hit, Results, Scope, Searched, decode_cursor, encode_cursor
from .query import Query, Step
from .tree import Const, Every, Node, Sum, Term
from .weights import weighed_diacritics, weighed_neighbours

# So many cases that hold all of the words are answer enough: they come first in any case, and to look through all that
# hold them with a slip, or some of them, takes the longer the more cases there are.
ENOUGH = 20
# So many are ranked together: of what holds all of the words, and of what holds some.
RANKED_TOGETHER, RANKED_OF_SOME = 200, 2_000
# Of so many words, half are two: who holds two neighbours holds as many.
HALF_ARE_TWO = 4


class Tier(NamedTuple):
    """``at_most``: so many are in it, where that is known (see `Searched.search`)."""

    node: Node
    at_most: int | None = None


def tiers(query: Query, wanted: Step, total: int, known: int | None = None, *, however_few: bool = False) -> list[Tier]:
    """What ``wanted``, a step of ``query``, finds, ``total`` in all; nothing is in two tiers. None where few are
    found, where there is more to rank by than words, or where no two are neighbours. ``known``: the total, where that is
    exact. ``however_few``: for a page that goes on after one of tiers."""
    near = tuple(weighed_neighbours(query.words))
    if not near or query.phrases or query.identifiers:
        return []
    before = _steps_before(query, wanted)
    if not however_few and total <= (RANKED_OF_SOME if before else RANKED_TOGETHER):
        return []
    if before:
        # Had it been enough, nothing beyond it were wanted.
        top, rest = Tier(before[-1].tree, ENOUGH), _by_neighbours(query, wanted, near, (Const(before[-1].finds, 0.0),))
    else:
        top = Tier(_among(wanted, near, query, implied=wanted == query.steps[0]), known)
        rest = _by_neighbours(query, wanted, near, (), Every(near))
    return [top, *(Tier(node, known) for node in rest)]


def open_first(laid: list[Tier]) -> list[Tier]:
    """The same tiers of what is open, and then of the rest."""
    is_open = Term("is_open", "yes")
    return [
        *(Tier(Every((node, Const(is_open, 0.0))), at_most) for node, at_most in laid),
        *(Tier(Every((node,), barred=(is_open,)), at_most) for node, at_most in laid),
    ]


def _by_neighbours(
    query: Query, wanted: Step, near: tuple[Node, ...], barred: tuple[Node, ...], *above: Node
) -> Iterator[Node]:
    """What is in no tier of ``barred`` and ``above``: first where half of the neighbours are, then where any are."""
    implied = wanted == query.steps[-1] and len(query.words) <= HALF_ARE_TWO
    most = len(near) if above else len(near) + 1
    for least in sorted({level for level in (len(near) // 2, 1) if 0 < level < most}, reverse=True):
        yield _among(wanted, (Sum(near, least),), query, implied=implied, barred=(*barred, *above))
        above = (Sum(near, least),)
    yield Every((wanted.tree,), barred=(*barred, *above))


def _among(wanted: Step, near: tuple[Node, ...], query: Query, *, implied: bool, barred: tuple[Node, ...] = ()) -> Node:
    """Of what ``wanted`` finds, which need not be asked where it is ``implied``, what holds what is ``near``."""
    decides = () if implied and not query.clauses.any else (Const(wanted.finds, 0.0),)
    return Every((*decides, *near), tuple(weighed_diacritics(query.words)), barred)


def _steps_before(query: Query, wanted: Step) -> list[Step]:
    """Which find less than ``wanted``."""
    if wanted == query.exact:
        return []
    return list(takewhile(lambda step: step != wanted, query.steps))


def page_of_tiers(backend: Searched, laid: list[Tier], scope: Scope, limit: int, cursor: str | None) -> Results:
    """Hits and a cursor, uncounted. Raises SearchUnavailable."""
    at, after = _place(cursor) or (0, None)
    if at >= len(laid):
        at, after = 0, None
    hits: list[Hit] = []
    while at < len(laid) and len(hits) < limit:
        node, at_most = laid[at]
        page = backend.search(node, scope, limit=limit - len(hits), cursor=after, counted=False, at_most=at_most)
        hits += page.hits
        at, after = (at, page.cursor) if page.cursor else (at + 1, None)
    goes_on = after or any(backend.tally(tier.node, scope).total for tier in laid[at:])
    return Results(hits, 0, False, encode_cursor([at, after]) if goes_on else None)


def is_of_tiers(cursor: str | None) -> bool:
    return _place(cursor) is not None


def _place(cursor: str | None) -> tuple[int, str | None] | None:
    """The tier, and the place on it."""
    match decode_cursor(cursor):
        case [int(at), None | str() as after] if at >= 0:
            return at, after
    return None
