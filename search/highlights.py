"""Why a case was found: the words, marked where they stand in what the reader may read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from . import abbreviations, keys
from .backends.base import Part
from .query import Query
from .text import folded_words, one_edit_apart, places
from .weights import SHORTEST_SLIP

MOST_FRAGMENTS = 2
CONTEXT, LONGEST = 10, 34
_FIRST_PART = "narrative"
# Found by it, not shown it: a look at who complained is recorded, and happens on the case's page.
_WITHHELD = "complainant"


@dataclass(frozen=True)
class Fragment:
    """A stretch of text in pieces; ``part`` says what it is from, each piece whether it is marked. Of the
    complainant's own details there are no pieces: only that they fit."""

    part: str
    pieces: tuple[tuple[str, bool], ...]


def fragments(query: Query, parts: Sequence[Part]) -> list[Fragment]:
    """At most two stretches that hold most of what was asked for; the story's beginning when none does."""
    found: list[tuple[int, int, Part, list[str], set[int]]] = []
    read = [(part, folded_words(part.text)) for part in dict.fromkeys(parts)]
    targets = _targets(query, set(chain.from_iterable(said for _, said in read)))
    asked = _asked_keys(query)
    for order, (part, said) in enumerate(read):
        marked = {n for n, word in enumerate(said) if word in targets}
        if asked:
            marked |= _identifiers(asked, part.text)
        found.append((len({said[n] for n in marked}), -order, part, said, marked))
    if not any(marked for *_, marked in found) and query.words:
        found = [(len(m), order, part, said, m) for _, order, part, said, _ in found for m in [_similar(query, said)]]
    best = sorted((one for one in found if one[0]), key=lambda one: one[:2], reverse=True)[:MOST_FRAGMENTS]
    if not best:
        best = [one for one in found if one[2].name == _FIRST_PART][:1]
    return [_fragment(part, said, marked) for _, _, part, said, marked in best]


def _targets(query: Query, present: set[str]) -> set[str]:
    """The words to mark: those typed, and for those that stand nowhere their other spellings."""
    phrases = [*query.phrases, *(section.words for section in query.clauses.sections)]
    typed = {word.folded for word in query.words} | {word.folded for phrase in phrases for word in phrase}
    ways = (syllables for word in typed - present for syllables in abbreviations.other_spellings(word))
    return typed | {syllable for syllables in ways if present.issuperset(syllables) for syllable in syllables}


def _asked_keys(query: Query) -> set[str]:
    asked = {key for span, _ in query.identifiers for key in span.keys}
    return asked | {key.partition(":")[2] for any_of in query.clauses.keys for key in any_of}


def _identifiers(asked: set[str], text: str) -> set[int]:
    """The words of the identifiers in ``text`` that were asked for."""
    hit = [span for span in keys.spans(text) if not asked.isdisjoint(span.keys | _endings(span.keys))]
    if not hit:
        return set()
    return {n for n, (start, _) in enumerate(places(text, 0)) if any(s.start <= start < s.end for s in hit)}


def _endings(found: Iterable[str]) -> set[str]:
    return {ending for key in found if key.isdecimal() for ending in keys.keys_of("bank_account", key)}


def _similar(query: Query, said: Sequence[str]) -> set[int]:
    long = [word.folded for word in query.words if len(word.folded) >= SHORTEST_SLIP]
    return {n for n, word in enumerate(said) if any(one_edit_apart(word, one) for one in long)}


def _fragment(part: Part, said: Sequence[str], marked: set[int]) -> Fragment:
    if part.name == _WITHHELD:
        return Fragment(part.name, ())
    if not said:
        return Fragment(part.name, ((part.text, False),))
    first, last = _stretch(len(said), marked)
    spans = places(part.text, first, last)
    at = spans[0][0] if first else 0
    end = spans[-1][1] if last + 1 < len(said) else len(part.text)
    pieces: list[tuple[str, bool]] = [("…", False)] if first else []
    for n in sorted(marked):
        if first <= n <= last:
            start, stop = spans[n - first]
            pieces += [(part.text[at:start], False), (part.text[start:stop], True)]
            at = stop
    pieces.append((part.text[at:end] + ("…" if last + 1 < len(said) else ""), False))
    return Fragment(part.name, tuple((text, is_marked) for text, is_marked in pieces if text))


def _stretch(count: int, marked: set[int]) -> tuple[int, int]:
    """First and last word of the stretch of at most 34 words with the most marks, and some context before them."""
    if count <= LONGEST or not marked:
        return 0, min(count, LONGEST) - 1 if count else 0
    starts = sorted(marked)
    best = max(starts, key=lambda start: (sum(start <= n < start + LONGEST - CONTEXT for n in starts), -start))
    first = max(0, best - CONTEXT)
    return first, min(count - 1, first + LONGEST - 1)
