"""Words as a tree: which cases they find, and what counts how much.

Ranking, for words: every case that holds enough of them is found; what counts is, in this order of weight,

1. all words as typed (or their known abbreviations), then all words with at most a slip of one letter each;
2. neighbours in the query that are neighbours in the text (most Vietnamese words are two syllables);
3. the rarity of each word (BM25), more when its diacritics agree too;
4. neighbours in the query that stand near each other in the text.

A slip never outranks the word itself: the word scores what its similar terms score, and its own rarity on top.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from itertools import chain, pairwise, product

from . import abbreviations
from .text import Word, pair
from .tree import Boost, Const, Every, Node, Phrase, Similar, Sum, Term, as_terms, best_of, sum_of

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
ENDING = 6.0

# By folded word: what else it may be written as, each as folded syllables.
Spelled = Mapping[str, Sequence[tuple[str, ...]]]


class Reach(Enum):
    """Which cases a query's words find."""

    EXACT = 0
    TYPED = 1
    SIMILAR = 2
    SOME = 3


def together(syllables: Sequence[str]) -> Node:
    """These side by side. Two of them are one term: a phrase's words, which may be frequent, need not be read."""
    return Term("pairs", pair(*syllables)) if len(syllables) == 2 else as_terms("folded", syllables)


class _Said:
    """Words, read once: a word, or two neighbours, said again ask for nothing more."""

    def __init__(self, words: Sequence[Word], reach: Reach) -> None:
        self.words = list({word.folded: word for word in words}.values())
        self.written = list({word.exact: word for word in words}.values())
        self.pairs = list(dict.fromkeys(pairwise(word.folded for word in words)))
        self.spelled = _spelled(self.words)
        self.all_there = reach in (Reach.EXACT, Reach.TYPED)
        self.slips = len(words) <= MOST_SLIPS and not self.all_there

    def found(self, *, slips: bool = False) -> tuple[Node, ...]:
        return tuple(_found(word, self.spelled, slips=slips) for word in self.words)

    def weighed(self, *, in_all: bool) -> list[list[Node]]:
        """Of each word, see `_weighed_folded`."""
        return [_weighed_folded(word, self.spelled, slips=self.slips, in_all=in_all) for word in self.words]

    def beside(self) -> list[Node]:
        """Neighbours in the query."""
        scores = [_neighbours(a, b, self.spelled, slips=self.slips) for a, b in self.pairs]
        if not self.all_there or len(self.words) == NEAR_ALONE:
            scores += [Boost(Phrase("folded", (a, b), NEAR_SLOP), NEAR) for a, b in self.pairs if a != b]
        return scores


def found_words(words: Sequence[Word], codes: Collection[str], reach: Reach) -> Node:
    """What `ranked_words` finds, unranked."""
    return _deciding(_Said(words, reach), codes, reach)


def ranked_words(words: Sequence[Word], codes: Collection[str], reach: Reach) -> Node:
    """``codes``: keys that what was typed may end, such as the last digits of a number.

    What decides is apart from what ranks, and neither says anything twice: an engine reads its lists once for each.
    Where all words are there as they are, what decides ranks too."""
    said = _Said(words, reach)
    written = list(map(_weighed_exact, said.written))
    if reach is Reach.TYPED and not codes:
        return Every(tuple(map(sum_of, said.weighed(in_all=True))), tuple(said.beside() + written))
    in_all = said.all_there or (reach is Reach.SIMILAR and not codes)
    scores = [*said.beside(), *chain.from_iterable(said.weighed(in_all=in_all)), *written]
    if len(said.words) > 1 and not said.all_there:
        scores.append(Const(Every(said.found()), ALL_AS_TYPED))
    if len(said.words) > 1 and reach is Reach.SOME:
        scores.append(Const(Every(said.found(slips=said.slips)), ALL_SIMILAR))
    scores += [Const(Term("keys", key), ENDING) for key in sorted(codes)]
    return Every((Const(_deciding(said, codes, reach), 0.0),), tuple(scores))


def _deciding(said: _Said, codes: Collection[str], reach: Reach) -> Node:
    if reach is Reach.EXACT:
        every = tuple(_exactly(word, said.spelled) for word in said.written)
    else:
        every = said.found(slips=said.slips)
    enough: Node = Every(every)
    if reach is Reach.SOME:
        enough = Sum((Sum(said.found(), _least(len(said.words))), enough))
    return sum_of([enough, *(Term("keys", key) for key in sorted(codes))])


def weighed_neighbours(words: Sequence[Word]) -> list[Node]:
    """Each two words that stand side by side."""
    pairs = dict.fromkeys(pairwise(word.folded for word in words))
    return [Boost(Term("pairs", pair(a, b)), PAIR) for a, b in pairs if a != b]


def weighed_diacritics(words: Sequence[Word]) -> list[Node]:
    """Each word that was typed with diacritics, as it was typed."""
    written = {word.exact: word for word in words if word.exact != word.folded}
    return [_weighed_exact(word) for word in written.values()]


def _spelled(said: Sequence[Word]) -> Spelled:
    found: dict[str, Sequence[tuple[str, ...]]] = {}
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
    return sum_of([itself, *(together(one) for one in spelled[word.folded])])


def _weighed_exact(word: Word) -> Node:
    return Boost(Term("exact", word.exact), EXACT)


def _weighed_folded(word: Word, spelled: Spelled, *, slips: bool, in_all: bool) -> list[Node]:
    """A slip scores the same, however rare; the word itself that, its own rarity and more. What is ``in_all`` that are
    found, as it is or with a slip where one may be, tells none of them apart, if it has no other spelling."""
    others = spelled[word.folded]
    tells = bool(others) or not in_all
    nodes: list[Node] = [Term("folded", word.folded)]
    nodes += [Boost(together(one), SPELLING) for one in others]
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
    return best_of(ways)


def _single_forms(word: str, spelled: Spelled) -> list[str]:
    return [word, *[syllables[0] for syllables in spelled[word] if len(syllables) == 1][:MOST_SHORT]]
