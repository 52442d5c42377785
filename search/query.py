"""What a person typed, read for meaning: words, “phrases” and identifiers; then the tree that finds and ranks it.

Ranking, for words: every case that holds enough of them is found; what counts is, in this order of weight,

1. all words as typed (or their known abbreviations), then all words with at most a slip of one letter each;
2. neighbours in the query that are neighbours in the text (most Vietnamese words are two syllables);
3. the rarity of each word (BM25), more when its diacritics agree too;
4. neighbours in the query that stand near each other in the text.

A slip never outranks the word itself: the word scores what its similar terms score, and its own rarity on top.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from functools import cached_property
from itertools import pairwise, product

from events import clock
from workflows.deadlines import HANOI

from . import abbreviations, clauses, keys
from .clauses import Choices, Clauses, InSection
from .text import Word, normalise, pair, words
from .tree import All, Best, Boost, Const, Every, Node, Phrase, Similar, Sum, Term, as_terms

LONGEST_QUERY = 10_000
MOST_WORDS = 24
MOST_PHRASES = 8
SHORTEST_SLIP = 4
MOST_NEEDED = 6
# Slips cost a walk through the engine's dictionary each: beyond this many words, words as typed are enough.
MOST_SLIPS = 12
# Of all words together. With it no query comes near the 1,024 clauses that a server takes.
MOST_SPELLINGS, MOST_SHORT = 60, 4

EXACT, SPELLING, PAIR, NEAR, NEAR_SLOP = 0.3, 0.7, 1.4, 0.4, 6
# Of more words that are all there, some two are neighbours: to see who stands near whom, too, takes longer than the rest.
NEAR_ALONE = 2
SLIP, ITSELF, PAIR_SLIP = 2.4, 0.5, 8.4
ALL_AS_TYPED, ALL_SIMILAR = 5.0, 15.0
IDENTIFIER, ENDING = 40.0, 6.0

# By folded word: what else it may be written as, each as folded syllables.
Spelled = Mapping[str, Sequence[tuple[str, ...]]]

_PHRASE = re.compile('["“”„«]([^"“”„«»]+)["“”„»]')


@dataclass(frozen=True)
class Query:
    """``clauses``: where to look, and what to leave out. ``shortened``: more was typed than is searched for. ``text``:
    what was typed."""

    words: tuple[Word, ...]
    phrases: tuple[tuple[Word, ...], ...]
    identifiers: tuple[tuple[keys.Span, tuple[Word, ...]], ...]
    shortened: bool = False
    clauses: Clauses = field(default_factory=lambda: Clauses(""))
    text: str = ""

    @property
    def is_empty(self) -> bool:
        looked_for = any(span.whole for span, _ in self.identifiers)
        return not (self.words or self.phrases or looked_for or self.clauses.any)

    @cached_property
    def tree(self) -> Node:
        """What holds enough of the words. Raises ValueError when the query is empty."""
        return tree(self, Reach.SOME)

    @cached_property
    def steps(self) -> tuple[Node, ...]:
        """Trees that find more and more, each ranked as `tree` ranks it: all words as typed or otherwise spelled; all
        of them, with slips; enough of them. Raises ValueError when the query is empty."""
        if not self.words:
            return (self.tree,)
        return tree(self, Reach.TYPED), tree(self, Reach.SIMILAR), self.tree

    @cached_property
    def exact(self) -> Node:
        """What holds all of the words as they were typed, with their diacritics where any were. Raises ValueError when the
        query is empty."""
        if all(word.exact == word.folded for word in self.words):
            return self.steps[0]
        return tree(self, Reach.EXACT)

    @cached_property
    def without_exclusions(self) -> Query:
        return replace(self, clauses=replace(self.clauses, barred=()))


class Reach(Enum):
    """Which cases a query's words find."""

    EXACT = 0
    TYPED = 1
    SIMILAR = 2
    SOME = 3


def no_choices(name: str, value: str) -> list[str]:
    return []


def parse(text: str, choices: Choices = no_choices) -> Query:
    """Read ``text`` (any string; the first 10,000 characters count). Never raises. ``choices`` knows the values of
    fields such as the state; without it they are text."""
    said = clauses.read(normalise(text[:LONGEST_QUERY]), today=_today(), choices=choices)
    typed = said.text
    phrases = [found for match in _PHRASE.finditer(typed) if (found := tuple(words(match[1])))]
    loose = _PHRASE.sub(lambda match: " " * len(match[0]), typed)
    identifiers = [(span, tuple(words(loose[span.start : span.end]))) for span in keys.spans(loose)]
    whole = [span for span, _ in identifiers if span.whole]
    free = [_meant(word, loose) for word in words(loose) if not any(s.start <= word.start < s.end for s in whole)]
    return Query(
        words=tuple(free[:MOST_WORDS]),
        phrases=tuple(phrase[:MOST_WORDS] for phrase in phrases[:MOST_PHRASES]),
        identifiers=tuple(identifiers[:MOST_PHRASES]),
        shortened=len(text) > LONGEST_QUERY
        or len(free) > MOST_WORDS
        or max(len(phrases), len(identifiers)) > MOST_PHRASES,
        clauses=said,
        text=text,
    )


