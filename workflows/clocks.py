"""Which limit applies to a case, when it ends, and what is due before and after: rows, read once for a batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q, QuerySet

from workflows.deadlines import END_OF_DAY, HANOI, NO_DAYS, Calendar, after, before, days_stood, deadline
from workflows.models import AgencyHours, CalendarOverride, Case, Clock, ClockRule, EscalationStep, ExtensionRule
from workflows.obligations import OTHERS_TIME


@dataclass(frozen=True)
class Timetable:
    """A province's rules, calendar, ladder and hours."""

    rules: tuple[ClockRule, ...]
    calendar: Calendar
    ladder: tuple[EscalationStep, ...] = ()
    extension_rules: tuple[ExtensionRule, ...] = ()
    # When agencies close that do not close at the usual time.
    hours: dict[int, time] = field(default_factory=dict)
    _known: dict[tuple[Any, ...], Any] = field(default_factory=dict, compare=False, repr=False)

    def rule_for(self, case: Case, day: date, obligation: str = "") -> ClockRule | None:
        """The most particular rule in force: own province before all, own track before any, urgent first."""
        obligation = obligation or str(case.state)
        key = ("rule", obligation, case.track, case.urgent, day)
        if key not in self._known:
            fitting = [r for r in self.rules if _fits(r, case, obligation, day)]
            self._known[key] = max(fitting, key=_particularity, default=None)
        found: ClockRule | None = self._known[key]
        return found

    def due_at(self, case: Case) -> datetime | None:
        """When the case must have left its state; None where no limit runs."""
        rule = self.rule_for(case, local_day(case.state_since))
        return self.end_of(rule, case.state_since, case.owner_id) if rule else None

    def end_of(self, rule: ClockRule, counts_from: datetime, owner: int) -> datetime:
        return self._limit(counts_from, rule.amount, rule.unit, owner, rolls=rule.rolls_to_working_day)

    def due_of(self, clock: Clock, rule: ClockRule, owner: int, steps: Sequence[ExtensionRule] = ()) -> datetime:
        """The end of a clock under ``rule``, extended by ``steps``."""
        due = self._of(clock, clock.started_at, rule, rule, owner)
        for step in steps:
            due = self.extended(clock, due, step, rule, owner)
        return due

    def extended(self, clock: Clock, due: datetime, step: ExtensionRule, rule: ClockRule, owner: int) -> datetime:
        return self._of(clock, clock.started_at if step.in_all else due, step, rule, owner)

    def _of(
        self, clock: Clock, start: datetime, limit: ClockRule | ExtensionRule, rule: ClockRule, owner: int
    ) -> datetime:
        """``limit`` from ``start``, put off by what the clock stood: hours by the time, all else by the days."""
        if limit.unit == "h" and start == clock.started_at:
            start += clock.paused_for
        stood = days_stood(clock.spells()) if clock.stood and limit.unit != "h" else NO_DAYS
        return self._limit(start, limit.amount, limit.unit, owner, rolls=rule.rolls_to_working_day, stood=stood)

    def warn_at(self, rule: ClockRule, due: datetime) -> datetime | None:
        if rule.warn_before_amount is None:
            return None
        return self._once(before, due, rule.warn_before_amount, rule.warn_before_unit)

    def rungs(self, track: str, obligation: str) -> list[EscalationStep]:
        """The ladder in its order; of several rows for one rung the most particular."""
        if obligation in OTHERS_TIME:
            return []
        key = ("rungs", track, obligation)
        if key not in self._known:
            found: dict[int, EscalationStep] = {}
            for step in sorted(
                self.ladder, key=lambda s: (s.province_id is not None, s.track != "", s.obligation != "")
            ):
                if step.track in ("", track) and step.obligation in ("", obligation):
                    found[step.position] = step
            self._known[key] = [found[position] for position in sorted(found)]
        steps: list[EscalationStep] = self._known[key]
        return steps

    def rung_at(self, step: EscalationStep, due: datetime) -> datetime:
        return self._once(before if step.side == EscalationStep.Side.BEFORE else after, due, step.amount, step.unit)

    def calendar_of(self, owner: int) -> Calendar:
        closes = self.hours.get(owner)
        return replace(self.calendar, end_of_day=closes) if closes else self.calendar

    def _limit(
        self, start: datetime, amount: int, unit: str, owner: int, *, rolls: bool, stood: frozenset[date] = NO_DAYS
    ) -> datetime:
        if unit == "h":
            return deadline(start, amount, unit, self.calendar)
        # All that such an end hangs on: of the many cases of a day it is worked out once.
        key = (local_day(start), amount, unit, rolls, self.hours.get(owner), stood)
        if key not in self._known:
            self._known[key] = deadline(start, amount, unit, self.calendar_of(owner), rolls=rolls, stood=stood)
        found: datetime = self._known[key]
        return found

    def _once(self, reckon: Any, due: datetime, amount: int, unit: str) -> datetime:
        key = (reckon, due, amount, unit)
        if key not in self._known:
            self._known[key] = reckon(due, amount, unit, self.calendar)
        found: datetime = self._known[key]
        return found


