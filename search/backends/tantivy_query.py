"""The query tree in tantivy's query objects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import comb
from typing import Any

import tantivy
from tantivy import Occur
from tantivy import Query as Q

from search.tree import All, Best, Boost, Const, Every, Node, Phrase, Similar, Sum, Term, any_of, deciding

MOST_WAYS = 10
# To look one up costs as much as to read so many; each is put around those before, which the engine follows down.
LOOKED_UP, MOST_AROUND = 25, 50


def translate(node: Node, schema: tantivy.Schema, rarity: float = 0) -> Q:
    """``rarity``: it finds at most one of so many documents, where that is known."""
    return _translate(node, schema, rarity)


def decider(node: Node, schema: tantivy.Schema) -> Q:
    """What finds the same, for counting and where a score is given anyway."""
    return unranked(deciding(node), schema)


def unranked(decided: Node, schema: tantivy.Schema) -> Q:
    """A tree that ranks nothing (see `deciding`), as the engine finds it soonest."""
    return _translate(_looked_up(decided), schema, 0)


def _looked_up(node: Node) -> Node:
    """The same with “two of four” as any of six pairs: the engine looks these up in less time than it takes to read four
    lists to their ends."""
    match node:
        case Sum(nodes, least):
            found = tuple(map(_looked_up, nodes))
            pays = least > 1 and 0 < comb(len(found), least) <= MOST_WAYS
            return any_of(map(Every, combinations(found, least))) if pays else Sum(found, least)
        case Every(nodes, _, barred):
            return Every(tuple(map(_looked_up, nodes)), barred=tuple(map(_looked_up, barred)))
    return node


def _translate(node: Node, schema: tantivy.Schema, rarity: float) -> Q:
    return _TRANSLATIONS[type(node)](node, schema, rarity)


def _term(node: Term, schema: tantivy.Schema, rarity: float) -> Q:
    return Q.term_query(schema, node.field, node.text, index_option="freq")


def _phrase(node: Phrase, schema: tantivy.Schema, rarity: float) -> Q:
    if len(node.terms) == 1:
        return _translate(Term(node.field, node.terms[0]), schema, rarity)
    return Q.phrase_query(schema, node.field, list(node.terms), slop=node.slop) if node.terms else Q.empty_query()


def _similar(node: Similar, schema: tantivy.Schema, rarity: float) -> Q:
    return Q.fuzzy_term_query(schema, node.field, node.text, distance=1, transposition_cost_one=True)


def _const(node: Const, schema: tantivy.Schema, rarity: float) -> Q:
    return Q.const_score_query(decider(node.node, schema), node.score)


def _boost(node: Boost, schema: tantivy.Schema, rarity: float) -> Q:
    return Q.boost_query(_translate(node.node, schema, rarity), node.factor)


def _sum(node: Sum, schema: tantivy.Schema, rarity: float) -> Q:
    return Q.boolean_query(_each(Occur.Should, node.nodes, schema, rarity), minimum_number_should_match=node.least)


def _best(node: Best, schema: tantivy.Schema, rarity: float) -> Q:
    return Q.disjunction_max_query([_translate(one, schema, rarity) for one in node.nodes])


def _every(node: Every, schema: tantivy.Schema, rarity: float) -> Q:
    """What is wished for is read whole where several wishes stand side by side; one that stands alone is looked up only at
    what must be there. So they are put around it one by one where that is rare, and always where they are sums, of pairs
    of words."""
    looked_up = len(node.wished) <= min(MOST_AROUND, rarity / LOOKED_UP)
    must = _each(Occur.Must, node.nodes, schema, rarity) + _each(Occur.MustNot, node.barred, schema, rarity)
    for wish in (one for one in node.wished if looked_up or isinstance(one, Sum)):
        must = [(Occur.Must, Q.boolean_query(must)), (Occur.Should, _translate(wish, schema, rarity))]
    together = [one for one in node.wished if not (looked_up or isinstance(one, Sum))]
    return Q.boolean_query(must + _each(Occur.Should, together, schema, rarity))


def _all(node: All, schema: tantivy.Schema, rarity: float) -> Q:
    return Q.all_query()


def _each(occur: Occur, nodes: Sequence[Node], schema: tantivy.Schema, rarity: float) -> list[tuple[Occur, Q]]:
    return [(occur, _translate(node, schema, rarity)) for node in nodes]


_TRANSLATIONS: dict[type[Node], Callable[[Any, tantivy.Schema, float], Q]] = {
    Term: _term,
    Phrase: _phrase,
    Similar: _similar,
    Const: _const,
    Boost: _boost,
    Sum: _sum,
    Best: _best,
    Every: _every,
    All: _all,
}
