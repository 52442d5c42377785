"""Documents and queries made of the syllables in the abbreviation table and of commune names, the same each time."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

SEED, QUERIES, AUDIENCE = 5, 300, "bench:identity"


def syllables() -> list[str]:
    from search.text import words

    root = Path(__file__).resolve().parents[1]
    found: set[str] = set()
    for path in (root / "search/reference/abbreviations.csv", root / "agencies/reference/communes.csv"):
        with path.open(encoding="utf-8") as rows:
            for row in csv.reader(rows):
                text = ",".join(row)
                found.update(text[w.start : w.end] for w in words(text) if text[w.start : w.end].isalpha())
    return sorted(found)


def documents(count: int) -> Iterator[Any]:
    from search.backends.base import Part

    rnd, known = random.Random(SEED), syllables()
    weights = [1 / (rank + 3) for rank in range(len(known))]
    for n in range(count):
        text = " ".join(rnd.choices(known, weights, k=rnd.randint(15, 90)))
        yield {"id": f"{n}:{AUDIENCE}", "case": n, "audience": AUDIENCE, "version": 1, "parts": [Part("narrative", text)],
               "keys": [], "filters": _filters(rnd), "lodged_at": n, "amount": None}  # fmt: skip


def _filters(rnd: random.Random) -> dict[str, str]:
    sizes = {"state": 12, "track": 4, "owner": 8, "category": 20, "product_group": 15, "channel": 12, "commune": 100,
             "month": 24, "amount_band": 6}  # fmt: skip
    return {name: f"{name}{rnd.randrange(count)}" for name, count in sizes.items()}


def queries() -> list[str]:
    """Three or four words in a row out of one of the documents: what somebody remembers of a case."""
    rnd = random.Random(SEED + 1)
    asked = []
    for document in islice(documents(QUERIES), QUERIES):
        said = document["parts"][0].text.split()
        length = rnd.choice([3, 4])
        start = rnd.randrange(len(said) - length)
        asked.append(" ".join(said[start : start + length]))
    return asked


def broad() -> list[str]:
    return [one for one in syllables()[:30] for _ in range(3)]
