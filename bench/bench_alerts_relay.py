"""The whole relay of the production profile with 2,000 saved searches that alert, and with none.

    scripts/tool with_services -m bench.bench_alerts_relay    BENCH_SEARCHES=2000 BENCH_CASES=1000 BENCH_SECONDS=30
    BENCH_PROFILE=cumulative … (or tottime)                   where the time of each lane goes

The searches are those of 24 people of three agencies, kept by the service that the page calls: told at once, daily and
weekly, in words, phrases, numbers and watchlists; one in thirty is in the words of a story that is often told, or by the number of
a seller. *Backlog*: cases are lodged and every second one is written a note to; then the relays are started, one for each
lane as docs/operations.md sets them up, and timed until nothing is owed, of index, alerts, inbox, mail and all the rest;
with searches and without in turns, and once by one process that works every lane. *Lane by lane*: the same by one lane
after the other. *Steadily*: cases are lodged beside the relays at the rate demanded, or as fast as the machine does both,
and how long each waited until it was matched. Some ten minutes.
"""

from __future__ import annotations

import cProfile
import os
import pstats
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count as counting
from typing import Any

from bench.bench_alerts import DEMANDED, texts
from bench.bench_freshness import lodge
from bench.report import Ratio, conclude, figure, size
from bench.socket_crowd import cpu_of
from bench.synthetic import SEED
from tests.assurance.installation import PRODUCTION, prepared

MODULE = "bench.bench_alerts_relay"
AGENCIES, PEOPLE = ("sct", "congan", "hoi"), 24
# Of twenty: at once, daily, weekly.
MIX = ("now",) * 10 + ("daily",) * 7 + ("weekly",) * 3
SELLERS, SELLER_PHONES = 200, 900_100_000  # as casemgr.demo.variation gives them
EMAIL = "nguoi.gui@bench.example"
ROUNDS, PATIENCE_SECONDS, MOST_WAITED = size("BENCH_ROUNDS", 3), 900, 5.0

_numbers = counting()
Kept = dict[str, list[int]]  # way of telling → ids of saved searches


def people() -> list[Any]:
    """Handlers, in turns of the agencies."""
    from agencies.actors import member
    from agencies.models import Agency, Membership, Role, User

    agencies = {one.code: one for one in Agency.objects.filter(code__in=AGENCIES)}
    emails = [f"bench{n}@bench.example" for n in range(PEOPLE)]
    for n, email in enumerate(emails):
        person = User.objects.create(email=email, name=f"Người {n}")
        Membership.objects.create(person=person, agency=agencies[AGENCIES[n % len(AGENCIES)]], role=Role.HANDLER)
    return [member(email) for email in emails]


def keep_searches(count: int) -> Kept:
    from search.selectors import Narrowing
    from search.services_saved import Asked, Keeping, save_search

    owners, rnd, kept = people(), random.Random(SEED + 4), defaultdict(list)
    for n, (text, watched) in enumerate(texts(count)):
        way = rnd.choice(MIX)
        narrowing = Narrowing({"is_open": ["yes"]} if n % 4 == 0 and not watched else {})
        asked = Asked(often_told(rnd) if n % 30 == 0 else text, narrowing, watched)
        kept[way].append(save_search(by=owners[n % PEOPLE], keeping=Keeping(f"Tìm {n}", way), asked=asked).pk)
    return kept


def often_told(rnd: random.Random) -> str:
    """Four words in a row of a story, or the number of a seller."""
    from casemgr.demo import content

    if rnd.random() < 0.5:
        return f"0{SELLER_PHONES + rnd.randrange(SELLERS)}"
    said = rnd.choice(content.stories()).facts["text"].split()
    start = rnd.randrange(max(1, len(said) - 4))
    return " ".join(said[start : start + 4])


def listen(kept: Kept, *, wanted: bool) -> None:
    """To all of them as they were kept, or to none."""
    from search.models import SavedSearch

    for way, ids in kept.items():
        SavedSearch.objects.filter(pk__in=ids).update(alert=way if wanted else "none")


