"""What searching costs above the bare engine, and what indexing does, side by side in one run.

    scripts/tool with_services -m bench.bench_search    BENCH_DOCUMENTS="10000 100000 1000000" BENCH_ENGINES="tantivy elastic"

*Search*: from the text of a query to hits with their highlights, the total, how many hold it exactly so, and nine facets,
against the same bodies run by the engine alone. *Growth*: the same at the largest number of documents against the smallest. *Index*: a rebuild's
writes, and the relay's to an index of that size, against the engine's own bulk writes of the same, already analysed documents. Texts are made of the syllables
in the abbreviation table and of commune names: no corpus is needed. Broad queries (one frequent syllable) are told
apart, without a target.
"""

from __future__ import annotations

import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.engines_alone import ElasticAlone, TantivyAlone, whole_call
from bench.report import Ratio, conclude, figure
from bench.synthetic import AUDIENCE, broad, documents, queries

# So many documents are written as the relay writes them.
RELAYED = 20_000
# Writing is measured so many times in turn with the bare writer, and the medians are compared: a machine shared with
# others is twice as fast in one second as in the next. A rebuild of more documents than that takes long enough.
ROUNDS, LONG = 5, 50_000


def p95(run: Callable[[Any], object], inputs: list[Any]) -> float:
    """Seconds."""
    times = []
    for one in inputs:
        started = time.perf_counter()
        run(one)
        times.append(time.perf_counter() - started)
    return statistics.quantiles(times, n=20)[-1]


def compared(
    ours: Callable[[str], object], alone: Callable[[Any], object], bodies: dict[str, Any]
) -> tuple[float, float]:
    """p95 of both, taken in turns so that neither has the machine to itself."""
    for text, body in bodies.items():
        ours(text)
        alone(body)
    half = [list(bodies.items())[n::2] for n in (0, 1)]
    found = [(p95(ours, [t for t, _ in part]), p95(alone, [b for _, b in part])) for part in (*half, *half)]
    return statistics.median(one for one, _ in found), statistics.median(two for _, two in found)


@dataclass(frozen=True)
class Figures:
    ours: float
    alone: float
    broad: float
    written: Written


@dataclass(frozen=True)
class Written:
    """Documents a second, by round."""

    rebuilt: list[float]
    relayed: list[float]
    bare: list[float]


def written(backend: Any, count: int, bare: Callable[[], float], first: float) -> Written:
    """``first``: what the first rebuild reached."""
    found = Written([first], [], [])
    for turn in range(ROUNDS):
        found.bare.append(bare())
        if turn and count <= LONG:
            found.rebuilt.append(filled(backend, count))
        found.relayed.append(relayed(backend, turn))
    return found


def filled(backend: Any, count: int) -> float:
    """Documents a second, as a rebuild writes them."""
    from search.handlers import BATCH

    fresh = backend.begin()
    spent = sum(timed(partial(fresh.write, batch)) for batch in batches(documents(count), BATCH))
    return count / (spent + timed(fresh.publish))


def relayed(backend: Any, turn: int) -> float:
    """Documents a second, as the relay writes new cases where much is due."""
    from search.handlers import TOGETHER

    first = 10**9 + turn * RELAYED
    fresh = [
        one | {"id": f"{first + one['case']}:{AUDIENCE}", "case": first + one["case"]} for one in documents(RELAYED)
    ]
    return RELAYED / sum(timed(partial(backend.write, batch)) for batch in batches(iter(fresh), TOGETHER))


def batches(found: Iterator[Any], size: int) -> Iterator[list[Any]]:
    while batch := list(islice(found, size)):
        yield batch


