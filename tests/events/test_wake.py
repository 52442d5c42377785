"""Relays in other processes are woken by PostgreSQL; each side is held here against a connection of its own."""

import threading
import time

import pytest
from django.db import connection, transaction

from agencies.actors import System
from events import wake
from events.registry import handlers_for
from events.services.recording import record_event

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="embedded is one process"),
]


@pytest.fixture
def other():
    """A connection of another process."""
    with wake._listener() as made:
        yield made


def test_a_commit_is_announced_and_a_rollback_is_not(other):
    other.execute(f"LISTEN {wake.CHANNEL}")
    with transaction.atomic():
        record_event("case:1", "case.lodged", by=System("test"), case=1, to="sct")
        assert list(other.notifies(timeout=0.2)) == []
        transaction.set_rollback(True)
    assert list(other.notifies(timeout=0.2)) == []
    with transaction.atomic():
        record_event("case:1", "case.lodged", by=System("test"), case=1, to="sct")
    said = list(other.notifies(timeout=2, stop_after=1))
    assert [note.payload.split(",") for note in said] == [sorted(h.name for h in handlers_for("case.lodged"))]


def test_what_another_process_announces_wakes_the_relay(other):
    stopped = threading.Event()
    thread = threading.Thread(target=wake.listen, args=[stopped], daemon=True)
    thread.start()
    try:
        time.sleep(0.5)
        seen = wake.generation()
        began = time.monotonic()
        other.execute(f"NOTIFY {wake.CHANNEL}, 'search.alerts,search.index'")
        wake.wait(seen, 3, ["search.index"])
        assert wake.signalled(seen, ["search.index", "mail"]) == {"search.index"}
        assert time.monotonic() - began < 0.4
    finally:
        stopped.set()
        thread.join(5)
        assert not thread.is_alive()


def test_a_lost_connection_is_made_again(other, monkeypatch):
    monkeypatch.setattr(wake, "RETRY_SECONDS", 0.1)
    stopped = threading.Event()
    thread = threading.Thread(target=wake.listen, args=[stopped], daemon=True)
    thread.start()
    try:
        time.sleep(0.5)
        mine = other.execute("SELECT pg_backend_pid()").fetchone()[0]
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%%' AND pid <> %s", [mine]
        )
        time.sleep(1)
        seen = wake.generation()
        other.execute(f"NOTIFY {wake.CHANNEL}")
        wake.wait(seen, 3, ["search.index"])
        assert wake.generation() > seen
    finally:
        stopped.set()
        thread.join(5)
