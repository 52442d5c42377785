"""Scheduled work on registers."""

from datetime import timedelta

from events.registry import scheduled
from workflows.services.import_runs import delete_expired, sweep_files


@scheduled("workflows.delete_imports", every=timedelta(minutes=10))
def delete_imports() -> None:
    """Files whose day is over, and what was left half-done."""
    delete_expired()
    sweep_files()
