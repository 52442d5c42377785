"""Scheduled work of periodic reports."""

from datetime import timedelta

from bulletins.services.report_reminding import remind_units
from events.registry import scheduled


@scheduled("bulletins.remind_units", every=timedelta(minutes=15))
def remind_of_reports() -> None:
    """Remind units of the periodic reports they owe; each of its days once."""
    remind_units()
