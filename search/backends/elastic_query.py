"""The query tree in Elasticsearch's and OpenSearch's query language."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from elasticsearch.dsl import query as q

from search.tree import All, Best, Boost, Const, Every, Node, Phrase, Similar, Sum, Term, deciding


@singledispatch
def translate(node: Node) -> q.Query:
    raise TypeError(type(node))


@translate.register
def _(node: Term) -> q.Query:
    return q.Term(**_on(node.field, {"value": node.text}))


@translate.register
def _(node: Phrase) -> q.Query:
    # The fields' analyzer only splits at blanks, which no term holds.
    return q.MatchPhrase(**_on(node.field, {"query": " ".join(node.terms), "slop": node.slop}))


@translate.register
def _(node: Similar) -> q.Query:
    # Read as one list: written out, each of the like terms is a clause, and a server takes 1,024 of them in all.
    options = {"value": node.text, "fuzziness": 1, "transpositions": True, "rewrite": "constant_score"}
    return q.ConstantScore(filter=q.Fuzzy(**_on(node.field, options)))


@translate.register
def _(node: Const) -> q.Query:
    return q.ConstantScore(filter=translate(deciding(node.node)), boost=node.score)


@translate.register
def _(node: Boost) -> q.Query:
    return q.Bool(should=[translate(node.node)], boost=node.factor)


@translate.register
def _(node: Sum) -> q.Query:
    return q.Bool(should=[translate(one) for one in node.nodes], minimum_should_match=node.least)


@translate.register
def _(node: Best) -> q.Query:
    return q.DisMax(queries=[translate(one) for one in node.nodes])


@translate.register
def _(node: Every) -> q.Query:
    return q.Bool(
        must=[translate(one) for one in node.nodes],
        should=[translate(one) for one in node.wished],
        must_not=[translate(one) for one in node.barred],
        minimum_should_match=0,
    )


@translate.register
def _(node: All) -> q.Query:
    return q.MatchAll()


def _on(field: str, options: dict[str, Any]) -> dict[str, Any]:
    return {field: options}
