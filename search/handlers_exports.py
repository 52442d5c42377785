"""Effects of events on exports: the file is written."""

from collections.abc import Sequence
from datetime import timedelta

from events.models import Event
from events.registry import handles

from .exporting import build_export


@handles("search.export_asked", name="search.exports", lane="slow", lease=timedelta(minutes=15))
def write_export(events: Sequence[Event]) -> None:
    for event in events:
        build_export(event.data["export"])
