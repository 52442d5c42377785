"""Scheduled work of the inbox."""

from datetime import timedelta

from events import clock
from events.registry import scheduled
from notifications.push import wake
from notifications.selectors import surfaced


@scheduled("notifications.surfaced", every=timedelta(minutes=1))
def wake_for_surfaced() -> None:
    """Open pages count what surfaced. Only immediacy hangs on it: the count reads the rows."""
    now = clock.now()
    rows = surfaced(now - timedelta(minutes=2), now)
    wake((row.recipient_id, row.kind, row.case.number, False) for row in rows)
