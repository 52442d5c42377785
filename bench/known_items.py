"""Queries for known items: words taken out of a random text, and written as people write them."""

from __future__ import annotations

import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# A known item must be one: at most so many texts hold all words of the query.
MOST_ALIKE = 10


@dataclass(frozen=True)
class Asked:
    query: str
    category: str
    targets: frozenset[str]


class Generator:
    """Takes words out of a random text and writes them as people do."""

    def __init__(self, corpus: dict[str, str], seed: int) -> None:
        from search.text import normalise, words

        self.random = random.Random(seed)
        self.texts = {name: normalise(text) for name, text in corpus.items()}
        self.words = {name: [text[w.start : w.end].lower() for w in words(text)] for name, text in self.texts.items()}
        self.holders: dict[str, set[str]] = defaultdict(set)
        for name, said in self.words.items():
            for word in said:
                self.holders[_fold(word)].add(name)
        self.names = sorted(name for name, said in self.words.items() if len(said) >= 6)
        self.writers: dict[str, Callable[[list[str]], str | None]] = {
            "diacritics": " ".join,
            "stripped": lambda said: _fold(" ".join(said)),
            "diacritics+typo": self._with_slip,
            "stripped+typo": lambda said: self._with_slip([_fold(word) for word in said]),
            "teencode": self._shortened,
            "nfd": lambda said: unicodedata.normalize("NFD", " ".join(said)),
            "uppercase": lambda said: " ".join(said).upper(),
            "tone-placement": lambda said: other_tone_placement(" ".join(said)),
        }

    def queries(self, count: int) -> Iterator[Asked]:
        made = 0
        while made < count:
            name = self.random.choice(self.names)
            said = self._pick(self.words[name])
            if not said or len(set.intersection(*(self.holders[_fold(word)] for word in said))) > MOST_ALIKE:
                continue
            category = self.random.choice(list(self.writers))
            if query := self.writers[category](said):
                made += 1
                yield Asked(query, category, frozenset({name}))

    def phrases(self, count: int) -> Iterator[Asked]:
        for name in self.random.sample(self.names, count):
            text, said = self.words[name], self.random.randrange(len(self.words[name]) - 3)
            phrase = text[said : said + 3]
            holders = {
                n for n in set.intersection(*(self.holders[_fold(w)] for w in phrase)) if _holds(self.words[n], phrase)
            }
            yield Asked(f'"{" ".join(phrase)}"', "phrase", frozenset(holders))

    def keystrokes(self, count: int) -> Iterator[Asked]:
        """Telex typed with its rules switched off."""
        made = 0
        while made < count:
            name = self.random.choice(self.names)
            said = self._pick(self.words[name])
            if said and len(set.intersection(*(self.holders[_fold(word)] for word in said))) <= MOST_ALIKE:
                made += 1
                yield Asked(" ".join(map(_keystrokes, said)), "raw telex", frozenset({name}))

    def _pick(self, said: list[str]) -> list[str]:
        """Three or four words in a row, or two pairs at most a dozen words apart."""
        if self.random.random() < 0.45:
            length = self.random.choice([3, 4])
            start = self.random.randrange(len(said) - length + 1)
            picked = said[start : start + length]
        else:
            first = self.random.randrange(len(said) - 1)
            second = self.random.randrange(max(0, first - 12), min(len(said) - 1, first + 13))
            picked = said[first : first + 2] + said[second : second + 2] if abs(first - second) > 1 else []
        return picked if sum(map(len, picked)) >= 8 and all(len(word) <= 12 for word in picked) else []

    def _with_slip(self, said: list[str]) -> str | None:
        long = [n for n, word in enumerate(said) if len(word) >= 4]
        if not long:
            return None
        at = self.random.choice(long)
        slipped = self._slip(said[at])
        return " ".join([*said[:at], slipped, *said[at + 1 :]]) if slipped != said[at] else None

    def _slip(self, word: str) -> str:
        at = self.random.randrange(len(word) - 1)
        other = self.random.choice("qwertyuiopasdfghjklcvbnm")
        return self.random.choice([
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + other + word[at + 1 :],
        ])  # fmt: skip

    def _shortened(self, said: list[str]) -> str | None:
        from search.abbreviations import other_spellings, spelled_shorter

        out = list(said)
        for n in range(len(said) - 1):
            if short := spelled_shorter(_fold(said[n]), _fold(said[n + 1])):
                out[n : n + 2] = [self.random.choice(short), ""]
                return " ".join(filter(None, out))
        for n, word in enumerate(said):
            shorter = [s[0] for s in other_spellings(_fold(word)) if len(s) == 1 and len(s[0]) < len(word)]
            if shorter:
                out[n] = self.random.choice(shorter)
        return " ".join(out) if out != said else None


def _fold(text: str) -> str:
    from agencies.folding import fold

    return fold(text)


_KEYS = {
    "\u0300": "f", "\u0301": "s", "\u0303": "x", "\u0309": "r", "\u0323": "j", "\u0302": "^", "\u0306": "w", "\u031b": "w",
}  # fmt: skip


def _keystrokes(word: str) -> str:
    """Marks where they stand, the tone at the end: đường → dduwowngf."""
    letters, tone = "", ""
    for letter in unicodedata.normalize("NFD", word.replace("đ", "dd").replace("Đ", "DD")):
        key = _KEYS.get(letter, letter)
        if key in "fsxrj" and key != letter:
            tone = key
        else:
            letters += letters[-1:] if key == "^" else key
    return letters + tone


def _holds(said: list[str], phrase: list[str]) -> bool:
    return any(said[n : n + len(phrase)] == phrase for n in range(len(said)))


def other_tone_placement(text: str) -> str | None:
    swapped = re.sub("oà|oá|oả|oã|oạ|òa|óa|ỏa|õa|ọa|uỷ|uý|uỳ|ủy|úy|ùy", lambda m: _SWAPS[m[0]], text)
    return swapped if swapped != text else None


_PAIRS = (
    ("oà", "òa"),
    ("oá", "óa"),
    ("oả", "ỏa"),
    ("oã", "õa"),
    ("oạ", "ọa"),
    ("uỷ", "ủy"),
    ("uý", "úy"),
    ("uỳ", "ùy"),
)
_SWAPS = {a: b for pair in _PAIRS for a, b in (pair, pair[::-1])}
