"""Effects of events on the index: cases are read again, so late and repeated deliveries are harmless."""

from collections.abc import Iterable, Sequence

from events.models import Event
from events.registry import handles

from .documents import LETTER, prepare
from .engine import engine

INDEX = "search.index"


@handles("case.*", LETTER, name=INDEX, lane="index", batch=200)
def index_cases(events: Sequence[Event]) -> None:
    """Write what each audience of these events' cases may read. Raises SearchUnavailable: the relay tries again."""
    engine().write(*prepare(cases_of(event.stream for event in events)))


def cases_of(streams: Iterable[str]) -> set[int]:
    """The case ids in the names of event streams."""
    return {int(stream.removeprefix("case:")) for stream in streams if stream.startswith("case:")}
