"""Effects of papers and letters."""

from collections.abc import Sequence
from datetime import timedelta

from events.models import Event
from events.registry import handles
from workflows.services.papers import lay_out


@handles("paper.issued", name="workflows.paper", lane="slow", lease=timedelta(minutes=5))
def lay_papers_out(events: Sequence[Event]) -> None:
    for event in events:
        lay_out(event.data["paper"])
