"""Open clocks counted anew after a rule or the calendar changed, in batches beside the handlers' work.

A batch locks the rows of its cases, in order, and reads its clocks again: a move made meanwhile wins, one made later
waits for no more than a batch. Its progress is stored with it, so a recount killed half-way goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from agencies.actors import System
from events import clock as time
from events.services.recording import Happening, record_event, record_events
from workflows.clocks import Timetable, timetable
from workflows.forecast import open_clocks, recount
from workflows.models import Case, Clock, Recomputation
from workflows.services.clocks import told

BY = System("recount")
BATCH = 500


def recompute_clocks(province: str | None, *, event_id: int | None = None) -> Iterator[Recomputation]:
    """Count every open clock of the province (all, when None) anew; the progress, after each batch.

    With ``event_id`` once for that event: what is finished is not begun again. At the end one audit entry.
    """
    progress = _begin(province, event_id)
    while progress.finished_at is None:
        # Rules are read again for each batch, under its locks: of two recounts at once the older must not put back
        # what the newer has counted.
        _batch(progress, {})
        yield progress


def _begin(province: str | None, event_id: int | None) -> Recomputation:
    begun = {"province_id": province, "started_at": time.now(), "total": open_clocks(province).count()}
    if event_id is None:
        return Recomputation.objects.create(**begun)
    return Recomputation.objects.get_or_create(event_id=event_id, defaults=begun)[0]


@transaction.atomic
def _batch(progress: Recomputation, tables: dict[str, Timetable]) -> None:
    wanted = open_clocks(progress.province_id).filter(pk__gt=progress.last_clock).order_by("pk")
    ids = list(wanted.values_list("pk", "case_id")[:BATCH])
    if not ids:
        _end(progress)
        return
    cases = {case_id for _pk, case_id in ids}
    list(Case.objects.filter(pk__in=cases).order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    rows = list(open_clocks(None).filter(pk__in=[pk for pk, _case in ids]).order_by("pk"))
    moved = _recount(rows, tables)
    progress.last_clock = ids[-1][0]
    progress.done, progress.moved = progress.done + len(ids), progress.moved + moved
    progress.save(update_fields=["last_clock", "done", "moved"])


def _recount(rows: Sequence[Clock], tables: dict[str, Timetable]) -> int:
    """How many ends moved."""
    happenings: list[Happening] = []
    changed: list[Clock] = []
    for row in rows:
        before = (row.due_at, row.warn_at, row.next_at, row.rule_id)
        case, track = row.case, row.case.track
        recount(row, _table(tables, case.province_id))
        case.track = track
        if (row.due_at, row.warn_at, row.next_at, row.rule_id) == before:
            continue
        changed.append(row)
        if row.due_at != before[0]:
            happenings.append(told(case, "moved", row, BY, due_before=before[0].isoformat()))
    _store(changed)
    record_events(happenings)
    return len(happenings)


def _table(tables: dict[str, Timetable], province: str) -> Timetable:
    if province not in tables:
        tables[province] = timetable(province)
    return tables[province]


def _store(rows: Sequence[Clock]) -> None:
    """Clocks and the limits their cases show, each in one statement."""
    if not rows:
        return
    _update(
        Clock,
        ("due_at", "warn_at", "next_at", "rule_id"),
        [(r.pk, r.due_at, r.warn_at, r.next_at, r.rule_id) for r in rows],
    )
    shown = [row for row in rows if row.obligation == row.case.state]
    _update(Case, ("due_at",), [(row.case_id, row.due_at) for row in shown])
    windows = [
        row for row in shown if row.case.objection_until is not None and row.obligation in ("resolved", "refused")
    ]
    _update(Case, ("objection_until",), [(row.case_id, row.due_at) for row in windows])


def _update(model: Any, names: tuple[str, ...], values: Sequence[tuple[Any, ...]]) -> None:
    """UPDATE … FROM (VALUES …): some ten times faster than a CASE per row. Our own names and placeholders only."""
    if not values:
        return
    fields = [model._meta.get_field(name.removesuffix("_id")) for name in names]
    sets = ", ".join(f"{field.column} = {_column(field, n)}" for n, field in enumerate(fields, 2))
    row = f"({', '.join(['%s'] * (len(names) + 1))})"
    prepared = [
        [pk, *(field.get_db_prep_save(value, connection) for field, value in zip(fields, rest, strict=True))]
        for pk, *rest in values
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {model._meta.db_table} SET {sets} FROM (VALUES {', '.join([row] * len(values))}) AS v "  # nosec B608
            f"WHERE {model._meta.db_table}.id = v.column1",
            [value for line in prepared for value in line],
        )


def _column(field: Any, number: int) -> str:
    """PostgreSQL takes bare parameters for text. SQLite keeps them as they are, and would make a number of a CAST."""
    if connection.vendor != "postgresql":
        return f"v.column{number}"
    kind = field.rel_db_type(connection) if field.is_relation else field.db_type(connection)
    return f"CAST(v.column{number} AS {kind})"


def _end(progress: Recomputation) -> None:
    progress.finished_at = time.now()
    progress.save(update_fields=["finished_at"])
    record_event(
        f"clocks:{progress.province_id or 'all'}", "clocks.recomputed", by=BY, recount=progress.pk,
        because=progress.event_id, looked_at=progress.done, moved=progress.moved,
    )  # fmt: skip
