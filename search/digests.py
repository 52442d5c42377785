"""Summing up, once a day or once a week, what came to fit a person's saved searches."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Count, Q

from agencies.actors import Member, System
from events import clock
from events.services.recording import record_event
from workflows.deadlines import HANOI
from workflows.models import Case

from .models import Alert, SavedSearch, SearchMatch
from .owners import Owner, acting_owners

AT = time(7)
MOST_OWNERS = 500


def begins(alert: str, now: datetime) -> datetime:
    """When the latest period began: at 7 in Hanoi, of the day or of the week's Monday."""
    here = now.astimezone(HANOI)
    begun = datetime.combine(here.date(), AT, HANOI)
    if begun > here:
        begun -= timedelta(days=1)
    return begun - timedelta(days=begun.weekday()) if alert == Alert.WEEKLY else begun


def owners_due(now: datetime) -> list[Owner]:
    """At most 500 owners of whom a period is over."""
    rows = SavedSearch.objects.filter(_due(now)).order_by("owner", "agency")
    return list(rows.values_list("owner_id", "agency_id").distinct()[:MOST_OWNERS])


@transaction.atomic
def sum_up(owner: Owner) -> bool:
    """Close the periods that are over; whether there was anything to tell. The row lock and ``digested_at`` make it
    once: a second scheduler finds nothing due."""
    person, agency = owner
    now = clock.now()
    rows = SavedSearch.objects.select_for_update(of=("self",)).filter(_due(now), owner=person, agency=agency)
    searches = list(rows.order_by("pk"))
    ids = [saved.pk for saved in searches]
    member = acting_owners(searches).get(owner)
    counts = _counts(ids, member) if member else {}
    SearchMatch.objects.filter(saved_search__in=ids, told_at=None).update(told_at=now)
    SavedSearch.objects.filter(pk__in=ids).update(digested_at=now)
    if member and counts:
        about = {"people": [person], "agency": member.agency.code, "counts": counts}
        record_event(f"searches:{person}", "search.digested", by=System("search.digests"), **about)
    return bool(counts)


def _due(now: datetime) -> Q:
    due = [Q(alert=alert, digested_at__lt=begins(alert, now)) for alert in (Alert.DAILY, Alert.WEEKLY)]
    return due[0] | due[1]


def _counts(ids: list[int], member: Member) -> dict[str, int]:
    untold = SearchMatch.objects.filter(saved_search__in=ids, told_at=None, case__in=Case.objects.visible_to(member))
    rows = untold.values("saved_search").annotate(n=Count("id")).order_by("saved_search")
    return {str(row["saved_search"]): row["n"] for row in rows}
