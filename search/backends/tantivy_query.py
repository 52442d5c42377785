"""The query tree in tantivy's query objects."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch
from itertools import combinations
from math import comb

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
    return _translate(_looked_up(deciding(node)), schema, 0)


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


@singledispatch
def _translate(node: Node, schema: tantivy.Schema, rarity: float) -> Q:
    raise TypeError(type(node))


@_translate.register
def _(node: Term, schema: tantivy.Schema, rarity: float) -> Q:
    return Q.term_query(schema, node.field, node.text, index_option="freq")


@_translate.register
def _(node: Phrase, schema: tantivy.Schema, rarity: float) -> Q:
    if len(node.terms) == 1:
        return _translate(Term(node.field, node.terms[0]), schema, rarity)
    return Q.phrase_query(schema, node.field, list(node.terms), slop=node.slop) if node.terms else Q.empty_query()


@_translate.register
def _(node: Similar, schema: tantivy.Schema, rarity: float) -> Q:
    return Q.fuzzy_term_query(schema, node.field, node.text, distance=1, transposition_cost_one=True)


@_translate.register
def _(node: Const, schema: tantivy.Schema, rarity: float) -> Q:
    return Q.const_score_query(decider(node.node, schema), node.score)


@_translate.register
def _(node: Boost, schema: tantivy.Schema, rarity: float) -> Q:
    return Q.boost_query(_translate(node.node, schema, rarity), node.factor)


@_translate.register
def _(node: Sum, schema: tantivy.Schema, rarity: float) -> Q:
    return Q.boolean_query(_each(Occur.Should, node.nodes, schema, rarity), minimum_number_should_match=node.least)


@_translate.register
def _(node: Best, schema: tantivy.Schema, rarity: float) -> Q:
    return Q.disjunction_max_query([_translate(one, schema, rarity) for one in node.nodes])


@_translate.register
def _(node: Every, schema: tantivy.Schema, rarity: float) -> Q:
    """What is wished for is read whole where several wishes stand side by side; one that stands alone is looked up only at
    what must be there. So they are put around it one by one where that is rare, and always where they are sums, of pairs
    of words."""
    looked_up = len(node.wished) <= min(MOST_AROUND, rarity / LOOKED_UP)
    must = _each(Occur.Must, node.nodes, schema, rarity) + _each(Occur.MustNot, node.barred, schema, rarity)
    for wish in (one for one in node.wished if looked_up or isinstance(one, Sum)):
        must = [(Occur.Must, Q.boolean_query(must)), (Occur.Should, _translate(wish, schema, rarity))]
    together = [one for one in node.wished if not (looked_up or isinstance(one, Sum))]
    return Q.boolean_query(must + _each(Occur.Should, together, schema, rarity))


@_translate.register
def _(node: All, schema: tantivy.Schema, rarity: float) -> Q:
    return Q.all_query()


def _each(occur: Occur, nodes: Sequence[Node], schema: tantivy.Schema, rarity: float) -> list[tuple[Occur, Q]]:
    return [(occur, _translate(node, schema, rarity)) for node in nodes]