def _today() -> date:
    return clock.now().astimezone(HANOI).date()


def _meant(word: Word, text: str) -> Word:
    """“zzz” is not a loud “z”, which may stand for a word of its own: it is searched for as typed, and nowhere."""
    typed = text[word.start : word.end].lower()
    return word._replace(folded=typed, exact=typed) if len(word.folded) == 1 < len(typed) - 1 else word


def tree(query: Query, reach: Reach) -> Node:
    """The tree of a query that is not empty. Phrases and what fields ask for must be there; the rest is ranked."""
    said = query.clauses
    if not said.any:
        return _said(query, reach)
    must = [_any_key(found) for found in said.keys] + [_in_section(one) for one in said.sections]
    if query.words or query.phrases or any(span.whole for span, _ in query.identifiers):
        must.append(_said(query, reach))
    barred = (_any_key(one) if isinstance(one, tuple) else _in_section(one) for one in said.barred)
    return Every(tuple(must) or (All(),), barred=tuple(barred))


def _any_key(found: Sequence[str]) -> Node:
    return _best([Const(Term("keys", key), IDENTIFIER) for key in found])


def _in_section(asked: InSection) -> Node:
    form = "exact" if asked.section == "exact" else "folded"
    return as_terms(asked.section, [getattr(word, form) for word in asked.words])


def _said(query: Query, reach: Reach) -> Node:
    wanted = [_identifier(span, spelled) for span, spelled in query.identifiers if span.whole]
    if query.words:
        wanted.append(_ranked_words(query, reach))
    if not query.phrases:
        if not wanted:
            raise ValueError("an empty query has no tree")
        return _sum(wanted)
    return Every(tuple(map(_phrase, query.phrases)), tuple(map(_exact_phrase, query.phrases)) + tuple(wanted))


def _sum(nodes: Sequence[Node], least: int = 1) -> Node:
    return nodes[0] if len(nodes) == 1 else Sum(tuple(nodes), least)


