"""What a changed rule, calendar or closing time would do to the open clocks: counts only, nothing is written."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import clock as time
from workflows.clocks import Timetable, local_day, override_days, reckon, timetable
from workflows.errors import InvalidInput
from workflows.models import AgencyHours, CalendarOverride, Case, Clock, ClockExtension, ClockRule, ExtensionRule
from workflows.obligations import label_of
from workflows.states import State

CHUNK = 2000


@dataclass
class Forecast:
    """``by_obligation``: how many clocks would move, by what they run for. Shifts are the extremes; ``past`` counts
    clocks that would be over at once and are not yet."""

    looked_at: int = 0
    by_obligation: Counter[str] = field(default_factory=Counter)
    past: int = 0
    back: timedelta = timedelta(0)
    forth: timedelta = timedelta(0)
    first: datetime | None = None

    @property
    def moved(self) -> int:
        return self.by_obligation.total()

    @property
    def longest_forth(self) -> str:
        return _span(self.forth)

    @property
    def longest_back(self) -> str:
        return _span(self.back)

    @property
    def rows(self) -> list[tuple[str, int]]:
        return [(label_of(obligation), count) for obligation, count in self.by_obligation.most_common()]

    def add(self, row: Clock, due: datetime, now: datetime) -> None:
        self.looked_at += 1
        if due == row.due_at:
            return
        self.by_obligation[row.obligation] += 1
        shift = due - row.due_at
        self.back, self.forth = min(self.back, shift), max(self.forth, shift)
        self.first = min(filter(None, (self.first, due)))
        if due < now <= row.due_at and row.paused_at is None:
            self.past += 1


def _span(shift: timedelta) -> str:
    """In whole days, below one in hours; empty for none."""
    hours = math.ceil(abs(shift).total_seconds() / 3600)
    if hours < 24:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours} if hours else ""
    return ngettext("%(count)s day", "%(count)s days", hours // 24) % {"count": hours // 24}


def open_clocks(province: str | None) -> QuerySet[Clock]:
    """With all that counting them anew asks for. The day of a mediation is the sides' own: no table moves it."""
    rows = Clock.objects.open().exclude(obligation=State.MEDIATING).select_related("rule", "case")
    granted = ClockExtension.objects.select_related("rule").order_by("step")
    rows = rows.prefetch_related(Prefetch("extensions", queryset=granted, to_attr="granted"))
    return rows.filter(case__province=province) if province else rows


def recount(row: Clock, table: Timetable) -> None:
    """Set rule and end as the table has them now; a clock whose rule is gone keeps it."""
    case = row.case
    rule = table.rule_for(_as_of(case, row), local_day(row.started_at), row.obligation)
    if rule is not None:
        row.rule = rule
    reckon(row, table, case.owner_id, steps_granted(row))


def steps_granted(row: Clock) -> list[ExtensionRule]:
    return [granted.rule for granted in row.granted] if row.extended else []  # type: ignore[attr-defined]


def _as_of(case: Case, row: Clock) -> Case:
    """The clock's own track decides: it follows the case's at the next move."""
    case.track = row.track
    return case


def forecast(province: str, table: Timetable) -> Forecast:
    """What would move if ``table`` held."""
    found, now = Forecast(), time.now()
    for row in _in_chunks(open_clocks(province)):
        due = row.due_at
        recount(row, table)
        row.due_at, moved_to = due, row.due_at
        found.add(row, moved_to, now)
    return found


def _in_chunks(rows: QuerySet[Clock]) -> Iterator[Clock]:
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield from chunk
        last = chunk[-1].pk


def table_with(changed: Any, province: str, *, removed: bool = False) -> Timetable:
    """The province's timetable as if ``changed`` (a rule, a day, an agency's hours) were saved, or removed."""
    table = timetable(province)
    if isinstance(changed, ClockRule):
        others = [rule for rule in table.rules if rule.pk != changed.pk]
        return replace(table, rules=(*others, *([] if removed else [changed])), _known={})
    if isinstance(changed, CalendarOverride):
        stored = CalendarOverride.objects.filter(province__in=[province]) | CalendarOverride.objects.filter(
            province=None
        )
        days: list[CalendarOverride] = [row for row in stored if row.pk != changed.pk]
        kept = override_days([*days, *([] if removed else [changed])])
        return replace(table, calendar=replace(table.calendar, overrides=kept), _known={})
    if isinstance(changed, AgencyHours):
        return replace(table, hours=table.hours | {changed.agency_id: changed.closes_at}, _known={})
    return table


def provinces_of(changed: Any) -> list[str]:
    """Where a change is felt."""
    if isinstance(changed, AgencyHours):
        return list(changed.agency.provinces.values_list("pk", flat=True))
    return [changed.province_id] if changed.province_id else []


def foresee(changed: Any, *, removed: bool = False) -> Forecast:
    """Raises InvalidInput where open clocks would be over at once."""
    total = Forecast()
    for province in provinces_of(changed):
        _join(total, forecast(province, table_with(changed, province, removed=removed)))
    if total.past:
        raise InvalidInput(
            _field_of(changed),
            _("%(count)d running time limits would be over at once. Let the change begin later, or make it longer.")
            % {"count": total.past},
        )
    return total


def _join(total: Forecast, one: Forecast) -> None:
    total.looked_at += one.looked_at
    total.by_obligation += one.by_obligation
    total.past += one.past
    total.back, total.forth = min(total.back, one.back), max(total.forth, one.forth)
    total.first = min(filter(None, (total.first, one.first)), default=None)


def _field_of(changed: Any) -> str:
    return {ClockRule: "amount", CalendarOverride: "is_working_day", AgencyHours: "closes_at"}[type(changed)]


@dataclass
class LimitRehearsal:
    """Last month's cases under a rule: how many it would have set a clock for, kept now and then, late now and then."""

    rule: ClockRule
    fits: int = 0
    late_now: int = 0
    late_then: int = 0


def rehearse_limits(
    province: str, rules: Sequence[ClockRule], back: timedelta, at_most: int
) -> tuple[int, list[LimitRehearsal]]:
    """(clocks looked at, one rehearsal per rule) of clocks begun in the last ``back``, the newest ``at_most``."""
    since = time.now() - back
    newest = Clock.objects.filter(case__province=province, started_at__gte=since).order_by("-started_at")
    rows = list(newest.select_related("case")[:at_most])
    table = timetable(province)
    found = [LimitRehearsal(rule) for rule in rules]
    for row in rows:
        for rehearsal in found:
            _try(rehearsal, row, table)
    return len(rows), found


def _try(rehearsal: LimitRehearsal, row: Clock, table: Timetable) -> None:
    rule = rehearsal.rule
    fits = rule.obligation == row.obligation and rule.track in ("", row.track) and (row.case.urgent or not rule.urgent)
    if not fits:
        return
    ended = row.ended_at or time.now()
    rehearsal.fits += 1
    rehearsal.late_now += ended > row.due_at
    rehearsal.late_then += ended > table.due_of(row, rule, row.case.owner_id)
