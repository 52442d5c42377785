"""Recording what happened, and owing it to those who act on it, in one transaction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

from django.db import connection, transaction
from django.db.models import F, OuterRef, Subquery

from events import chain, clock, wake
from events.models import Delivery, Event
from events.registry import handlers_for, kind_of


class NotInTransaction(RuntimeError):
    """An event recorded outside a transaction could outlive, or miss, what it tells of."""


class Actor(Protocol):
    """Who did it; ``reference()`` gives ids and codes only."""

    def reference(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Happening:
    """An event not yet recorded."""

    stream: str
    kind: str
    by: Actor
    data: Mapping[str, Any] = field(default_factory=dict)


def record_event(stream: str, kind: str, *, by: Actor, **data: Any) -> Event:
    """Append one event to ``stream`` and its deliveries. Raises NotInTransaction, UnknownKind."""
    _require_transaction()
    _lock_stream(stream)
    last = Event.objects.filter(stream=stream).order_by("-sequence").values_list("sequence", "hash").first()
    event = _build(Happening(stream, kind, by, data), last or (0, chain.GENESIS))
    event.save(force_insert=True)
    _owe([event])
    return event


def record_first_events(happenings: Sequence[Happening]) -> list[Event]:
    """Open many new streams at once, each with one event or several in the order given. A stream that exists
    already breaks unique(stream, sequence)."""
    _require_transaction()
    return _append(happenings, {})


def record_events(happenings: Sequence[Happening]) -> list[Event]:
    """Append to many streams at once, to each in the order given; a few statements, whatever their number."""
    _require_transaction()
    streams = sorted({h.stream for h in happenings})
    _lock_streams(streams)
    newest = Event.objects.filter(stream=OuterRef("stream")).order_by("-sequence").values("sequence")[:1]
    ends = Event.objects.filter(stream__in=streams).annotate(newest=Subquery(newest)).filter(sequence=F("newest"))
    last = {stream: (sequence, digest) for stream, sequence, digest in ends.values_list("stream", "sequence", "hash")}
    return _append(happenings, last)


def _append(happenings: Sequence[Happening], last: dict[str, tuple[int, str]]) -> list[Event]:
    events = []
    for happening in happenings:
        event = _build(happening, last.get(happening.stream, (0, chain.GENESIS)))
        last[event.stream] = (event.sequence, event.hash)
        events.append(event)
    _owe(Event.objects.bulk_create(events))
    return events


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise NotInTransaction("record_event must run inside transaction.atomic()")


def _lock_stream(stream: str) -> None:
    # SQLite's IMMEDIATE transactions are serial already.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [stream])


def _lock_streams(streams: Sequence[str]) -> None:
    """In one order, so that two who lock several never wait for each other."""
    if connection.vendor == "postgresql" and streams:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(s, 0)) "
                "FROM (SELECT s FROM unnest(%s::text[]) s ORDER BY s) ordered",
                [list(streams)],
            )


def _build(happening: Happening, last: tuple[int, str]) -> Event:
    kind_of(happening.kind)
    event = Event(
        stream=happening.stream,
        sequence=last[0] + 1,
        kind=happening.kind,
        actor=happening.by.reference(),
        data=dict(happening.data),
        at=clock.now(),
        previous=last[1],
    )
    event.hash = chain.digest(event)
    return event


def _owe(events: Sequence[Event]) -> None:
    """One delivery per event and handler, due at once."""
    of_kind: dict[str, list[int]] = defaultdict(list)
    for event in events:
        of_kind[event.kind].append(event.pk)
    owed: set[str] = set()
    for kind, ids in of_kind.items():
        if names := [handler.name for handler in handlers_for(kind)]:
            _insert_deliveries(ids, names)
            owed.update(names)
    if owed:
        transaction.on_commit(partial(wake.announce, owed))


def _insert_deliveries(ids: Sequence[int], handlers: Sequence[str]) -> None:
    """Made by the database itself: an import owes several rows a complaint, and none of them is needed here.

    The statement is put together of our own table names and placeholders only.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Delivery._meta.db_table} (event_id, handler, state, attempts, due_at, last_error) "  # nosec B608
            f"SELECT e.id, h.column1, %s, 0, e.at, '' FROM {Event._meta.db_table} e "
            f"CROSS JOIN (VALUES {', '.join(['(%s)'] * len(handlers))}) h "
            f"WHERE e.id IN ({', '.join(['%s'] * len(ids))}) ORDER BY e.id",
            [Delivery.State.DUE, *handlers, *ids],
        )
