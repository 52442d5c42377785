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


def translate(node: Node, schema: tantivy.Schema, *, few: bool = False) -> Q:
    """``few``: it is known to find few of many documents."""
    return _translate(node, schema, few)


def decider(node: Node, schema: tantivy.Schema) -> Q:
    """What finds the same, for counting and where a score is given anyway."""
    return _translate(_looked_up(deciding(node)), schema, False)


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
def _translate(node: Node, schema: tantivy.Schema, few: bool) -> Q:
    raise TypeError(type(node))


@_translate.register
def _(node: Term, schema: tantivy.Schema, few: bool) -> Q:
    return Q.term_query(schema, node.field, node.text, index_option="freq")


@_translate.register
def _(node: Phrase, schema: tantivy.Schema, few: bool) -> Q:
    if len(node.terms) == 1:
        return _translate(Term(node.field, node.terms[0]), schema, few)
    return Q.phrase_query(schema, node.field, list(node.terms), slop=node.slop) if node.terms else Q.empty_query()


@_translate.register
def _(node: Similar, schema: tantivy.Schema, few: bool) -> Q:
    return Q.fuzzy_term_query(schema, node.field, node.text, distance=1, transposition_cost_one=True)


@_translate.register
def _(node: Const, schema: tantivy.Schema, few: bool) -> Q:
    return Q.const_score_query(decider(node.node, schema), node.score)


@_translate.register
def _(node: Boost, schema: tantivy.Schema, few: bool) -> Q:
    return Q.boost_query(_translate(node.node, schema, few), node.factor)


@_translate.register
def _(node: Sum, schema: tantivy.Schema, few: bool) -> Q:
    return Q.boolean_query(_each(Occur.Should, node.nodes, schema, few), minimum_number_should_match=node.least)


@_translate.register
def _(node: Best, schema: tantivy.Schema, few: bool) -> Q:
    return Q.disjunction_max_query([_translate(one, schema, few) for one in node.nodes])


@_translate.register
def _(node: Every, schema: tantivy.Schema, few: bool) -> Q:
    """What is wished for is read whole where several wishes stand side by side; one that stands alone is looked up only at
    what must be there. So they are put around it one by one where that is few, and always where they are sums, of pairs
    of words."""
    must = _each(Occur.Must, node.nodes, schema, few) + _each(Occur.MustNot, node.barred, schema, few)
    for wish in (one for one in node.wished if few or isinstance(one, Sum)):
        must = [(Occur.Must, Q.boolean_query(must)), (Occur.Should, _translate(wish, schema, few))]
    together = [one for one in node.wished if not (few or isinstance(one, Sum))]
    return Q.boolean_query(must + _each(Occur.Should, together, schema, few))


@_translate.register
def _(node: All, schema: tantivy.Schema, few: bool) -> Q:
    return Q.all_query()


def _each(occur: Occur, nodes: Sequence[Node], schema: tantivy.Schema, few: bool) -> list[tuple[Occur, Q]]:
    return [(occur, _translate(node, schema, few)) for node in nodes]
