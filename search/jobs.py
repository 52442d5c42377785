"""Scheduled work on saved searches and exports."""

from datetime import timedelta

from events import clock
from events.registry import scheduled

from .digests import owners_due, sum_up
from .exporting import delete_expired, give_up, sweep_files
from .services import finish_exchanges


@scheduled("search.digests", every=timedelta(minutes=5))
def send_digests() -> None:
    """Tell what came since the last digest. Each owner's is decided under its own lock."""
    for owner in owners_due(clock.now()):
        sum_up(owner)


@scheduled("search.finish_exchanges", every=timedelta(minutes=1))
def finish_rebuilds() -> None:
    """What a rebuild that died after the exchange still owed to the new index."""
    finish_exchanges()


@scheduled("search.delete_exports", every=timedelta(minutes=10))
def delete_exports() -> None:
    """Files whose day is over, and what was left half-done."""
    delete_expired()
    give_up()
    sweep_files()
