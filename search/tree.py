"""A query as both engines understand it: a small tree that each backend translates, and nothing else.

No user text ever meets an engine's own query syntax: leaves hold single terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """Documents holding ``text`` in ``field``, scored by BM25."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """The terms in this order, with at most ``slop`` moves between them (0: side by side). One of a single term is that
    term; one of none finds nothing."""

    field: str
    terms: tuple[str, ...]
    slop: int = 0


@dataclass(frozen=True, slots=True)
class Similar:
    """Terms one edit away (a swap of neighbours is one edit); each scores 1, however rare."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Const:
    """What ``node`` finds, scored ``score``."""

    node: Node
    score: float


@dataclass(frozen=True, slots=True)
class Boost:
    node: Node
    factor: float


@dataclass(frozen=True, slots=True)
class Sum:
    """At least ``least`` of the nodes; their scores are added."""

    nodes: tuple[Node, ...]
    least: int = 1


@dataclass(frozen=True, slots=True)
class Best:
    """Any of the nodes; the best score counts."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Every:
    """All of ``nodes`` and none of ``barred``; those of ``wished`` that fit add to the score."""

    nodes: tuple[Node, ...]
    wished: tuple[Node, ...] = ()
    barred: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class All:
    """Every document, all scored alike."""


Node = Term | Phrase | Similar | Const | Boost | Sum | Best | Every | All


def as_terms(field: str, terms: Sequence[str]) -> Node:
    return Term(field, terms[0]) if len(terms) == 1 else Phrase(field, tuple(terms))


def sum_of(nodes: Sequence[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Sum(tuple(nodes))


def best_of(nodes: Sequence[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Best(tuple(nodes))


def deciding(node: Node) -> Node:
    """What finds the same as ``node`` and ranks nothing: for counting, and where a score is given anyway."""
    match node:
        case Const(inner) | Boost(inner):
            return deciding(inner)
        case Best(nodes):
            return any_of(map(deciding, nodes))
        case Sum(nodes, 1):
            return any_of(map(deciding, nodes))
        case Sum(nodes, least):
            return Sum(tuple(map(deciding, nodes)), least)
        case Every(nodes, _, barred):
            return Every(tuple(map(deciding, nodes)), barred=tuple(map(deciding, barred)))
    return node


def any_of(nodes: Iterable[Node]) -> Node:
    found = tuple(dict.fromkeys(nodes))
    return found[0] if len(found) == 1 else Sum(found)
