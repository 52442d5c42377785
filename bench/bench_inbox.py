"""The inbox of a person with 100,000 notifications against one with 1,000: the unread count and the list, both profiles.

    scripts/tool with_services -m bench.bench_inbox   BENCH_INBOX_MANY=100000 BENCH_INBOX_FEW=1000 BENCH_PROFILES=…

Both people are of one installation and read in turns by one process; compared are the medians. The queries are counted.
"""

import json
import os
import statistics
import sys
import time

from bench.bench_queue import _lodge, tidy
from bench.report import Ratio, conclude, figure, size
from tests.assurance.installation import PROFILES, prepared

TARGET, MOST_QUERIES = 1.5, 3
WARM_UP, READINGS, CASES = 5, 60, 500
MODULE = "bench.bench_inbox"


def fill(person, agency, rows: int) -> None:
    """A tenth is unread, a few are put off; alike are on average a dozen in 100,000."""
    from datetime import timedelta

    from events import clock
    from notifications.groups import GROUP_OF
    from notifications.models import Notification
    from workflows.models import Case

    cases, kinds, now = list(Case.objects.values_list("pk", flat=True)), sorted(GROUP_OF), clock.now()
    Notification.objects.bulk_create(
        (
            Notification(
                recipient=person, agency=agency, case_id=cases[n % len(cases)], kind=kinds[n * 7 // len(cases) % len(kinds)],
                event_id=-n - 1, cursor=n + 1, reason="handler", created_at=now, urgent=n % 50 == 0, put_off=n % 1000 == 0,
                surfaces_at=now + timedelta(days=1) if n % 1000 == 0 else now - timedelta(seconds=rows - n),
                read_at=None if n % 10 == 0 else now,
            )
            for n in range(rows)
        ),
        batch_size=5000,
    )  # fmt: skip


def read(person) -> dict[str, float]:
    """Seconds of each reading."""
    from casemgr.backoffice.inbox_rows import rows_of
    from notifications.selectors import inbox_groups, unread_count

    began = time.perf_counter()
    unread_count(person)
    counted = time.perf_counter()
    rows_of(person, list(inbox_groups(person)[:30]))
    return {"unread count": counted - began, "list": time.perf_counter() - counted}


def measure(few: int, many: int) -> None:
    """In the installation this process is in; standard output: medians of both people, and queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from agencies.models import Agency, User

    _lodge(CASES)
    sct = Agency.objects.get(code="sct")
    people = User.objects.filter(memberships__agency=sct, memberships__revoked_at=None).distinct().order_by("pk")[:2]
    for person, rows in zip(people, (few, many), strict=True):
        fill(person, sct, rows)
    tidy()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        read(people[1])
    taken = [[], []]
    for turn in range(WARM_UP + READINGS):
        for person, times in zip(people, taken, strict=True):
            found = read(person)
            if turn >= WARM_UP:
                times.append(found)
    medians = [{what: statistics.median(one[what] for one in times) for what in times[0]} for times in taken]
    print(json.dumps({"medians": medians, "queries": len(asked)}), flush=True)


def compare(profile: str, few: int, many: int) -> list[Ratio]:
    with prepared(profile) as place:
        said = json.loads(place.python("-m", MODULE, "measure", str(few), str(many)).splitlines()[-1])
    small, large = said["medians"]
    for what in small:
        figure(
            f"{profile}: {what}: {small[what] * 1000:.2f} → {large[what] * 1000:.2f} ms", large[what] / small[what], "×"
        )
    name, worst = "bench_inbox", max(small, key=lambda what: large[what] / small[what])
    text = f"{profile}: inbox at {many:,} / {few:,} notifications, worst “{worst}”"
    return [
        Ratio(name, text, large[worst] / small[worst], TARGET, at_most=True),
        Ratio(name, f"{profile}: queries of count and list at {many:,}", said["queries"], MOST_QUERIES, at_most=True),
    ]


def main() -> None:
    match sys.argv[1:]:
        case ["measure", few, many]:
            import django

            django.setup()
            measure(int(few), int(many))
        case _:
            few, many = size("BENCH_INBOX_FEW", 1_000), size("BENCH_INBOX_MANY", 100_000)
            profiles = os.environ.get("BENCH_PROFILES", " ".join(PROFILES)).split()
            conclude(*(ratio for profile in profiles for ratio in compare(profile, few, many)))


if __name__ == "__main__":
    main()
