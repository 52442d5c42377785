"""Scheduled work of bulletins."""

from datetime import timedelta

from bulletins.services.publishing import take_down_due
from bulletins.services.summarising import keep_up
from events.registry import scheduled


@scheduled("bulletins.add_up_days", every=timedelta(minutes=5))
def add_up_days() -> None:
    """The daily sums of figures; what changed since is added up anew."""
    keep_up()


@scheduled("bulletins.take_down", every=timedelta(hours=1))
def take_down() -> None:
    """Listings of violators whose time is over."""
    take_down_due()
