"""When people who are not at work are left in peace. Pure but for the setting."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from workflows.deadlines import HANOI


def quiet_until(now: datetime) -> datetime | None:
    """The morning a message waits for, or None when it may go now. ``QUIET_HOURS`` is `22-7`, in Hanoi; empty: never."""
    hours = _hours(settings.QUIET_HOURS)
    if hours is None:
        return None
    begin, end = hours
    here = now.astimezone(HANOI)
    over_midnight = begin > end
    is_quiet = here.hour >= begin or here.hour < end if over_midnight else begin <= here.hour < end
    if not is_quiet:
        return None
    morning = datetime.combine(here.date(), time(end), HANOI)
    return morning if morning > here else morning + timedelta(days=1)


def _hours(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    found = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text)
    begin, end = (int(found[1]), int(found[2])) if found else (24, 24)
    if begin > 23 or end > 23 or begin == end:
        raise ImproperlyConfigured("QUIET_HOURS is two hours of the day, such as 22-7, or empty.")
    return begin, end
