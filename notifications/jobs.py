"""Scheduled work of the inbox."""

from datetime import timedelta

from events import clock
from events.registry import scheduled
from notifications.selectors import surfaced
from notifications.services.marking import tell_surfaced
from notifications.summaries import day_due, forget_old, people_due, sum_up


@scheduled("notifications.surfaced", every=timedelta(minutes=1))
def wake_for_surfaced() -> None:
    """Open pages count what surfaced. Only immediacy hangs on it: the count reads the rows."""
    now = clock.now()
    tell_surfaced(surfaced(now - timedelta(minutes=2), now))


@scheduled("notifications.summaries", every=timedelta(minutes=5))
def send_summaries() -> None:
    """The morning's summaries that are due. Each person's is decided by its own constraint."""
    day = day_due(clock.now())
    if day is None:
        return
    while people := people_due(day):
        for person in people:
            sum_up(person, day)
    forget_old(day)
