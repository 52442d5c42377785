"""What a search asks before the engine is asked does not grow with all that was ever delivered."""

import pytest
from django.db import connection

from search.context import _unwritten

pytestmark = pytest.mark.django_db


def test_what_the_index_lacks_is_found_without_reading_all_deliveries():
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Of few rows it would read all, whatever indexes there are.
            cursor.execute("SET LOCAL enable_seqscan = off")
    first, *others = _unwritten()
    plan = first.union(*others, all=True).explain()
    assert "delivery_due" in plan
    assert "delivery_parked" in plan
    assert "One-Time Filter" in plan if connection.vendor == "postgresql" else "SCAN events_delivery" not in plan
