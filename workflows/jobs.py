"""Scheduled work of the workflow."""

from datetime import timedelta

from events.registry import scheduled
from workflows.services import calendar, running


@scheduled("workflows.run_clocks", every=timedelta(minutes=1))
def run_clocks() -> None:
    """Warn, miss, escalate, and what follows from it (closing what nobody objected to in time is one)."""
    running.run_clocks()


@scheduled("workflows.warn_of_unconfirmed_years", every=timedelta(hours=6))
def warn_of_unconfirmed_years() -> None:
    calendar.warn_of_unconfirmed_years()
