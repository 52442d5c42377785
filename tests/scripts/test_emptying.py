"""Emptying after a test waits for nobody that the test left behind."""

import psycopg
import pytest
from django.db import connection

from tests import emptying, factories


@pytest.mark.django_db(transaction=True)
def test_a_left_session_is_ended(monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no sessions that hold rows")
    monkeypatch.setattr(emptying, "LOCKS_SECONDS", 1)
    factories.case()
    p = connection.get_connection_params()
    p.pop("cursor_factory", None)
    p.pop("context", None)
    other = psycopg.connect(host=p["host"], port=p["port"], user=p["user"], dbname=p["dbname"])
    other.execute("SELECT * FROM workflows_case FOR UPDATE")
    emptying.empty(connection)
    assert emptying._filled(connection) == []
    with pytest.raises(psycopg.OperationalError):
        other.execute("SELECT 1")
