"""Keeping the index whole: filling it anew, and comparing it with the database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from agencies.models import Agency
from events import clock, leases
from events.models import Delivery
from workflows.models import Case

from .backends.base import Generation
from .documents import audiences, document_id, latest_events, prepare
from .engine import engine, is_written_by_the_relay
from .handlers import AGENCIES, BATCH, BUSINESSES, INDEX, cases_of, cases_of_agency, nothing_delivered
from .models import IndexExchange

# Batches between two checkpoints of a rebuild.
KEPT_EVERY = 20
# So many documents of the index are looked for in the database at once.
SCANNED = 5_000
LEASE, LEASED = "search.rebuild", timedelta(minutes=5)

# Told first how many are done already, then each time how many more.
Progress = Callable[[int], None]


class RebuildRunning(RuntimeError):
    """Another rebuild is at it."""


def rebuild(progress: Progress = lambda done: None, *, afresh: bool = False) -> int:
    """Fill a new index beside the live one and put it in its place; the number of cases. One that was cut short is
    carried on, unless ``afresh``. Raises SearchUnavailable, RebuildRunning.

    It stops no relay: the relay goes on writing the live index. What it wrote there meanwhile is known from its
    deliveries and written again after the exchange; versions make the overlap harmless. A lease of its own keeps a
    second rebuild away.
    """
    holder = leases.holder_name()
    if not leases.acquire(LEASE, holder, LEASED):
        raise RebuildRunning
    try:
        return _rebuild(progress, holder, afresh)
    finally:
        leases.release(LEASE, holder)


def _rebuild(progress: Progress, holder: str, afresh: bool) -> int:
    fresh = (None if afresh else engine().resume()) or engine().begin()
    done = Case.objects.filter(pk__lte=fresh.checkpoint.after).count() if fresh.checkpoint.after else 0
    progress(done)
    try:
        for number, batch in enumerate(case_batches(after=fresh.checkpoint.after), 1):
            fresh.write(prepare(batch).documents)
            done += len(batch)
            if number % KEPT_EVERY == 0:
                fresh.keep(batch[-1])
            if not leases.acquire(LEASE, holder, LEASED):
                raise RebuildRunning
            progress(len(batch))
        _put_in_place(fresh)
    except BaseException:
        fresh.leave()
        raise
    if is_written_by_the_relay():
        _write_what_is_owed()
    else:
        _write_again(fresh.checkpoint.begun_at)
    return done


def _put_in_place(fresh: Generation) -> None:
    """It stays owed whatever the answer: one that did not come may belong to an exchange that did. Another engine
    than the pages ask owes nobody anything."""
    if is_written_by_the_relay():
        IndexExchange.objects.create(since=fresh.checkpoint.begun_at)
    fresh.publish()


def finish_exchanges() -> int:
    """Write what a rebuild that died after the exchange still owed; how many cases. Nothing while one is at it. Raises
    SearchUnavailable."""
    holder = leases.holder_name()
    if not IndexExchange.objects.exists() or not leases.acquire(LEASE, holder, LEASED):
        return 0
    try:
        return _write_what_is_owed()
    finally:
        leases.release(LEASE, holder)


def _write_what_is_owed() -> int:
    written = 0
    for owed in IndexExchange.objects.order_by("pk"):
        written += _write_again(owed.since)
        owed.delete()
    return written


def _write_again(since: datetime) -> int:
    """What was delivered meanwhile, or is not yet; how many cases."""
    cases, resorted = _concerned(_deliveries_since(since))
    index_again(cases, resorted)
    return len(cases)


def case_batches(after: int = 0) -> Iterator[list[int]]:
    """The ids of all cases after ``after``, paged by key."""
    while batch := list(Case.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield batch
        after = batch[-1]


def index_again(case_ids: set[int], resorted: Collection[Agency] = ()) -> None:
    wanted = sorted(case_ids)
    for start in range(0, len(wanted), BATCH):
        engine().write(*prepare(wanted[start : start + BATCH], resorted), may_begin=nothing_delivered)


def _deliveries_since(at: datetime) -> QuerySet[Delivery]:
    """To the index: made after ``at``, or being made."""
    rows = Delivery.objects.filter(Q(done_at__gte=at) | ~Q(state=Delivery.State.DONE))
    return rows.filter(handler__in=(INDEX, BUSINESSES, AGENCIES))


def _concerned(deliveries: QuerySet[Delivery]) -> tuple[set[int], list[Agency]]:
    """The cases they are about, and the agencies that may have become of another sort."""
    changed = deliveries.filter(handler=AGENCIES).values_list("event__data", flat=True)
    resorted = list(Agency.objects.filter(pk__in={data["pk"] for data in changed}))
    cases = cases_of(deliveries.exclude(handler=AGENCIES).values_list("event__stream", flat=True))
    return cases.union(*(cases_of_agency(agency.pk).values_list("pk", flat=True) for agency in resorted)), resorted


@dataclass
class Drift:
    """What the index holds otherwise than the database, as document ids. ``surplus``: cases in the index that are not in the
    database. ``waiting``: cases that differ, and that the relay is about to write."""

    cases: int = 0
    documents: int = 0
    missing: set[str] = field(default_factory=set)
    stale: set[str] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)
    surplus: set[int] = field(default_factory=set)
    waiting: set[int] = field(default_factory=set)

    @property
    def is_none(self) -> bool:
        return not (self.missing or self.stale or self.foreign or self.surplus)

    @property
    def case_ids(self) -> set[int]:
        return set(map(_case_of, self.missing | self.stale | self.foreign))

    def add(self, case_ids: Sequence[int], wanted: Mapping[str, int], held: Mapping[str, int]) -> None:
        self.cases += len(case_ids)
        self.documents += len(wanted)
        self.missing |= wanted.keys() - held.keys()
        self.foreign |= held.keys() - wanted.keys()
        self.stale |= {identity for identity in wanted.keys() & held.keys() if held[identity] < wanted[identity]}

    def set_aside(self, waiting: set[int]) -> None:
        self.waiting = self.case_ids & waiting
        for differing in (self.missing, self.stale, self.foreign):
            differing.difference_update([identity for identity in differing if _case_of(identity) in waiting])


def compare(progress: Progress = lambda done: None) -> Drift:
    """Compare every case's audiences and versions with the index. What differs is looked at a second time: people and the
    relay go on meanwhile. Raises SearchUnavailable."""
    drift = Drift()
    progress(0)
    for batch in case_batches():
        drift.add(batch, _expected(batch), engine().versions(batch))
        progress(len(batch))
    second = _second_look(sorted(drift.case_ids))
    return replace(second, cases=drift.cases, documents=drift.documents, surplus=_surplus())


def _second_look(case_ids: Sequence[int]) -> Drift:
    drift, began = Drift(), _owed_since(clock.now())
    for start in range(0, len(case_ids), BATCH):
        batch = case_ids[start : start + BATCH]
        drift.add(batch, _expected(batch), engine().versions(batch))
    if case_ids and is_written_by_the_relay():
        drift.set_aside(_being_written(_owed_since(began)))
    return drift


def _being_written(since: datetime) -> set[int]:
    """The cases that the relay is about to write, or wrote ``since``. What is parked it does not try again."""
    return _concerned(_deliveries_since(since).exclude(state=Delivery.State.PARKED))[0]


def _owed_since(now: datetime) -> datetime:
    """Since when what was written may not be in the index that a rebuild put in place; else ``now``."""
    owed = IndexExchange.objects.order_by("since").values_list("since", flat=True).first()
    return min(owed, now) if owed else now


def _surplus() -> set[int]:
    """The index is asked before the database: what is lodged meanwhile is in both."""
    found, after = set[int](), 0
    while page := engine().cases(after, SCANNED):
        found |= set(page).difference(Case.objects.filter(pk__in=page).values_list("pk", flat=True))
        after = page[-1]
    return found


def repair(drift: Drift) -> None:
    """Write again what differs, and take out what no case here explains."""
    for case_id in drift.surplus.union(map(_case_of, drift.foreign)):
        engine().delete_case(case_id)
    index_again(drift.case_ids)


def _case_of(identity: str) -> int:
    return int(identity.partition(":")[0])


def _expected(case_ids: Sequence[int]) -> dict[str, int]:
    versions = latest_events(case_ids)
    related = ("owner__kind", "offered_to__kind", "escalated_to__kind", "complaint__received_at_agency__kind")
    cases = Case.objects.filter(pk__in=case_ids).select_related(*related).prefetch_related("referrals")
    return {
        document_id(case.pk, audience.name): versions.get(case.pk, 0) for case in cases for audience in audiences(case)
    }
