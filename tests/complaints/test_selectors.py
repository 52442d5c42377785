"""Finding a complaint by its code: one answer, and one cost, for what is unknown and what is no code."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints import codes
from complaints.selectors import find_by_code
from complaints.services.recording import record_complaints
from events import clock
from tests.factories import lodgement, province

pytestmark = pytest.mark.django_db


def lodged() -> tuple[int, str]:
    province()
    said = lodgement()
    (stored,) = record_complaints([said], ["consumer"], clock.now())
    return stored.pk, codes.tracking_code(said.idempotency_key)


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code,
        codes.grouped,
        lambda code: f"  {code.lower()}\n",
        lambda code: codes.grouped(code).replace("-", " "),
        lambda code: code.replace("1", "I").replace("0", "O"),
    ],
)
def test_a_code_is_found_however_it_is_typed(typed) -> None:
    pk, code = lodged()
    assert find_by_code(typed(code)) == pk


@pytest.mark.parametrize("text", ["", "x", "0" * 26, "0" * 27, "'; DROP TABLE", "Z" * 10_000, "\x00", "ạ" * 26])
def test_unknown_and_malformed_codes_take_the_same_path(text: str) -> None:
    lodged()
    with CaptureQueriesContext(connection) as queries:
        assert find_by_code(text) is None
    assert len(queries) == 1


def test_the_code_is_in_no_query() -> None:
    _, code = lodged()
    with CaptureQueriesContext(connection) as queries:
        find_by_code(code)
    assert code not in str(queries.captured_queries)
