"""A sample of the cases, held in the same index a second time, in fields of its own.

To count exactly, an engine looks at each of the cases that fit, for the total and for every facet: hundreds of
thousands, where words are frequent and an index is large. In the sample the lists of all words are a sixteenth as
long. It is asked first; what surely is more than 10,000 is told as that, with estimates for facets, and only what may
be less is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from zlib import crc32

from search.tree import All, Every, Node, Phrase, Similar, Sum, Term, deciding

from .base import SECTIONS, Results

# By nothing that a case has to do with: each facet's values are in it as they are in all.
ONE_OF = 16
COUNTED_EXACTLY = 10_000
# 10,000 would have 625 ± 24 in the sample: seven times that error lies between.
SURE = 800
# So many documents are counted in no time.
LARGE = 200_000
COPIED = ("folded", "exact", "pairs", "keys", *SECTIONS)
_MARK = Term("sampled", "yes")


def name_of(field: str) -> str:
    """Of the copy."""
    return f"sample_{field}"


def copies(case_id: int, entry: Mapping[str, Any]) -> dict[str, Any]:
    """What an index's entry of this case holds more: nothing for most."""
    if crc32(str(case_id).encode()) % ONE_OF:
        return {}
    return {_MARK.field: _MARK.text, **{name_of(name): entry[name] for name in COPIED if name in entry}}


def in_sample(query: Node) -> Node:
    """What of the sample ``query`` finds, unranked."""
    return _renamed(deciding(query))


def _renamed(node: Node) -> Node:
    match node:
        case All():
            return _MARK
        case Sum(nodes, least):
            return Sum(tuple(map(_renamed, nodes)), least)
        case Every(nodes, _, barred):
            return Every(tuple(map(_renamed, nodes)), barred=tuple(map(_renamed, barred)))
        case Term() | Phrase() | Similar():
            is_copied = node.field in COPIED
            return replace(node, field=name_of(node.field)) if is_copied else Every((node, _MARK))
    raise TypeError(type(node))


def tallied(
    count: Callable[[Node, Sequence[str]], Results], query: Node, facets: Sequence[str], *, is_large: bool
) -> Results:
    """As `Searched.tally`. ``count``: exactly, what a tree that ranks nothing finds, with facets. ``is_large``: there are
    more than `LARGE` documents."""
    if is_large:
        few = in_sample(query)
        sampled = count(few, ())
        if sampled.total >= SURE:
            return _estimated(count(few, facets) if facets else sampled)
    return count(deciding(query), facets)


def _estimated(sampled: Results) -> Results:
    facets = {name: {value: _rounded(count) for value, count in one.items()} for name, one in sampled.facets.items()}
    return Results(total=COUNTED_EXACTLY, total_exact=False, facets=facets, facets_exact=False)


def _rounded(sampled: int) -> int:
    """To two figures, which is more than it is good for where few are in the sample."""
    count = sampled * ONE_OF
    return round(count, 2 - len(str(count)))
