"""Effects of case events: the inbox, then the wake-up of open pages."""

from collections.abc import Sequence

from events.models import Event
from events.registry import handles
from notifications.audience import CONCERNS
from notifications.push import wake
from notifications.services.inbox import tell


@handles(*CONCERNS, name="notifications.inbox", lane="notify", batch=100)
def notify(events: Sequence[Event]) -> None:
    told = tell(events)
    wake((row.recipient_id, row.kind, row.case.number, row.urgent) for row in told)
