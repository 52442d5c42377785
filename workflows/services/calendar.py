"""A coming year whose official days off nobody has confirmed: said once, sixty days before it begins."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from agencies.actors import System
from agencies.models import Province
from events import clock as time
from events.services.recording import record_event
from workflows.clocks import local_day
from workflows.models import CalendarYear

AHEAD = timedelta(days=60)


def year_in_question(today: date) -> int:
    """The year that limits counted from now on will soon reach: the next, from sixty days before it begins."""
    return (today + AHEAD).year


def unconfirmed(provinces: list[Province], today: date) -> list[tuple[Province, int]]:
    """(province, year) for each year in question that is not confirmed there."""
    years = sorted({today.year, year_in_question(today)})
    rows = CalendarYear.objects.filter(province__in=provinces, year__in=years).exclude(confirmed_at=None)
    confirmed = set(rows.values_list("province_id", "year"))
    return [(province, year) for province in provinces for year in years if (province.pk, year) not in confirmed]


def warn_of_unconfirmed_years() -> int:
    """One event per province and year; how many. unique(province, year) and the lock keep it single."""
    served = list(Province.objects.filter(agencies__is_lead=True, agencies__is_active=True).distinct())
    return sum(_warn(province, year) for province, year in unconfirmed(served, local_day(time.now())))


@transaction.atomic
def _warn(province: Province, year: int) -> bool:
    row, _made = CalendarYear.objects.select_for_update().get_or_create(province=province, year=year)
    if row.warned_at or row.confirmed_at:
        return False
    row.warned_at = time.now()
    row.save(update_fields=["warned_at"])
    record_event(f"calendar:{province.pk}", "calendar.unconfirmed", by=System("calendar"), year=year)
    return True
