"""What matching new cases against saved searches costs, beside the 32 cases a second that are demanded.

    .venv/bin/python -m bench.bench_alerts

2,000 saved searches of one agency (each is run against every batch; of several agencies each only against its own):
words, phrases, identifiers and watchlists. Batches of 200 documents with stories of 15 to 90 syllables. Measured is
the matching alone: writing the batch's index in memory and running every search; neither reading the cases from the
database nor telling anybody. BENCH_SEARCHES and BENCH_CASES scale it.
"""

from __future__ import annotations

import os
import random
import time
from typing import Any

from bench.report import Ratio, conclude, figure, size
from bench.synthetic import AUDIENCE, SEED, documents, syllables

DEMANDED, BATCH, WATCHED = 32, 200, 50


def phone(rnd: random.Random) -> str:
    return f"09{rnd.randrange(10**8):08d}"


def texts(count: int) -> list[tuple[str, bool]]:
    """Text and whether it is a watchlist."""
    rnd, known = random.Random(SEED + 2), syllables()
    found: list[tuple[str, bool]] = []
    for n in range(count):
        said = " ".join(rnd.choices(known, k=rnd.randint(2, 4)))
        kind = n % 20
        if kind < 12:
            found.append((said, False))
        elif kind < 15:
            found.append((f'"{said}"', False))
        elif kind < 18:
            found.append((phone(rnd), False))
        else:
            found.append(("\n".join(phone(rnd) for _ in range(WATCHED)), True))
    return found


def given(count: int) -> list[Any]:
    from search.keys import keys_of

    rnd = random.Random(SEED + 3)
    return [one | {"keys": sorted(keys_of("phone", "+84" + phone(rnd)[1:]))} for one in documents(count)]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casemgr.settings.test")
    import django

    django.setup()
    from search import watchlists
    from search.alerts import matches
    from search.backends.base import Scope
    from search.backends.batch import Batch
    from search.query import parse
    from search.saved import Question

    searches, cases = size("BENCH_SEARCHES", 2000), size("BENCH_CASES", 1000)
    started = time.perf_counter()
    questions = {
        n: Question(watchlists.query(text) if watched else parse(text), Scope(AUDIENCE))
        for n, (text, watched) in enumerate(texts(searches))
    }
    figure(f"reading {searches} searches, once a day", time.perf_counter() - started, "s")
    batches = [given(cases)[at : at + BATCH] for at in range(0, cases, BATCH)]
    matches(Batch(batches[0][:1]), questions)
    started = time.perf_counter()
    found = sum(len(one) for batch in batches for one in matches(Batch(batch), questions).values())
    rate = cases / (time.perf_counter() - started)
    figure(f"matching in batches of {BATCH} ({found} matches)", rate, "cases/s")
    started, alone = time.perf_counter(), batches[0][:20]
    for document in alone:
        matches(Batch([document]), questions)
    figure("matching one by one", len(alone) / (time.perf_counter() - started), "cases/s")
    conclude(Ratio("alerts", f"cases matched a second / {DEMANDED} demanded", rate / DEMANDED, 1))


if __name__ == "__main__":
    main()
