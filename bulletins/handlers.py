"""Effects of bulletin events."""

from collections.abc import Sequence
from datetime import timedelta

from bulletins.services.drafting import prepare_draft
from events.models import Event
from events.registry import handles


@handles("bulletin.draft_requested", name="bulletins.draft", lane="slow", lease=timedelta(minutes=5))
def prepare(events: Sequence[Event]) -> None:
    for event in events:
        prepare_draft(event.data["draft"])
