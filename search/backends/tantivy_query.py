"""The query tree in tantivy's query objects."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch

import tantivy
from tantivy import Occur
from tantivy import Query as Q

from search.tree import All, Best, Boost, Const, Every, Node, Phrase, Similar, Sum, Term


def translate(node: Node, schema: tantivy.Schema) -> Q:
    return _translate(node, schema)


@singledispatch
def _translate(node: Node, schema: tantivy.Schema) -> Q:
    raise TypeError(type(node))


@_translate.register
def _(node: Term, schema: tantivy.Schema) -> Q:
    return Q.term_query(schema, node.field, node.text, index_option="freq")


@_translate.register
def _(node: Phrase, schema: tantivy.Schema) -> Q:
    if len(node.terms) == 1:
        return _translate(Term(node.field, node.terms[0]), schema)
    return Q.phrase_query(schema, node.field, list(node.terms), slop=node.slop) if node.terms else Q.empty_query()


@_translate.register
def _(node: Similar, schema: tantivy.Schema) -> Q:
    return Q.fuzzy_term_query(schema, node.field, node.text, distance=1, transposition_cost_one=True)


@_translate.register
def _(node: Const, schema: tantivy.Schema) -> Q:
    return Q.const_score_query(translate(node.node, schema), node.score)


@_translate.register
def _(node: Boost, schema: tantivy.Schema) -> Q:
    return Q.boost_query(translate(node.node, schema), node.factor)


@_translate.register
def _(node: Sum, schema: tantivy.Schema) -> Q:
    return Q.boolean_query(_each(Occur.Should, node.nodes, schema), minimum_number_should_match=node.least)


@_translate.register
def _(node: Best, schema: tantivy.Schema) -> Q:
    return Q.disjunction_max_query([translate(one, schema) for one in node.nodes])


@_translate.register
def _(node: Every, schema: tantivy.Schema) -> Q:
    """What is wished for is read whole where several wishes stand side by side; one that stands alone is looked up only at
    what must be there. So sums, of pairs of words, are put around it one by one."""
    must = _each(Occur.Must, node.nodes, schema) + _each(Occur.MustNot, node.barred, schema)
    for wish in (one for one in node.wished if isinstance(one, Sum)):
        must = [(Occur.Must, Q.boolean_query(must)), (Occur.Should, translate(wish, schema))]
    together = [one for one in node.wished if not isinstance(one, Sum)]
    return Q.boolean_query(must + _each(Occur.Should, together, schema))


@_translate.register
def _(node: All, schema: tantivy.Schema) -> Q:
    return Q.all_query()


def _each(occur: Occur, nodes: Sequence[Node], schema: tantivy.Schema) -> list[tuple[Occur, Q]]:
    return [(occur, translate(node, schema)) for node in nodes]
