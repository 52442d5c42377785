"""How well searching finds: known items over a corpus of Vietnamese texts, on each engine that answers.

    .venv/bin/python -m bench.bench_search_quality [--queries 600]

Reads ../shared/data/vi-texts (texts, and queries with judgements) and skips, saying so, where it is absent. Beside
the queries given it makes its own, with fixed seeds: half were used to choose the ranking's weights (``tune``), half
are only reported (``report``). Prints success@1 and success@5 for each category, what must be reached in the half that
is only reported, and whether the same words written in other forms find exactly the same.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import secrets
import sys
import tempfile
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from bench.known_items import Asked, Generator, other_tone_placement
from bench.report import Ratio, conclude

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "data" / "vi-texts"
TUNE, REPORT = 11, 97
AUDIENCE = "bench:identity"
# What must be reached, by the generator's categories: success at 1 and at 5.
TARGETS: dict[str, tuple[tuple[str, ...], float, float]] = {
    "known items": (("diacritics",), 0.80, 0.97),
    "stripped": (("stripped",), 0, 0.96),
    "one slip": (("diacritics+typo", "stripped+typo"), 0, 0.96),
    "abbreviated": (("teencode",), 0, 0.95),
    "quoted phrases": (("phrase",), 1, 1),
    "raw Telex": (("raw telex",), 0, 0.60),
}
# Both engines, of all queries.
APART = 0.03


def read_corpus() -> dict[str, str]:
    with gzip.open(CORPUS / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        return {row["id"]: row["text"] for row in map(json.loads, lines)}


def given_queries() -> list[Asked]:
    wanted: dict[str, set[str]] = defaultdict(set)
    for line in (CORPUS / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        if grade == "2":
            wanted[query].add(document)
    rows = map(json.loads, (CORPUS / "queries.jsonl").read_text(encoding="utf-8").splitlines())
    return [Asked(r["query"], r["category"], frozenset(wanted[r["id"]])) for r in rows if r["category"] != "topical"]


# By category, whether it was found first, and among the first five.
Found = dict[str, list[tuple[bool, bool]]]


def measure(backend, names: list[str], asked: list[Asked]) -> tuple[Found, float]:
    found: Found = defaultdict(list)
    started = time.perf_counter()
    for one in asked:
        hits = [names[case] for case in cases_found(backend, one.query)]
        found[one.category].append((hits[:1] != [] and hits[0] in one.targets, not one.targets.isdisjoint(hits)))
    return found, (time.perf_counter() - started) / len(asked)


def cases_found(backend, text: str) -> list[int]:
    """As `find_cases` does: by the first reading that finds anything."""
    from search.asking import ask, meanings
    from search.backends.base import Scope
    from search.query import parse

    query, scope = parse(text), Scope(AUDIENCE)
    read = (query if one == text else parse(one) for one in meanings(backend, text, query, scope))
    answers = (ask(backend, one, scope, limit=5) for one in read)
    return [hit.case for hit in next((answer.hits for answer in answers if answer.total), [])]


def report(title: str, found: Found, seconds: float) -> None:
    print(f"\n{title} ({seconds * 1000:.1f} ms a query)")
    every = [result for results in found.values() for result in results]
    for category, results in [*sorted(found.items()), ("ALL", every)]:
        first, five = (sum(r[n] for r in results) / len(results) for n in (0, 1))
        print(f"  {category:34s} n={len(results):4d}  s@1={first:.3f}  s@5={five:.3f}")


def reached(name: str, found: Found) -> Iterator[Ratio]:
    for what, (categories, *targets) in TARGETS.items():
        results = [one for category in categories for one in found[category]]
        for place, target in zip((1, 5), targets, strict=True):
            if target:
                yield Ratio("bench_search_quality", f"{name}: {what}, success@{place}", share(results, place), target)


def share(results: list[tuple[bool, bool]], place: int) -> float:
    return sum(first if place == 1 else five for first, five in results) / len(results)


def written_otherwise(backend: Any, asked: list[Asked]) -> Ratio:
    """Of queries with diacritics, those that find the same, in the same order, however they are written."""
    plain = [one.query for one in asked if one.category == "diacritics"]
    same = [all(cases_found(backend, text) == cases_found(backend, one) for text in _forms(one)) for one in plain]
    what = f"{backend.name}: the same found decomposed, in capitals, with tones placed otherwise ({len(same)} queries)"
    return Ratio("bench_search_quality", what, sum(same) / len(same), 1)


def _forms(query: str) -> list[str]:
    found = [unicodedata.normalize("NFD", query), query.upper(), other_tone_placement(query)]
    return [one for one in found if one]


def fill(backend, texts: dict[str, str]) -> None:
    from search.backends.base import Document, Part

    fresh = backend.begin()
    fresh.write([
        Document(id=f"{n}:{AUDIENCE}", case=n, audience=AUDIENCE, version=1, parts=[Part("narrative", text)], keys=[],
                 filters={}, lodged_at=0, amount=None)
        for n, text in enumerate(texts.values())
    ])  # fmt: skip
    fresh.publish()


def backends(folder: str) -> Iterator[object]:
    from search.backends.elastic import ElasticBackend
    from search.backends.tantivy import TantivyBackend

    yield TantivyBackend(Path(folder))
    if url := os.environ.get("ELASTICSEARCH_URL"):
        backend = ElasticBackend(url, f"bench-{secrets.token_hex(4)}")
        yield backend
        backend.client.indices.delete(index=backend.live())
    else:
        print("\nELASTICSEARCH_URL is not set: OpenSearch is not measured.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=600, help="How many to make for each half.")
    count = parser.parse_args().queries
    if not CORPUS.exists():
        print(f"skipped: {CORPUS} is not here")
        sys.exit(0)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casemgr.settings.test")
    import django

    django.setup()
    corpus = read_corpus()
    sets = {"given": given_queries()}
    for half, seed in (("tune", TUNE), ("report", REPORT)):
        made = Generator(corpus, seed)
        sets[half] = [*made.queries(count), *made.phrases(count // 10), *made.keystrokes(count // 10)]
    ratios, all_of_them = [], []
    with tempfile.TemporaryDirectory() as folder:
        for backend in backends(folder):
            fill(backend, Generator(corpus, 0).texts)
            for name, asked in sets.items():
                found, seconds = measure(backend, list(corpus), asked)
                report(f"{backend.name} · {name}", found, seconds)
            ratios += [*reached(backend.name, found), written_otherwise(backend, asked)]
            all_of_them.append(list(chain.from_iterable(found.values())))
    for place in (1, 5) if len(all_of_them) > 1 else ():
        shares = [share(results, place) for results in all_of_them]
        apart = max(shares) - min(shares)
        ratios.append(Ratio("bench_search_quality", f"engines apart, success@{place}", apart, APART, at_most=True))
    conclude(*ratios)


if __name__ == "__main__":
    main()
