"""Wakes the relay's threads after a commit: in this process by a condition, in others by PostgreSQL's NOTIFY.

Only immediacy hangs on it: a wake-up that is missed costs one polling interval. So it is where a connection pooler
lets no LISTEN through.
"""

import threading
from typing import Any

import structlog
from django.db import DatabaseError, connection

log = structlog.get_logger(__name__)

CHANNEL = "casemgr_deliveries"
LOOK_SECONDS, RETRY_SECONDS = 0.5, 2.0

_condition = threading.Condition()
_generation = 0


def signal() -> None:
    global _generation
    with _condition:
        _generation += 1
        _condition.notify_all()


def generation() -> int:
    return _generation


def wait(since: int, seconds: float) -> None:
    """Return once something was signalled after ``since``, or ``seconds`` have passed."""
    with _condition:
        _condition.wait_for(lambda: _generation != since, timeout=seconds)


def announce() -> None:
    """To be called after the commit. NOTIFY inside the transaction would hold a lock of the whole server while the
    commit is written to disk, and every other commit that announces something would wait for it."""
    signal()
    if connection.vendor != "postgresql":
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")
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
                    for _ in ours.notifies(timeout=LOOK_SECONDS, stop_after=1):
                        signal()
        except Exception as error:
            log.warning("not listening", exc_info=error)
            stopped.wait(RETRY_SECONDS)


def _listener() -> Any:
    import psycopg

    settings = connection.get_connection_params()
    settings.pop("pool", None)
    return psycopg.connect(**settings, autocommit=True)
