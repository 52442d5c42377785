"""Scheduled work of the outbox."""

from datetime import timedelta

from django.conf import settings

from events import clock
from events.registry import scheduled
from events.services.sending import forget_old_messages


@scheduled("events.forget_messages", every=timedelta(hours=6))
def forget_messages() -> None:
    """Records of messages outside, once they are older than OUTGOING_MESSAGES_KEPT_DAYS."""
    before = clock.now() - timedelta(days=settings.OUTGOING_MESSAGES_KEPT_DAYS)
    while forget_old_messages(before):
        pass
