"""Going on with moves of many cases where the request that asked for them stopped."""

from collections.abc import Sequence

from events.models import Event
from events.registry import handles
from workflows.services.bulk import carry_on


class StillWaiting(RuntimeError):
    """Another process holds the last cases: the relay looks again later."""


@handles("bulk.asked", name="workflows.bulk", lane="slow", batch=1)
def finish_bulk(events: Sequence[Event]) -> None:
    for event in events:
        if not carry_on(event.data["bulk"]):
            raise StillWaiting
