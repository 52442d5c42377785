"""Keeping the index whole: filling it anew, and comparing it with the database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from agencies.models import Agency
from events import leases
from events.models import Delivery
from workflows.models import Case

from .backends.base import Generation
from .documents import audiences, document_id, latest_events, prepare
from .engine import engine, is_written_by_the_relay
from .handlers import AGENCIES, BATCH, BUSINESSES, INDEX, cases_of, cases_of_agency, nothing_delivered
from .models import IndexExchange

# Batches between two checkpoints of a rebuild.
KEPT_EVERY = 20
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
    resorted = _resorted_since(since)
    cases = _written_since(since).union(
        *(cases_of_agency(agency.pk).values_list("pk", flat=True) for agency in resorted)
    )
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


def _written_since(at: datetime) -> set[int]:
    """The cases whose deliveries were made after ``at``, or are being made."""
    return cases_of(_deliveries_since(at, INDEX, BUSINESSES).values_list("event__stream", flat=True))


def _resorted_since(at: datetime) -> list[Agency]:
    """The agencies that may have become of another sort."""
    changed = _deliveries_since(at, AGENCIES).values_list("event__data", flat=True)
    return list(Agency.objects.filter(pk__in={data["pk"] for data in changed}))


def _deliveries_since(at: datetime, *handlers: str) -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(Q(done_at__gte=at) | ~Q(state=Delivery.State.DONE))
    return rows.filter(handler__in=handlers)


@dataclass
class Drift:
    """What the index holds otherwise than the database, as document ids. ``surplus``: documents of no case here."""

    cases: int = 0
    documents: int = 0
    missing: set[str] = field(default_factory=set)
    stale: set[str] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)
    surplus: int = 0

    @property
    def is_none(self) -> bool:
        return not (self.missing or self.stale or self.foreign or self.surplus)

    @property
    def case_ids(self) -> set[int]:
        return {int(identity.partition(":")[0]) for identity in self.missing | self.stale | self.foreign}


def compare(progress: Progress = lambda done: None) -> Drift:
    """Compare every case's audiences and versions with the index. Raises SearchUnavailable."""
    drift, indexed = Drift(), 0
    progress(0)
    for batch in case_batches():
        wanted, held = _expected(batch), engine().versions(batch)
        drift.cases += len(batch)
        drift.documents += len(wanted)
        drift.missing |= wanted.keys() - held.keys()
        drift.foreign |= held.keys() - wanted.keys()
        drift.stale |= {identity for identity in wanted.keys() & held.keys() if held[identity] < wanted[identity]}
        indexed += len(held)
        progress(len(batch))
    drift.surplus = max(0, engine().count() - indexed)
    return drift


def repair(drift: Drift) -> None:
    """Write again what differs. Documents that no case explains need a rebuild."""
    for case_id in {int(identity.partition(":")[0]) for identity in drift.foreign}:
        engine().delete_case(case_id)
    index_again(drift.case_ids)


def _expected(case_ids: list[int]) -> dict[str, int]:
    versions = latest_events(case_ids)
    related = ("owner__kind", "offered_to__kind", "complaint__received_at_agency__kind")
    cases = Case.objects.filter(pk__in=case_ids).select_related(*related).prefetch_related("referrals")
    return {
        document_id(case.pk, audience.name): versions.get(case.pk, 0) for case in cases for audience in audiences(case)
    }
