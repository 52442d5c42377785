"""Effects of events on registers: read, checked, lodged a slice at a time, so that nobody waits long behind them."""

from collections.abc import Sequence
from datetime import timedelta

from events.models import Event
from events.registry import handles
from workflows.services.import_running import check, go_on, read_file

_WORK = {
    "import.asked": read_file,
    "import.sheet_chosen": read_file,
    "import.check_asked": check,
    "import.confirmed": go_on,
    "import.continued": go_on,
}


@handles(*_WORK, name="workflows.imports", lane="slow", lease=timedelta(minutes=15))
def work_on_imports(events: Sequence[Event]) -> None:
    for event in events:
        _WORK[event.kind](event.data["run"])
