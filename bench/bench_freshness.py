"""How long after the commit of a complaint a search can find it, while complaints come in steadily.

    scripts/tool with_services -m bench.bench_freshness    BENCH_RATE=32 BENCH_SECONDS=30 BENCH_PROFILES=…

One process lodges at the rate, one after another as citizens do. The relay indexes where the profile has it: embedded, in
that same process and woken by each commit; in production, as a process of its own that the database wakes. Measured is, for each
complaint, from its event to the moment its delivery to the index is done: written, and searchable. One complaint goes
before all others and is not measured: with it the index is made, once in an installation's life.
Compared with the two seconds that a handler does not notice.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.report import Ratio, conclude, figure, size
from tests.assurance.installation import PROFILES, prepared

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from events.models import Delivery

NOTICED_SECONDS = 2.0


def lodge(rate: int, seconds: int, before: int = 0) -> float:
    """At the rate, or as fast as this machine can; how many a second. ``before``: how many there are already."""
    from casemgr.demo import content, variation
    from events import clock
    from workflows.services.intake import lodge_batch

    stories, began = content.stories(), time.perf_counter()
    for number in range(rate * seconds):
        ahead = number / rate - (time.perf_counter() - began)
        if ahead > 0:
            time.sleep(ahead)
        lodge_batch([variation.vary(stories, before + number, clock.now())])
    return rate * seconds / (time.perf_counter() - began)


def _wait_for_all(deliveries: QuerySet[Delivery]) -> None:
    deadline = time.monotonic() + 60
    while deliveries.exclude(state="done").exists() and time.monotonic() < deadline:
        time.sleep(0.2)


@contextmanager
def _relay() -> Iterator[None]:
    from django.conf import settings

    from events.relay import Relay
    from tests.assurance import processes

    if settings.PROFILE == "embedded":
        relay = Relay()
        relay.start()
        try:
            yield
        finally:
            relay.stop()
        return
    process = processes.relay()
    process.start()
    try:
        yield
    finally:
        process.kill()


def measure(rate: int, seconds: int) -> None:
    """In the installation this process is in; the p99 on the last line of standard output."""
    from django.db.models import Max

    from events.models import Delivery
    from search.handlers import INDEX

    written = Delivery.objects.filter(handler=INDEX)
    with _relay():
        lodge(1, 1)
        _wait_for_all(written)
        first = written.aggregate(last=Max("id"))["last"]
        figure("lodged a second", lodge(rate, seconds, before=1), "")
        _wait_for_all(written)
    rows = written.filter(done_at__isnull=False, id__gt=first).values_list("event__at", "done_at")
    waits = [(done - at).total_seconds() for at, done in rows]
    cuts = statistics.quantiles(waits, n=100)
    print(len(waits), cuts[49], cuts[98])


def compare(profile: str, rate: int, seconds: int) -> Ratio:
    with prepared(profile) as place:
        said = place.python("-m", "bench.bench_freshness", "measure", str(rate), str(seconds))
    *told, last = said.strip().splitlines()
    print("\n".join(told))
    count, median, slow = last.split()
    figure(f"{profile}: events indexed", float(count), "")
    figure(f"{profile}: commit to searchable, median", float(median), "s")
    figure(f"{profile}: commit to searchable, p99", float(slow), "s")
    text = f"{profile}: p99 at {rate} a second / {NOTICED_SECONDS:g} s"
    return Ratio("bench_freshness", text, float(slow) / NOTICED_SECONDS, 1, at_most=True)


def main() -> None:
    match sys.argv[1:]:
        case ["measure", rate, seconds]:
            import django

            django.setup()
            measure(int(rate), int(seconds))
        case _:
            profiles = os.environ.get("BENCH_PROFILES", " ".join(PROFILES)).split()
            conclude(*(compare(one, size("BENCH_RATE", 32), size("BENCH_SECONDS", 30)) for one in profiles))


if __name__ == "__main__":
    main()