def pile_up(cases: int) -> None:
    """Cases, and notes to half of them, that nobody has been told of. Every fifth sender left an e-mail address."""
    from agencies.actors import member
    from casemgr.demo import content, variation
    from casemgr.demo.province import email_of
    from complaints.lodgement import Person
    from events import clock
    from workflows.models import Case
    from workflows.services.correspondence import add_note
    from workflows.services.intake import lodge_batch

    stories = content.stories()
    for start in range(0, cases, 20):
        said = [variation.vary(stories, next(_numbers), clock.now()) for _ in range(min(20, cases - start))]
        said[::5] = [replace(one, person=Person(name="Người gửi", email=EMAIL)) for one in said[::5]]
        noted = [receipt.case_id for receipt in lodge_batch(said)][::2]
        for case in Case.objects.filter(pk__in=noted).select_related("owner"):
            by = member(email_of("handler", case.owner.code), case.owner.code)
            add_note(case_id=case.pk, by=by, text="Đã gọi người gửi, hẹn làm việc tuần tới.")


@contextmanager
def relays(lanes: Iterable[str] = ()) -> Iterator[list[Any]]:
    """Running: one for each lane, or one for all."""
    from tests.assurance import processes

    names = list(lanes)
    found = [processes.relay(number, lane) for number, lane in enumerate(names)] or [processes.relay()]
    try:
        for one in found:
            one.start()
        yield found
    finally:
        for one in found:
            one.stop()


def drained(cases: int, name: str, lanes: Iterable[str], *, in_full: bool) -> float:
    """Cases a second, from the moment the relays, all of them ready, may begin."""
    from events import clock

    pile_up(cases)
    hold_back(timedelta(hours=1))
    with relays(lanes) as working:
        hold_back(timedelta())
        began, at, used = time.perf_counter(), clock.now(), {one.name: cpu_of(one.pid) for one in working}
        wait_until_idle()
        seconds = time.perf_counter() - began
        used = {one.name: cpu_of(one.pid) - used[one.name] for one in working}
    figure(f"{name}: cases drained", cases / seconds, "a second")
    if in_full:
        for process, spent in used.items():
            figure(f"{name}: {process}, {spent / seconds:.2f} of a core", spent / cases * 1000, "ms a case")
        tell_ends(at)
    return cases / seconds


def hold_back(wait: timedelta) -> None:
    from events import clock, wake
    from events.models import Delivery

    Delivery.objects.filter(state=Delivery.State.DUE).update(due_at=clock.now() + wait)
    wake.announce([wake.EVERYBODY])


def wait_until_idle() -> None:
    from events.models import Delivery

    deadline = time.monotonic() + PATIENCE_SECONDS
    while Delivery.objects.filter(state=Delivery.State.DUE).exists():
        if time.monotonic() > deadline:
            raise SystemExit("the relay does not come to an end")
        time.sleep(0.05)


def tell_ends(began: Any) -> None:
    """When each handler was done with all that it was owed."""
    from django.db.models import Count, Max

    from events.models import Delivery

    rows = Delivery.objects.filter(done_at__gte=began).values("handler").annotate(n=Count("id"), last=Max("done_at"))
    for row in rows.order_by("last"):
        figure(f"  {row['handler']}: {row['n']} deliveries, done after", (row["last"] - began).total_seconds(), "s")


def lane_by_lane(cases: int) -> None:
    """What each costs by itself: in this process, one after the other. What one owes another is that one's."""
    from events import registry
    from events.relay import Relay

    pile_up(cases)
    wanted = os.environ.get("BENCH_PROFILE")
    for lane in sorted(registry.lanes(), key=["alerts", "index", "slow", "notify", "mail", "mailing", "push"].index):
        work, profile, began = Relay([lane]).run_until_idle, cProfile.Profile(), time.perf_counter()
        done = profile.runcall(work) if wanted else work()
        figure(f"lane {lane} by itself: {done} deliveries", time.perf_counter() - began, "s")
        if wanted:
            pstats.Stats(profile).sort_stats(wanted).print_stats(60)


