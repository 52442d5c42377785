"""How long the search page takes among very many cases: the whole page, SQL and template included, and the search call in it.

    scripts/tool with_services -m bench.bench_search_page    BENCH_PAGE_CASES=500000 BENCH_PAGE_BASE=10000 BENCH_PROFILES=…

Each size is an installation of its own with real rows (`bench/many_cases.py`) and an index that `rebuild_index` filled, asked as
a handler of the lead agency through the whole site (Django's test client, signed in) by a process of its own, the two in
turns. *Call*: `find_cases` as the page calls it, facets, highlights and both of its queries included. The search server's memory
of earlier answers is switched off. No search page may take more than six SQL queries. Both numbers are multiples of 2,000, and at
least twice that. By default 50,000 cases, on the production profile, which takes ten minutes on two cores of one's own; 500,000
take an hour, most of it to make the rows and to fill the index.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections import defaultdict

from bench.bench_queue import Clock
from bench.report import Ratio, conclude, figure, size
from bench.searching_desk import BROAD, DEEPER, EACH, OTHERS, WORDS
from tests.assurance.installation import PRODUCTION, Installation, copy_of, prepared

MODULE = "bench.bench_search_page"
LODGED, ROUNDS, MOST_QUERIES = 2_000, size("BENCH_PAGE_ROUNDS", 3), 6
PAGE, CALL, SQL = "page", "call", "sql"
# Sort of question and what is measured of it → what was measured.
Measured = dict[tuple[str, str], list[float]]


def serve_times() -> None:
    """Standard output: the questions, then the seconds, or the number of SQL queries, of each that is read from standard input."""
    from bench.searching_desk import Desk

    desk = Desk()
    measures = {PAGE: desk.page, CALL: desk.call, SQL: desk.queries}
    print(json.dumps([f"{sort}|{n}" for sort in desk.asked for n in range(EACH)]), flush=True)
    for line in sys.stdin:
        sort, number, what = line.strip().split("|")
        urls = desk.asked[sort]
        print(measures[what](urls[int(number) % len(urls)]), flush=True)


def measured(places: list[Installation]) -> list[Measured]:
    """The same of each place, in turns, so that a busy moment hits all."""
    clocks = [Clock(place, MODULE) for place in places]
    found: list[Measured] = [defaultdict(list) for _ in clocks]
    for turn in range(1 + ROUNDS):
        for question in clocks[0].pages:
            sort = question.partition("|")[0]
            for what in (SQL,) if turn == 0 else (PAGE,) if sort in OTHERS else (PAGE, CALL):
                for clock, values in zip(clocks, found, strict=True):
                    values[sort, what].append(clock.seconds(f"{question}|{what}"))
    for clock in clocks:
        clock.end()
    return found


def tell(name: str, found: Measured) -> None:
    for (sort, what), values in found.items():
        if what == SQL:
            figure(f"{name}: {sort}: SQL queries", max(values), "at most")
            assert sort in OTHERS or max(values) <= MOST_QUERIES, f"{sort}: too many SQL queries"
            continue
        middle, slow = statistics.median(values) * 1000, p95(values) * 1000
        figure(f"{name}: {sort}: {what}, p50 {middle:,.1f}, p95", slow, "ms")


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def fill(place: Installation, count: int) -> None:
    began = time.monotonic()
    place.python("-m", MODULE, "multiply", str(count // LODGED))
    figure(f"{place.profile}: {count:,} cases made in", time.monotonic() - began, "s")
    began = time.monotonic()
    place.python("manage.py", "rebuild_index")
    figure(f"{place.profile}: index filled in", time.monotonic() - began, "s")


def compare(profile: str, sizes: tuple[int, int]) -> list[Ratio]:
    with prepared(profile) as place:
        place.python("-m", MODULE, "lodge", str(LODGED))
        with copy_of(place) as small, copy_of(place) as large:
            for one, count in zip((small, large), sizes, strict=True):
                fill(one, count)
            figure("load of the machine", os.getloadavg()[0], "")
            found = measured([small, large])
    for count, one in zip(sizes, found, strict=True):
        tell(f"{profile}, {count:,}", one)
    return ratios(profile, sizes, *found)


def ratios(profile: str, sizes: tuple[int, int], few: Measured, many: Measured) -> list[Ratio]:
    slow = {key: p95(values) for key, values in many.items()}
    growth = {sort: slow[sort, what] / p95(few[sort, what]) for sort, what in slow if what == PAGE}
    worst = max((sort for sort in growth if sort not in (BROAD, DEEPER)), key=growth.__getitem__)
    whole = f"{profile}, {sizes[1]:,}: {WORDS}, p95: the page / the search call"
    grown = f"{profile}: p95 of the page at {sizes[1]:,} / at {sizes[0]:,}, worst “{worst}”"
    return [
        Ratio("bench_search_page", whole, slow[WORDS, PAGE] / slow[WORDS, CALL], 2, at_most=True),
        Ratio("bench_search_page", grown, growth[worst], 3, at_most=True),
    ]


def main() -> None:
    match sys.argv[1:]:
        case ["lodge" | "multiply" as what, number]:
            import django

            django.setup()
            from bench import many_cases

            getattr(many_cases, what)(int(number))
        case ["time"]:
            import django

            django.setup()
            serve_times()
        case _:
            sizes = size("BENCH_PAGE_BASE", 10_000), size("BENCH_PAGE_CASES", 50_000)
            profiles = os.environ.get("BENCH_PROFILES", PRODUCTION).split()
            conclude(*(ratio for profile in profiles for ratio in compare(profile, sizes)))


if __name__ == "__main__":
    main()
