"""What a person typed, read for meaning: words, “phrases” and identifiers; then the trees that find and rank it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from events import clock
from workflows.deadlines import HANOI

from . import clauses, keys
from .clauses import Choices, Clauses, InSection
from .text import Word, normalise, words
from .tree import All, Const, Every, Node, Term, as_terms, best_of, deciding, sum_of
from .weights import ALL_SIMILAR, Reach, found_words, ranked_words, together

LONGEST_QUERY = 10_000
MOST_WORDS = 24
MOST_PHRASES = 8
IDENTIFIER = 40.0

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
    def steps(self) -> tuple[Step, ...]:
        """That find more and more: all words as typed or otherwise spelled; all of them, with slips; enough of them."""
        return tuple(Step(self, reach) for reach in (_STEPS if self.words else _STEPS[-1:]))

    @cached_property
    def exact(self) -> Step:
        """What holds all of the words as they were typed, with their diacritics where any were."""
        if all(word.exact == word.folded for word in self.words):
            return self.steps[0]
        return Step(self, Reach.EXACT)

    @cached_property
    def without_exclusions(self) -> Query:
        return self if not self.clauses.barred else replace(self, clauses=replace(self.clauses, barred=()))


_STEPS = (Reach.TYPED, Reach.SIMILAR, Reach.SOME)


@dataclass(frozen=True)
class Step:
    """A query, asked as far as ``reach``. An empty one finds everything."""

    query: Query
    reach: Reach

    @cached_property
    def tree(self) -> Node:
        """What it finds, ranked."""
        return _tree(self.query, self.reach, ranked=True)

    @cached_property
    def finds(self) -> Node:
        """What decides alone, for where nothing is to be ranked: made, read and translated in much less time."""
        return deciding(_tree(self.query, self.reach, ranked=False))


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


def _tree(query: Query, reach: Reach, *, ranked: bool) -> Node:
    """Phrases and what fields ask for must be there."""
    said = query.clauses
    if not said.any:
        return _said(query, reach, ranked=ranked)
    must = [_any_key(found) for found in said.keys] + [_in_section(one) for one in said.sections]
    if query.words or query.phrases or any(span.whole for span, _ in query.identifiers):
        must.append(_said(query, reach, ranked=ranked))
    barred = (_any_key(one) if isinstance(one, tuple) else _in_section(one) for one in said.barred)
    return Every(tuple(must) or (All(),), barred=tuple(barred))


def _any_key(found: Sequence[str]) -> Node:
    return best_of([Const(Term("keys", key), IDENTIFIER) for key in found])


def _in_section(asked: InSection) -> Node:
    form = "exact" if asked.section == "exact" else "folded"
    return as_terms(asked.section, [getattr(word, form) for word in asked.words])


def _said(query: Query, reach: Reach, *, ranked: bool) -> Node:
    if query.phrases and not ranked:
        return Every(tuple(map(_phrase, query.phrases)))
    wanted = [_identifier(span, spelled) for span, spelled in query.identifiers if span.whole]
    if query.words:
        codes = {key for span, _ in query.identifiers if not span.whole for key in span.keys}
        wanted.append((ranked_words if ranked else found_words)(query.words, codes, reach))
    if not query.phrases:
        return sum_of(wanted) if wanted else All()
    return Every(tuple(map(_phrase, query.phrases)), tuple(map(_exact_phrase, query.phrases)) + tuple(wanted))


def _phrase(phrase: Sequence[Word]) -> Node:
    return together([word.folded for word in phrase])


def _exact_phrase(phrase: Sequence[Word]) -> Node:
    return Const(as_terms("exact", [word.exact for word in phrase]), ALL_SIMILAR)


def _identifier(span: keys.Span, spelled: Sequence[Word]) -> Node:
    found: list[Node] = [Const(Term("keys", key), IDENTIFIER) for key in sorted(span.keys)]
    return best_of(found + ([_phrase(spelled)] if spelled else []))