def next_of(clock: Clock, table: Timetable) -> tuple[datetime, str, EscalationStep | None] | None:
    """(instant, "warn" | "miss" | "escalate", the step), the earliest that is left; None when nothing is, or it stands.

    Rungs keep their order even where a row would put a later one earlier.
    """
    if clock.ended_at or clock.paused_at:
        return None
    left: list[tuple[datetime, int, str, EscalationStep | None]] = []
    if clock.warned_at is None and clock.missed_at is None and clock.warn_at is not None:
        left.append((clock.warn_at, 0, "warn", None))
    if clock.missed_at is None:
        left.append((clock.due_at, 1, "miss", None))
    rungs = table.rungs(clock.track, clock.obligation)
    step = next((step for step in rungs if step.position > clock.escalated), None)
    if step:
        instants = [table.rung_at(rung, clock.due_at) for rung in rungs if rung.position <= step.position]
        left.append((max(instants), 2, "escalate", step))
    if not left:
        return None
    instant, _order, what, chosen = min(left, key=lambda row: row[:2])
    return instant, what, chosen


def reckon(clock: Clock, table: Timetable, owner: int, steps: Sequence[ExtensionRule] = ()) -> None:
    """Set the clock's end, its warning and what comes next, as ``clock.rule`` and the table say."""
    clock.due_at = table.due_of(clock, clock.rule, owner, steps)
    clock.warn_at = table.warn_at(clock.rule, clock.due_at)
    upcoming = next_of(clock, table)
    clock.next_at = upcoming[0] if upcoming else None


def local_day(at: datetime) -> date:
    return at.astimezone(HANOI).date()


def _fits(rule: ClockRule, case: Case, obligation: str, day: date) -> bool:
    in_force = rule.effective_from <= day and (rule.effective_to is None or day <= rule.effective_to)
    fits_case = rule.track in ("", case.track) and (case.urgent or not rule.urgent)
    return in_force and fits_case and rule.obligation == obligation


def _particularity(rule: ClockRule) -> tuple[bool, bool, bool, date]:
    return (rule.province_id is not None, rule.urgent, rule.track != "", rule.effective_from)


def timetable(province_code: str | None) -> Timetable:
    """Five short reads. None: what holds where a province has set nothing."""
    return Timetable(
        tuple(_own(ClockRule.objects.all(), province_code)),
        Calendar(override_days(_own(CalendarOverride.objects.all(), province_code))),
        tuple(_own(EscalationStep.objects.all(), province_code)),
        tuple(_own(ExtensionRule.objects.all(), province_code)),
        dict(AgencyHours.objects.exclude(closes_at=END_OF_DAY).values_list("agency_id", "closes_at")),
    )


def extension_rules(province_code: str) -> list[ExtensionRule]:
    return list(_own(ExtensionRule.objects.all(), province_code))


def override_days(overrides: Iterable[CalendarOverride]) -> dict[date, bool]:
    """Day → worked? The province's own override wins over the country's."""
    return {o.day: o.is_working_day for o in sorted(overrides, key=lambda o: o.province_id is not None)}


def _own(rows: QuerySet[Any], province_code: str | None) -> QuerySet[Any]:
    return rows.filter(Q(province=province_code) | Q(province=None))
