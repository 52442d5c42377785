"""Which limit applies to a case where it stands, and when it ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from workflows.deadlines import HANOI, Calendar, deadline
from workflows.models import CalendarOverride, Case, ClockRule


@dataclass(frozen=True)
class Timetable:
    """A province's rules and calendar, read once for a batch of cases."""

    rules: tuple[ClockRule, ...]
    calendar: Calendar
    _known: dict[tuple[Any, ...], datetime | None] = field(default_factory=dict, compare=False, repr=False)

    def rule_for(self, case: Case, day: date) -> ClockRule | None:
        """The most particular rule in force: own province before all, own track before any, urgent first."""
        fitting = [r for r in self.rules if _fits(r, case, day)]
        return max(fitting, key=_particularity, default=None)

    def due_at(self, case: Case) -> datetime | None:
        """When the case must have left its state; None where no limit runs."""
        # All that the answer hangs on: the cases of one batch differ in little of it.
        key = (case.state, case.track, case.urgent, case.state_since)
        if key not in self._known:
            self._known[key] = self._computed(case)
        return self._known[key]

    def _computed(self, case: Case) -> datetime | None:
        rule = self.rule_for(case, case.state_since.astimezone(HANOI).date())
        if rule is None:
            return None
        return deadline(case.state_since, rule.amount, rule.unit, self.calendar, rolls=rule.rolls_to_working_day)


def _fits(rule: ClockRule, case: Case, day: date) -> bool:
    in_force = rule.effective_from <= day and (rule.effective_to is None or day <= rule.effective_to)
    return in_force and rule.state == case.state and rule.track in ("", case.track) and (case.urgent or not rule.urgent)


def _particularity(rule: ClockRule) -> tuple[bool, bool, bool, date]:
    return (rule.province_id is not None, rule.urgent, rule.track != "", rule.effective_from)


def timetable(province_code: str) -> Timetable:
    own_or_default = Q(province=province_code) | Q(province=None)
    overrides: Iterable[CalendarOverride] = CalendarOverride.objects.filter(own_or_default)
    # The province's own override wins over the country's.
    days = {o.day: o.is_working_day for o in sorted(overrides, key=lambda o: o.province_id is not None)}
    return Timetable(tuple(ClockRule.objects.filter(own_or_default)), Calendar(days))
