"""The clocks run: warned, missed, escalated, in the order of the instants, each once, whenever the job comes to it.

Each step is a transaction of its own under the case's row lock; the clock is read again inside, so that a move made
meanwhile wins, and a step done before a crash is not done again. What was done stands in the rows (`warned_at`,
`missed_at`, `escalated` and unique(clock, position)), not in the time: a clock of the machine set back repeats nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from agencies.actors import System
from events import clock as time
from events.services.recording import record_events
from workflows.clocks import Timetable, next_of, timetable
from workflows.errors import MoveNotAllowed
from workflows.lapses import LAPSES, REMINDERS
from workflows.models import Case, Clock, ClockEscalation, EscalationStep
from workflows.services.clocks import told
from workflows.states import State

BY = System("clocks")
# A run ends after so many steps, so that the other jobs have their turn; the next goes on a minute later.
AT_MOST = 2000

log = structlog.get_logger(__name__)


class ClocksFailed(RuntimeError):
    """Some clocks could not be worked; the others were. The job says so and tries again."""


def run_clocks(at_most: int = AT_MOST) -> int:
    """Do what fell due, earliest first, until nothing is left; how many steps. Raises ClocksFailed at the end."""
    steps = 0
    failed: list[int] = []
    while steps < at_most and (found := _earliest(failed)):
        try:
            steps += step_clock(found)
        except Exception as error:
            # One clock that cannot be worked must not hold back all that come after it.
            log.error("clock failed", clock_id=found, exc_info=error)
            failed.append(found)
    if failed:
        raise ClocksFailed(f"{len(failed)} clocks")
    return steps


def _earliest(without: list[int]) -> int | None:
    due = Clock.objects.filter(next_at__lte=time.now()).exclude(pk__in=without)
    return due.order_by("next_at", "id").values_list("pk", flat=True).first()


@transaction.atomic
def step_clock(clock_id: int) -> bool:
    """The one thing that is next for this clock, if it is due; whether anything was done."""
    case_id = Clock.objects.values_list("case_id", flat=True).get(pk=clock_id)
    case = Case.objects.locked(case_id)
    row = Clock.objects.select_related("rule").get(pk=clock_id)
    table = timetable(case.province_id)
    upcoming = next_of(row, table)
    if upcoming is None or upcoming[0] > time.now():
        _look_again_at(row, upcoming[0] if upcoming else None)
        return False
    _instant, what, rung = upcoming
    _STEPS[what](case, row, table, rung)
    return True


def _look_again_at(row: Clock, at: datetime | None) -> None:
    """The ladder changed since, or someone moved the case: what comes next is written down anew."""
    row.next_at = at
    row.save(update_fields=["next_at"])


def _warn(case: Case, row: Clock, table: Timetable, rung: EscalationStep | None) -> None:
    row.warned_at = time.now()
    _done(case, row, table, "warned", "warned_at", **_offered(case, row))
    _follow_up(REMINDERS, case, row)


def _miss(case: Case, row: Clock, table: Timetable, rung: EscalationStep | None) -> None:
    row.missed_at = time.now()
    _done(case, row, table, "missed", "missed_at")
    _follow_up(LAPSES, case, row)


def _escalate(case: Case, row: Clock, table: Timetable, rung: EscalationStep | None) -> None:
    assert rung is not None  # nosec B101: `next_of` names the rung it found
    ClockEscalation.objects.create(clock=row, step=rung, position=rung.position, taken_at=time.now())
    row.escalated = rung.position
    _done(
        case, row, table, "escalated", "escalated", audience=str(rung.to), position=rung.position, **_offered(case, row)
    )


def _offered(case: Case, row: Clock) -> dict[str, str]:
    """An offer that is not answered is the other agency's delay: its people are told, too."""
    return {"to": case.offered_to.code} if row.obligation == State.REFERRED and case.offered_to else {}


def _done(case: Case, row: Clock, table: Timetable, kind: str, field: str, **more: Any) -> None:
    upcoming = next_of(row, table)
    row.next_at = upcoming[0] if upcoming else None
    row.save(update_fields=[field, "next_at"])
    record_events([told(case, kind, row, BY, **more)])


def _follow_up(table: dict[str, Callable[..., Any]], case: Case, row: Clock) -> None:
    service = table.get(row.obligation)
    if service is None:
        return
    try:
        with transaction.atomic():
            service(case_id=case.pk, by=BY, version=None)
    except MoveNotAllowed:
        return


_STEPS: dict[str, Callable[[Case, Clock, Timetable, EscalationStep | None], None]] = {
    "warn": _warn,
    "miss": _miss,
    "escalate": _escalate,
}