def steadily(rate: int, seconds: int) -> tuple[float, float]:
    """Cases lodged at the rate, or as fast as may be beside the relays: how many a second, and the seconds that the
    slowest in a hundred waited to be matched."""
    from events import clock, registry
    from events.models import Delivery

    with relays(registry.lanes()):
        pile_up(20)  # A relay that has just begun reads all searches first.
        wait_until_idle()
        at = clock.now()
        lodged = lodge(rate, seconds, before=next(_numbers) + 10**6)
        figure("steadily: lodged", lodged, "a second")
        wait_until_idle()
    found = {}
    for handler in ("search.index", "search.alerts", "notifications.inbox"):
        rows = Delivery.objects.filter(handler=handler, event__at__gte=at, event__kind="case.lodged")
        waits = [(done - came) / timedelta(seconds=1) for came, done in rows.values_list("event__at", "done_at")]
        found[handler] = statistics.quantiles(waits, n=100)
        figure(f"steadily: {handler} after, median", found[handler][49], "s")
        figure(f"steadily: {handler} after, p99", found[handler][98], "s")
    return lodged, found["search.alerts"][98]


def digest() -> None:
    """All days and weeks are over at once: summed up as the scheduled job does it, then mailed."""
    from events import clock
    from events.relay import Relay
    from search.jobs import send_digests
    from search.models import SavedSearch

    SavedSearch.objects.update(digested_at=clock.now() - timedelta(days=8))
    began = time.perf_counter()
    send_digests()
    figure("digests of all owners", time.perf_counter() - began, "s")
    figure(f"their mails: {Relay(['mail']).run_until_idle()}", time.perf_counter() - began, "s, with the summing up")


def measure(searches: int, cases: int, seconds: int) -> None:
    """In the installation this process is in; on the last line both rates, without searches and with them, and what `steadily` found."""
    from events import registry
    from search.models import SearchMatch

    began, lanes = time.perf_counter(), registry.lanes()
    kept = keep_searches(searches)
    figure(f"{searches} searches kept in", time.perf_counter() - began, "s")
    rates: dict[bool, list[float]] = {False: [], True: []}
    drained(min(cases, 100), "first, with which the index is made", lanes, in_full=False)
    for turn in range(ROUNDS):
        for wanted, found in rates.items():
            listen(kept, wanted=wanted)
            name = f"{searches if wanted else 'no'} searches"
            found.append(drained(cases, name, lanes, in_full=turn == ROUNDS - 1))
    drained(cases, f"{searches} searches, one process for all lanes", (), in_full=True)
    figure("matches kept, by case", SearchMatch.objects.count() / (cases * (ROUNDS + 1)), "")
    lane_by_lane(cases)
    steady = steadily(DEMANDED, seconds)
    digest()
    print(statistics.median(rates[False]), statistics.median(rates[True]), *steady)


def main() -> None:
    if sys.argv[1:2] == ["measure"]:
        import django

        django.setup()
        measure(*map(int, sys.argv[2:]))
        return
    searches, cases = size("BENCH_SEARCHES", 2000), size("BENCH_CASES", 1000)
    with prepared(PRODUCTION) as place:
        said = place.python("-m", MODULE, "measure", *map(str, (searches, cases, size("BENCH_SECONDS", 30))))
    *told, last = said.strip().splitlines()
    print("\n".join(told))
    none, many, lodged, waited = map(float, last.split())
    figure(f"drained with {searches:,} searches / with none", many / none, "")
    conclude(
        Ratio("bench_alerts_relay", f"cases drained a second / {DEMANDED} demanded", many / DEMANDED, 1),
        Ratio("bench_alerts_relay", f"lodged a second meanwhile / {DEMANDED} demanded", lodged / DEMANDED, 1),
        Ratio("bench_alerts_relay", f"p99 of matching then / {MOST_WAITED:g} s", waited / MOST_WAITED, 1, True),
    )


if __name__ == "__main__":
    main()
