"""Wakes the relay's threads after a commit: in this process by a condition, in others by PostgreSQL's NOTIFY.

Only immediacy hangs on it: a wake-up that is missed costs one polling interval. So it is where a connection pooler
lets no LISTEN through. What is said is for whom there is work, so that a commit costs nothing in the lanes it does not concern.
"""

import threading
from collections.abc import Collection, Iterable
from typing import Any

import structlog
from django.db import DatabaseError, connection

log = structlog.get_logger(__name__)

CHANNEL = "casemgr_deliveries"
LOOK_SECONDS, RETRY_SECONDS = 0.5, 2.0

EVERYBODY = ""
LONGEST_PAYLOAD = 7_000  # bytes; PostgreSQL takes no more than 8,000

_condition = threading.Condition()
_generation = 0
_signalled: dict[str, int] = {}  # handler → the generation it was last signalled in


def signal(handlers: Iterable[str] = (EVERYBODY,)) -> None:
    """There is work for these handlers, or for anybody."""
    global _generation
    with _condition:
        _generation += 1
        _signalled.update(dict.fromkeys(handlers, _generation))
        _condition.notify_all()


def generation() -> int:
    with _condition:  # never the number of a signal whose handlers are not noted yet
        return _generation


def signalled(since: int, handlers: Collection[str]) -> set[str]:
    """Those of the handlers there was a signal for after generation ``since``."""
    with _condition:
        everybody = _signalled.get(EVERYBODY, 0) > since
        return {name for name in handlers if everybody or _signalled.get(name, 0) > since}


def wait(since: int, seconds: float, handlers: Collection[str]) -> None:
    """Return once one of them was signalled after ``since``, or ``seconds`` have passed."""
    with _condition:
        _condition.wait_for(lambda: signalled(since, handlers), timeout=seconds)


def announce(handlers: Iterable[str]) -> None:
    """To be called after the commit. NOTIFY inside the transaction would hold a lock of the whole server while the
    commit is written to disk, and every other commit that announces something would wait for it."""
    names = sorted(set(handlers))
    signal(names)
    if connection.vendor != "postgresql":
        return
    said = ",".join(names)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, said if len(said) < LONGEST_PAYLOAD else EVERYBODY])
    except DatabaseError as error:
        log.warning("relays not woken", exc_info=error)


def listen(stopped: threading.Event) -> None:
    """Signal what other processes announce, until stopped. Needs a connection of its own; does nothing elsewhere than
    on PostgreSQL."""
    while connection.vendor == "postgresql" and not stopped.is_set():
        try:
            with _listener() as ours:
                ours.execute(f"LISTEN {CHANNEL}")
                signal()  # for what came before
                while not stopped.is_set():
                    for note in ours.notifies(timeout=LOOK_SECONDS, stop_after=1):
                        signal(note.payload.split(","))
        except Exception as error:
            log.warning("not listening", exc_info=error)
            stopped.wait(RETRY_SECONDS)


def _listener() -> Any:
    import psycopg

    settings = connection.get_connection_params()
    settings.pop("pool", None)
    return psycopg.connect(**settings, autocommit=True)
