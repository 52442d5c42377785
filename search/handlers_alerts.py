"""Effects of events on saved searches. In a lane of their own: neither the index nor the inbox waits for them."""

from collections.abc import Sequence
from datetime import timedelta

from events.models import Event
from events.registry import handles

from .alerts import ALERTS, look_for_matches
from .documents import LETTER, REGISTER


@handles("case.*", LETTER, *REGISTER, name=ALERTS, lane="alerts", batch=200, lease=timedelta(minutes=5))
def alert(events: Sequence[Event]) -> None:
    look_for_matches(events)