def _best(nodes: Sequence[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Best(tuple(nodes))


def _together(syllables: Sequence[str]) -> Node:
    """These side by side. Two of them are one term: a phrase's words, which may be frequent, need not be read."""
    return Term("pairs", pair(*syllables)) if len(syllables) == 2 else as_terms("folded", syllables)


def _phrase(phrase: Sequence[Word]) -> Node:
    return _together([word.folded for word in phrase])


def _exact_phrase(phrase: Sequence[Word]) -> Node:
    return Const(as_terms("exact", [word.exact for word in phrase]), ALL_SIMILAR)


def _identifier(span: keys.Span, spelled: Sequence[Word]) -> Node:
    found: list[Node] = [Const(Term("keys", key), IDENTIFIER) for key in sorted(span.keys)]
    return _best(found + ([_phrase(spelled)] if spelled else []))


def _ranked_words(query: Query, reach: Reach) -> Node:
    """What decides is apart from what ranks, and neither says anything twice: an engine reads its lists once for each.
    Where all words are there as they are, what decides ranks too."""
    # A word, or two neighbours, said again ask for nothing more.
    said = list({word.folded: word for word in query.words}.values())
    written = list({word.exact: word for word in query.words}.values())
    pairs = dict.fromkeys(pairwise(word.folded for word in query.words))
    spelled = _spelled(said)
    all_there = reach in (Reach.EXACT, Reach.TYPED)
    slips = len(query.words) <= MOST_SLIPS and not all_there
    strict = tuple(_found(word, spelled, slips=False) for word in said)
    if reach is Reach.EXACT:
        every = tuple(_exactly(word, spelled) for word in written)
    else:
        every = tuple(_found(word, spelled, slips=slips) for word in said)
    codes = {key for span, _ in query.identifiers if not span.whole for key in span.keys}
    endings: list[Node] = [Const(Term("keys", key), ENDING) for key in sorted(codes)]
    scores = [_neighbours(a, b, spelled, slips=slips) for a, b in pairs]
    if not all_there or len(said) == NEAR_ALONE:
        scores += [Boost(Phrase("folded", (a, b), NEAR_SLOP), NEAR) for a, b in pairs if a != b]
    if reach is Reach.TYPED and not endings:
        return Every(
            tuple(_sum(_weighed_folded(word, spelled, slips=False, in_all=True)) for word in said),
            tuple(scores + list(map(_weighed_exact, written))),
        )
    in_all = all_there or (reach is Reach.SIMILAR and not endings)
    scores += [one for word in said for one in _weighed_folded(word, spelled, slips=slips, in_all=in_all)]
    scores += map(_weighed_exact, written)
    if len(said) > 1 and not all_there:
        scores.append(Const(Every(strict), ALL_AS_TYPED))
    if len(said) > 1 and reach is Reach.SOME:
        scores.append(Const(Every(every), ALL_SIMILAR))
    enough = Sum((Sum(strict, _least(len(said))), Every(every))) if reach is Reach.SOME else Every(every)
    return Every((Const(_sum([enough, *endings]), 0.0),), tuple(scores + endings))


def weighed_neighbours(query: Query) -> list[Node]:
    """Each two words that stand side by side."""
    pairs = dict.fromkeys(pairwise(word.folded for word in query.words))
    return [Boost(Term("pairs", pair(a, b)), PAIR) for a, b in pairs if a != b]


def weighed_diacritics(query: Query) -> list[Node]:
    """Each word that was typed with diacritics, as it was typed."""
    written = {word.exact: word for word in query.words if word.exact != word.folded}
    return [_weighed_exact(word) for word in written.values()]


def _spelled(said: Sequence[Word]) -> Spelled:
    found: dict[str, list[tuple[str, ...]]] = {}
    for word in said:
        left = MOST_SPELLINGS - sum(map(len, found.values()))
        found.setdefault(word.folded, abbreviations.other_spellings(word.folded)[:left])
    return found


def _least(count: int) -> int:
    """How many words must be there as typed: one of two, two of three or four, half of more, six of a whole message.
    (Or all, with slips.)"""
    return max(1, min((count + 1) // 2, MOST_NEEDED))


def _exactly(word: Word, spelled: Spelled) -> Node:
    """Who writes the diacritics means that word; who writes none means any, or what it is short for."""
    return Term("exact", word.exact) if word.exact != word.folded else _found(word, spelled, slips=False)


def _found(word: Word, spelled: Spelled, *, slips: bool) -> Node:
    """The word, its other spellings, or a term one letter away (which the word itself is, too)."""
    itself: Node = Similar("folded", word.folded) if _may_slip(word, slips) else Term("folded", word.folded)
    return _sum([itself, *(_together(one) for one in spelled[word.folded])])


def _weighed_exact(word: Word) -> Node:
    return Boost(Term("exact", word.exact), EXACT)


def _weighed_folded(word: Word, spelled: Spelled, *, slips: bool, in_all: bool) -> list[Node]:
    """A slip scores the same, however rare; the word itself that, its own rarity and more. What is ``in_all`` that are
    found, as it is or with a slip where one may be, tells none of them apart, if it has no other spelling."""
    others = spelled[word.folded]
    tells = bool(others) or not in_all
    nodes: list[Node] = [Term("folded", word.folded)]
    nodes += [Boost(_together(one), SPELLING) for one in others]
    if not _may_slip(word, slips):
        return [*nodes, Const(Term("folded", word.folded), SLIP + ITSELF)] if tells else nodes
    if tells:
        nodes.append(Const(Similar("folded", word.folded), SLIP))
    return [*nodes, Const(Term("folded", word.folded), ITSELF)]


def _may_slip(word: Word, slips: bool) -> bool:
    return slips and len(word.folded) >= SHORTEST_SLIP


def _neighbours(first: str, second: str, spelled: Spelled, *, slips: bool) -> Node:
    together = pair(first, second)
    ways: list[Node] = [Sum((Boost(Term("pairs", together), PAIR), Const(Term("pairs", together), PAIR_SLIP)))]
    others = product(_single_forms(first, spelled), _single_forms(second, spelled)) if slips else ()
    ways += [Boost(Term("pairs", pair(a, b)), PAIR * 0.8) for a, b in others if pair(a, b) != together]
    ways += [Boost(Term("folded", short), PAIR) for short in abbreviations.spelled_shorter(first, second)[:MOST_SHORT]]
    if slips:
        ways.append(Const(Similar("pairs", together), PAIR_SLIP))
    return _best(ways)


def _single_forms(word: str, spelled: Spelled) -> list[str]:
    return [word, *[syllables[0] for syllables in spelled[word] if len(syllables) == 1][:MOST_SHORT]]
