"""Effects of changed rules and calendars."""

from collections.abc import Sequence
from datetime import timedelta

from events.models import Event
from events.registry import handles
from workflows.services.recounting import recompute_clocks

COUNTED = ("clockrule", "calendaroverride", "agencyhours", "escalationstep")


@handles(
    "rules.*", "calendar.*", name="workflows.recount", lane="slow", lease=timedelta(minutes=10)
)  # fmt: skip
def recount_clocks(events: Sequence[Event]) -> None:
    """Open clocks follow the rule or the day that changed. Come again, it goes on where it was, or does nothing."""
    for event in events:
        if event.data.get("model") in COUNTED:
            scope = event.stream.partition(":")[2]
            for _progress in recompute_clocks(None if scope == "all" else scope, event_id=event.pk):
                pass
