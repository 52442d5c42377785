"""What the relay reads and writes at once, on the engine of the profile under test."""

import pytest

from search import handlers
from search.services import compare
from tests import factories

pytestmark = pytest.mark.django_db


def test_no_more_is_read_and_written_at_once_however_many_cases_events_concern(index, deliver, monkeypatch):
    monkeypatch.setattr(handlers, "BATCH", 2)
    monkeypatch.setattr(handlers, "TOGETHER", 3)
    read, written = [], []
    prepare, write = handlers.prepare, type(index).write

    def reading(case_ids, *resorted):
        read.append(len(case_ids))
        return prepare(case_ids, *resorted)

    def writing(backend, documents, *withdrawn, **options):
        written.append(len({document["case"] for document in documents}))
        return write(backend, documents, *withdrawn, **options)

    monkeypatch.setattr(handlers, "prepare", reading)
    monkeypatch.setattr(type(index), "write", writing)
    for _ in range(5):
        factories.case()
    deliver()
    assert (sum(written), max(written), max(read)) == (5, 3, 2)
    assert compare().is_none
