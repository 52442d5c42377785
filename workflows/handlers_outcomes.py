"""Effects of an outcome on other cases."""

from collections.abc import Sequence

from events.models import Event
from events.registry import handles
from workflows.services.duplicates import tell_duplicates


@handles("case.resolved", "case.settled", "case.refused", name="workflows.tell_duplicates", lane="notify", batch=100)
def tell_followers(events: Sequence[Event]) -> None:
    """The citizens whose reports were joined to a case that was answered read on their own pages that it was."""
    for event in events:
        tell_duplicates(event)
