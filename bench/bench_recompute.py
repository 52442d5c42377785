"""Counting open clocks anew after a calendar change, against the bare bulk update of the same rows in one run.

    scripts/tool with_services -m bench.bench_recompute   BENCH_CLOCKS=100000 BENCH_PROFILES=…

The bare update is Django's own `bulk_update` of what the recount writes (the clocks' ends and next instants, and the
ends their cases show), in batches and transactions of the same size, with nothing reckoned and nothing recorded. The
recount reads, locks, reckons, writes the same rows, and appends an event to each case's stream.
"""

import os
import sys
import time
from datetime import timedelta

from bench.report import Ratio, conclude, figure, size
from tests.assurance.installation import PROFILES, prepared

TARGET = 3.0


def fill(clocks: int) -> None:
    """Cases lodged as everybody lodges, over the last days, so that their limits are open."""
    from casemgr.demo import content, variation
    from events import clock
    from workflows.services.intake import lodge_batch

    stories, now = content.stories(), clock.now()
    for start in range(0, clocks, 500):
        with clock.frozen(now - timedelta(hours=8) * (1 - start / clocks)):
            lodge_batch([variation.vary(stories, n, clock.now()) for n in range(start, min(start + 500, clocks))])


def bare() -> float:
    """Seconds: every open clock and its case put off by a day, and nothing else."""
    from django.db import transaction

    from workflows.models import Case, Clock
    from workflows.services.recounting import BATCH

    rows = list(Clock.objects.open().select_related("case").order_by("pk"))
    day, began = timedelta(days=1), time.perf_counter()
    for start in range(0, len(rows), BATCH):
        chunk = rows[start : start + BATCH]
        for row in chunk:
            row.due_at += day
            row.next_at = row.next_at and row.next_at + day
            row.case.due_at = row.due_at
        with transaction.atomic():
            Clock.objects.bulk_update(chunk, ["due_at", "warn_at", "next_at", "rule"])
            Case.objects.bulk_update([row.case for row in chunk if row.obligation == row.case.state], ["due_at"])
    return time.perf_counter() - began


def written() -> float:
    """Seconds: the same rows as they are, written as the recount writes them (UPDATE … FROM VALUES); for comparison."""
    from django.db import transaction

    from workflows.models import Clock
    from workflows.services.recounting import BATCH, _store

    rows = list(Clock.objects.open().select_related("case").order_by("pk"))
    began = time.perf_counter()
    for start in range(0, len(rows), BATCH):
        with transaction.atomic():
            _store(rows[start : start + BATCH])
    return time.perf_counter() - began


def recounted() -> tuple[float, int]:
    """Seconds, and how many ends moved, after the next three days were taken off."""
    from agencies.models import Province
    from events import clock
    from workflows.clocks import local_day
    from workflows.models import CalendarOverride
    from workflows.services.recounting import recompute_clocks

    today = local_day(clock.now())
    for province in Province.objects.filter(agencies__isnull=False).distinct():
        for ahead in (1, 2, 3):
            CalendarOverride.objects.create(
                province=province, day=today + timedelta(days=ahead), is_working_day=False, reason="bench"
            )
    began = time.perf_counter()
    progress = list(recompute_clocks(None))[-1]
    return time.perf_counter() - began, progress.moved


def measure(clocks: int) -> None:
    """In the installation this process is in; the two figures on standard output."""
    from workflows.models import Clock

    fill(clocks)
    plain = bare()
    sharp = written()
    seconds, moved = recounted()
    print(Clock.objects.open().count(), moved, plain, sharp, seconds)


def compare(profile: str, clocks: int) -> Ratio:
    with prepared(profile) as place:
        counted, moved, plain, sharp, seconds = place.python(
            "-m", "bench.bench_recompute", "measure", str(clocks)
        ).split()
    figure(f"{profile}: open clocks, of which moved {moved}", float(counted), "")
    figure(f"{profile}: bare bulk update", float(plain), "s")
    figure(f"{profile}: the same written by UPDATE … FROM VALUES", float(sharp), "s")
    figure(f"{profile}: recount", float(seconds), "s")
    text = f"{profile}: recount / bare bulk update of the same {int(counted):,} clocks"
    return Ratio("bench_recompute", text, float(seconds) / float(plain), TARGET, at_most=True)


def main() -> None:
    match sys.argv[1:]:
        case ["measure", number]:
            import django

            django.setup()
            measure(int(number))
        case _:
            profiles = os.environ.get("BENCH_PROFILES", " ".join(PROFILES)).split()
            conclude(*(compare(profile, size("BENCH_CLOCKS", 100_000)) for profile in profiles))


if __name__ == "__main__":
    main()
