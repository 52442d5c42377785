"""Batches made while the one before is used."""

import threading

import pytest

from search.backends.ahead import ahead, batched


def test_all_come_in_order():
    assert list(ahead(batched(range(7), 3))) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(ahead(batched([], 3))) == []


def test_the_next_is_made_meanwhile():
    made = threading.Event()

    def numbers():
        yield 1
        made.set()
        yield 2

    batches = ahead(batched(numbers(), 1))
    assert next(batches) == [1]
    assert made.wait(10)
    assert next(batches) == [2]


def test_what_fails_fails_where_it_is_used():
    def numbers():
        yield 1
        raise LookupError

    batches = ahead(batched(numbers(), 1))
    assert next(batches) == [1]
    with pytest.raises(LookupError):
        next(batches)


def test_its_thread_ends_with_who_uses_it():
    def makers() -> list[str]:
        return [one.name for one in threading.enumerate() if one.name.startswith(ahead.__module__)]

    batches = ahead(batched(range(10), 1))
    next(batches)
    assert makers()
    batches.close()
    assert not makers()
