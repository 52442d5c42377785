"""Batches made while the one before is used."""

import threading

import pytest

from search.backends.ahead import ahead, batched


def in_batches(found, most=1):
    return ahead(batched(found, most, lambda one: one, 10))


def test_all_come_in_order():
    assert list(in_batches(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(in_batches([], 3)) == []


def test_what_is_heavy_comes_with_fewer():
    assert list(in_batches([4, 7, 1, 99, 2], 3)) == [[4, 7], [1, 99], [2]]


def test_the_next_is_made_meanwhile():
    made = threading.Event()

    def numbers():
        yield 1
        made.set()
        yield 2

    batches = in_batches(numbers())
    assert next(batches) == [1]
    assert made.wait(10)
    assert next(batches) == [2]


def test_what_fails_fails_where_it_is_used():
    def numbers():
        yield 1
        raise LookupError

    batches = in_batches(numbers())
    assert next(batches) == [1]
    with pytest.raises(LookupError):
        next(batches)


def test_its_thread_ends_with_who_uses_it():
    def makers() -> list[str]:
        return [one.name for one in threading.enumerate() if one.name.startswith(ahead.__module__)]

    batches = in_batches(range(10))
    next(batches)
    assert makers()
    batches.close()
    assert not makers()
