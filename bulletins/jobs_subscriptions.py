"""Scheduled work of subscriptions."""

from datetime import timedelta

from bulletins.services.subscribing import prune
from events.registry import scheduled


@scheduled("bulletins.prune_subscriptions", every=timedelta(hours=1))
def prune_subscriptions() -> None:
    """Delete addresses that were not confirmed in time, or set aside long ago."""
    prune()
