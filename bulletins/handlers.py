"""Effects of bulletin events, and of cases on the daily sums."""

from collections.abc import Sequence
from datetime import timedelta

from bulletins.services.freezing import draw_charts, lay_out
from bulletins.services.prints import make_prints
from bulletins.services.signing import sign_asked
from bulletins.services.summarising import mark_days_of
from events.models import Event
from events.registry import handles


@handles("case.*", name="bulletins.days", lane="notify", batch=200)
def owe_sums(events: Sequence[Event]) -> None:
    mark_days_of({event.data["case"] for event in events if "case" in event.data})


@handles("bulletin.figures_computed", name="bulletins.charts", lane="slow", lease=timedelta(minutes=5))
def draw(events: Sequence[Event]) -> None:
    for event in events:
        draw_charts(event.data["version"])


@handles("bulletin.numbered", name="bulletins.freeze", lane="slow", lease=timedelta(minutes=5))
def freeze(events: Sequence[Event]) -> None:
    for event in events:
        lay_out(event.data["version"])


@handles("bulletin.signature_asked", name="bulletins.sign", lane="slow", lease=timedelta(minutes=5))
def sign(events: Sequence[Event]) -> None:
    for event in events:
        sign_asked(event.data["version"], event.data["sha256"])


@handles("bulletin.published", name="bulletins.prints", lane="slow", lease=timedelta(minutes=5))
def lay_out_prints(events: Sequence[Event]) -> None:
    for event in events:
        make_prints(event.data["version"])
