"""Clocks for cases that were lodged before clocks were kept as rows, as their state and its beginning tell."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef

from agencies.actors import System
from workflows.models import Case, Clock
from workflows.services.clocks import follower_of, record_all
from workflows.states import ENDED

BY = System("recount")


def adopt_cases(province: str | None) -> int:
    """Start what is missing; how many cases. Again does nothing: each case is looked at under its lock."""
    running = Clock.objects.open().filter(case=OuterRef("pk"))
    cases = Case.objects.exclude(state__in=ENDED).filter(~Exists(running), due_at__isnull=False)
    if province:
        cases = cases.filter(province=province)
    return sum(_adopt(case_id) for case_id in list(cases.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _adopt(case_id: int) -> bool:
    case = Case.objects.locked(case_id)
    follower = follower_of(case, BY)
    if follower.clocks:
        return False
    follower.follow()
    record_all(follower.happenings)
    return bool(follower.happenings)
