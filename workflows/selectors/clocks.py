"""Reading the clocks: those of a case for its page, and a province's figures for who sees no case."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q

from agencies.actors import Member
from agencies.models import Role
from events import clock as time
from workflows.clocks import extension_rules
from workflows.models import Case, Clock, EscalationStep, ExtensionRule
from workflows.services.extending import next_step_of
from workflows.states import Track


@dataclass(frozen=True)
class RunningClock:
    """``step``: the extension the reader may give now, if any."""

    row: Clock
    step: ExtensionRule | None = None

    @property
    def late(self) -> bool:
        return self.row.paused_at is None and self.row.due_at < time.now()


def may_extend(reader: Member, case: Case) -> bool:
    return reader.agency.pk == case.owner_id and reader.has(Role.SUPERVISOR)


def running_clocks(case: Case, reader: Member) -> list[RunningClock]:
    """What runs, first due first: one query, and one more for who may extend."""
    rows = list(Clock.objects.open().filter(case=case).select_related("rule").order_by("due_at", "id"))
    rules = extension_rules(case.province_id) if rows and may_extend(reader, case) else []
    return [RunningClock(row, _step(row, rules)) for row in rows]


def _step(row: Clock, rules: list[ExtensionRule]) -> ExtensionRule | None:
    if row.paused_at or row.missed_at or row.due_at <= time.now():
        return None
    return next_step_of(row, rules)


@dataclass(frozen=True)
class LateFigures:
    """Open duties of the agencies of some provinces, those over time, and those reported up to the overseer."""

    track: str
    running: int
    late: int
    reported: int

    @property
    def name(self) -> str:
        return str(Track(self.track).label)


def late_figures(provinces: Collection[str]) -> list[LateFigures]:
    """Per track, for who sees figures only. One query."""
    told = Q(escalations__step__to=EscalationStep.To.OVERSEER)
    rows = Clock.objects.open().duties().filter(case__province__in=provinces).values("track").order_by("track")
    counted = rows.annotate(
        running=Count("pk", distinct=True),
        late=Count("pk", filter=Q(missed_at__isnull=False), distinct=True),
        reported=Count("pk", filter=told, distinct=True),
    )
    return [LateFigures(**row) for row in counted]
