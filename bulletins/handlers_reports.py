"""Effects of what happens to periodic reports."""

from collections.abc import Sequence
from datetime import timedelta

from bulletins.services.report_issuing import lay_out
from events.models import Event
from events.registry import handles


@handles("report.issued", name="bulletins.report", lane="slow", lease=timedelta(minutes=5))
def lay_reports_out(events: Sequence[Event]) -> None:
    for event in events:
        lay_out(event.data["report"])
