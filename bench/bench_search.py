"""What searching costs above the bare engine, and what indexing does, side by side in one run.

    .venv/bin/python -m bench.bench_search [--documents 10000]

*Search*: the backend's call (query text to hits with their parts and the total) against the same engine query run bare.
*Index*: a rebuild's writes against the engine's bare bulk writes of the same, already analysed documents.
Texts are made of the syllables in the abbreviation table and of commune names: no corpus is needed.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SEED, QUERIES, AUDIENCE = 5, 300, "bench:identity"


def syllables() -> list[str]:
    import csv

    from search.text import words

    root = Path(__file__).resolve().parents[1]
    found: set[str] = set()
    for path in (root / "search/reference/abbreviations.csv", root / "agencies/reference/communes.csv"):
        with path.open(encoding="utf-8") as rows:
            for row in csv.reader(rows):
                text = ",".join(row)
                found.update(text[w.start : w.end] for w in words(text) if text[w.start : w.end].isalpha())
    return sorted(found)


def documents(count: int) -> Iterator[dict[str, Any]]:
    from search.backends.base import Part

    rnd, known = random.Random(SEED), syllables()
    weights = [1 / (rank + 3) for rank in range(len(known))]
    for n in range(count):
        text = " ".join(rnd.choices(known, weights, k=rnd.randint(15, 90)))
        yield {"id": f"{n}:{AUDIENCE}", "case": n, "audience": AUDIENCE, "version": 1, "parts": [Part("narrative", text)],
               "keys": [], "filters": {"state": "lodged"}, "lodged_at": n, "amount": None}  # fmt: skip


def queries() -> list[str]:
    rnd, known = random.Random(SEED + 1), syllables()
    return [" ".join(rnd.choices(known, k=rnd.randint(3, 4))) for _ in range(QUERIES)]


def p95(run: Callable[[Any], object], inputs: list[Any]) -> float:
    times = []
    for one in inputs:
        started = time.perf_counter()
        run(one)
        times.append(time.perf_counter() - started)
    return statistics.quantiles(times, n=20)[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    count = parser.parse_args().documents
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casemgr.settings.test")
    import django

    django.setup()
    from search.backends import tantivy as engine
    from search.backends.base import Scope
    from search.query import parse

    given = list(documents(count))
    with tempfile.TemporaryDirectory() as folder:
        backend = engine.TantivyBackend(Path(folder) / "ours")
        started = time.perf_counter()
        fresh = backend.begin()
        fresh.write(given)
        fresh.publish()
        ours = time.perf_counter() - started

        entries = [engine._entry(document) for document in given]
        started = time.perf_counter()
        bare = engine.TantivyBackend(Path(folder) / "bare").begin()
        for entry in entries:
            bare.writer.add_document(entry)
        bare.publish()
        alone = time.perf_counter() - started
        print(
            f"indexing {count} documents · {count / ours:.0f} a second · {alone / ours:.0%} of the bare engine's rate"
        )

        texts = queries()
        searcher = backend._searcher()
        compiled = [engine._scoped(parse(text).tree, AUDIENCE, {}, []) for text in texts]
        for query in compiled:
            searcher.search(query, 20)
        engine_alone = p95(lambda query: searcher.search(query, 20), compiled)
        whole = p95(lambda text: backend.search(parse(text).tree, Scope(AUDIENCE), limit=20), texts)
        print(
            f"search call p95 · {whole * 1000:.1f} ms · {whole / engine_alone:.2f} × the bare query's {engine_alone * 1000:.1f} ms"
        )


if __name__ == "__main__":
    main()
