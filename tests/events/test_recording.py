import threading

import pytest
from django.db import IntegrityError, connection, transaction

from agencies.actors import System
from events import chain
from events.models import Delivery, Event
from events.registry import HANDLERS, KINDS, Handler, Kind, UnknownKind, handlers_for
from events.services.recording import Happening, NotInTransaction, record_event, record_first_events

BY = System("test")


@pytest.fixture(autouse=True)
def _kind(monkeypatch):
    monkeypatch.setitem(KINDS, "test.happened", Kind("test.happened", "It happened."))


@pytest.fixture
def effects(monkeypatch):
    """A handler of test events that notes what it was given."""
    seen: list[int] = []
    handler = Handler("test.note", ("test.*",), "test", lambda events: seen.extend(e.pk for e in events), batch=5)
    monkeypatch.setitem(HANDLERS, handler.name, handler)
    return seen


def record(stream: str = "test:1", **data) -> Event:
    with transaction.atomic():
        return record_event(stream, "test.happened", by=BY, **data)


@pytest.mark.django_db(transaction=True)
def test_an_event_is_refused_outside_a_transaction():
    with pytest.raises(NotInTransaction):
        record_event("test:1", "test.happened", by=BY)
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_an_undeclared_kind_is_refused():
    with pytest.raises(UnknownKind):
        record_event("test:1", "test.never_declared", by=BY)


@pytest.mark.django_db
def test_events_are_numbered_and_chained_per_stream():
    first, second, other = record(n=1), record(n=2), record("test:2")
    assert [first.sequence, second.sequence, other.sequence] == [1, 2, 1]
    assert first.previous == other.previous == chain.GENESIS
    assert second.previous == first.hash
    stored = Event.objects.filter(stream="test:1").order_by("sequence")
    assert chain.first_fault(stored) is None


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"data": {"n": 9}}, {"actor": {"type": "system", "job": "x"}}, {"kind": "test.x"}])
def test_an_edited_event_breaks_its_chain(change):
    record(n=1)
    edited = record(n=2)
    record(n=3)
    Event.objects.filter(pk=edited.pk).update(**change)
    assert chain.first_fault(Event.objects.order_by("sequence")).pk == edited.pk


@pytest.mark.django_db
def test_a_removed_event_breaks_the_chain():
    record(n=1)
    gone = record(n=2)
    after = record(n=3)
    Delivery.objects.filter(event=gone).delete()
    gone.delete()
    assert chain.first_fault(Event.objects.order_by("sequence")).pk == after.pk


@pytest.mark.django_db
def test_every_handler_that_wants_an_event_is_owed_it(effects):
    event = record()
    owed = set(Delivery.objects.filter(event=event).values_list("handler", flat=True))
    assert owed == {h.name for h in handlers_for("test.happened")} == {"test.note"}


@pytest.mark.django_db
def test_a_rolled_back_event_owes_nothing(effects):
    with pytest.raises(RuntimeError), transaction.atomic():
        record()
        raise RuntimeError
    assert not Event.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_a_stream_is_opened_once():
    with transaction.atomic():
        record_first_events([Happening("test:9", "test.happened", BY)])
    with pytest.raises(IntegrityError), transaction.atomic():
        record_first_events([Happening("test:9", "test.happened", BY)])


@pytest.mark.django_db(transaction=True)
def test_writers_of_one_stream_take_turns():
    def write() -> None:
        for _ in range(10):
            record()
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = Event.objects.filter(stream="test:1").order_by("sequence")
    assert stored.count() == 40
    assert chain.first_fault(stored) is None
