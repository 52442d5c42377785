"""Reminding units of the reports they owe: on each of the kind's days once, as `ReportReminder` holds."""

from __future__ import annotations

from functools import cache

from django.db import transaction

from agencies.actors import System
from bulletins.models_reports import Questionnaire, Report, ReportReminder
from bulletins.report_periods import remind_at
from bulletins.services.report_access import responsible
from bulletins.services.report_opening import told
from events import clock
from events.services.recording import record_event
from workflows.clocks import timetable
from workflows.deadlines import Calendar

BY = System("reports")


def remind_units() -> int:
    """How many units were reminded. A relay that was away sends the newest reminder that is due and not those before it."""
    calendar = cache(lambda province: timetable(province).calendar)
    owed = (
        Questionnaire.objects.filter(report__state=Report.State.OPEN, agency__isnull=False)
        .exclude(state=Questionnaire.State.SUBMITTED)
        .select_related("report__kind")
        .order_by("pk")
    )
    reminded = set(
        ReportReminder.objects.filter(questionnaire__in=owed.values("pk")).values_list("questionnaire", "day")
    )
    sent = 0
    for row in owed:
        day = _newest_due(row, calendar(row.report.province_id))
        if day is not None and (row.pk, day) not in reminded:
            sent += _remind(row.pk, day)
    return sent


def _newest_due(row: Questionnaire, calendar: Calendar) -> int | None:
    """Of the kind's days the last that has come; none from before the unit was asked."""
    now, asked = clock.now(), row.report.opened_at
    come = [day for day in row.report.kind.reminder_days if asked < remind_at(row.due_at, day, calendar) <= now]
    return come[-1] if come else None


@transaction.atomic
def _remind(questionnaire_id: int, day: int) -> bool:
    """The row's lock and unique(questionnaire, day) make two relays one reminder, and a unit that sends meanwhile none."""
    row = (
        Questionnaire.objects.select_for_update(of=("self",))
        .select_related("report", "agency")
        .get(pk=questionnaire_id)
    )
    if row.is_submitted or not row.report.is_open or row.agency is None:
        return False
    _reminder, made = ReportReminder.objects.get_or_create(
        questionnaire=row, day=day, defaults={"sent_at": clock.now()}
    )
    if made:
        people = responsible({row.agency.pk})[row.agency.pk]
        data = told(row, people) | {"day": day}
        record_event(row.report.stream, "report.reminded", by=BY, **data)
    return made