def timed(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def tantivy_figures(count: int) -> Figures:
    from search.backends.tantivy import TantivyBackend
    from search.backends.tantivy_index import entry

    made = [entry(document) for document in documents(min(count, RELAYED))]

    def bare() -> float:
        fresh = TantivyBackend(Path(folder) / "bare").begin()
        return len(made) / (timed(lambda: [fresh.writer.add_document(one) for one in made]) + timed(fresh.publish))

    with tempfile.TemporaryDirectory() as folder:
        backend = TantivyBackend(Path(folder) / "ours")
        rate = filled(backend, count)
        alone = TantivyAlone(backend, count)
        ours, engine_alone = compared(whole_call(backend), alone, alone.bodies)
        with ProcessPoolExecutor(1, get_context("spawn")) as apart:
            memory = apart.submit(serving_memory, Path(folder) / "ours").result()
        figure(f"tantivy, {count:,}: memory of a server that answers the queries, above its start", memory / 1e6, "MB")
        slowest = p95(whole_call(backend), broad())
        return Figures(ours, engine_alone, slowest, written(backend, count, bare, rate))


def serving_memory(path: Path) -> int:
    """Bytes that searching takes in a process that did not fill the index."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casemgr.settings.test")
    import django

    django.setup()
    from search.backends.tantivy import TantivyBackend

    asked = queries()
    before = anonymous_memory()
    call = whole_call(TantivyBackend(path))
    for text in asked:
        call(text)
    return anonymous_memory() - before


def bare_bulk_rate(backend: Any, count: int) -> float:
    """Documents a second."""
    from elasticsearch import helpers

    from search.backends.elastic import FIRST_WAIT
    from search.backends.elastic_index import index_action

    made = [index_action(document) for document in documents(count)]
    name = backend.create()
    # A server with too much to do is asked again, as ours is.
    patient = {"raise_on_error": False, "max_retries": 4, "initial_backoff": FIRST_WAIT}
    done: list[bool] = []
    spent = timed(
        lambda: done.extend(ok for ok, _ in helpers.streaming_bulk(backend.client, made, index=name, **patient))
    )
    if not all(done):
        raise RuntimeError("the server did not take all that it was given")
    backend.client.indices.delete(index=name)
    return count / spent


def elastic_figures(count: int) -> Figures:
    from search.backends.elastic import ElasticBackend

    backend = ElasticBackend(os.environ["ELASTICSEARCH_URL"], f"bench-{secrets.token_hex(4)}")
    try:
        # A server that has just started is slow at first: neither of the two pays for that.
        bare_bulk_rate(backend, 10_000)
        rate = filled(backend, count)
        # Counted anew each time: a server would give the same answer from memory.
        backend.client.indices.put_settings(index=backend.alias, settings={"index.requests.cache.enable": False})
        alone = ElasticAlone(backend)
        ours, engine_alone = compared(whole_call(backend), alone, alone.bodies)
        slowest = p95(whole_call(backend), broad())
        bare = partial(bare_bulk_rate, backend, min(count, RELAYED))
        return Figures(ours, engine_alone, slowest, written(backend, count, bare, rate))
    finally:
        backend.client.indices.delete(index=f"{backend.alias}-*")


def anonymous_memory() -> int:
    """Bytes that belong to this process alone: what it maps of the index is the system's to take back."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("RssAnon:")[2].split()[0]) * 1024


def ratios(name: str, found: dict[int, Figures]) -> Iterator[Ratio]:
    for count, one in found.items():
        figure(f"{name}, {count:,}: search call, p95", one.ours * 1000, "ms")
        figure(f"{name}, {count:,}: the engine alone, p95", one.alone * 1000, "ms")
        figure(f"{name}, {count:,}: broad one-word search, p95", one.broad * 1000, "ms")
        yield Ratio(
            "bench_search", f"{name}, {count:,}: search call / the engine alone", one.ours / one.alone, 1.5, True
        )
        yield from writing_ratios(f"{name}, {count:,}", one.written)
    least, most = min(found), max(found)
    if most > least:
        growth = found[most].ours / found[least].ours
        yield Ratio("bench_search", f"{name}: p95 at {most:,} / at {least:,}", growth, 3, True)


def writing_ratios(name: str, found: Written) -> Iterator[Ratio]:
    bare = told(f"{name}: the bare bulk writer", found.bare)
    for who, rates in (("a rebuild", found.rebuilt), ("the relay", found.relayed)):
        rate = told(f"{name}: indexing by {who}", rates)
        yield Ratio("bench_search", f"{name}: indexing by {who} / bare bulk", rate / bare, 0.6)


def told(what: str, rates: list[float]) -> float:
    figure(
        f"{what}, {min(rates):,.0f} to {max(rates):,.0f}, median of {len(rates)}",
        found := statistics.median(rates),
        "a second",
    )
    return found


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casemgr.settings.test")
    import django

    django.setup()
    sizes = [int(one) for one in os.environ.get("BENCH_DOCUMENTS", "10000 100000 1000000").split()]
    engines = {"tantivy": tantivy_figures, "elastic": elastic_figures}
    wanted = os.environ.get("BENCH_ENGINES", " ".join(engines)).split()
    if "elastic" in wanted and not os.environ.get("ELASTICSEARCH_URL"):
        print("ELASTICSEARCH_URL is not set: the search server is not measured.")
        wanted.remove("elastic")
    made = [one for name in wanted for one in ratios(name, {count: engines[name](count) for count in sizes})]
    conclude(*made)


if __name__ == "__main__":
    main()
