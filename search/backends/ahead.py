"""What is made in batches, each while the one before is used: a server indexes while the next are analysed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def batched(found: Iterable[T], most: int, weight: Callable[[T], int], heaviest: int) -> Iterator[list[T]]:
    """At most so many, and none more once they are that heavy."""
    batch, heavy = list[T](), 0
    for one in found:
        batch.append(one)
        heavy += weight(one)
        if len(batch) == most or heavy >= heaviest:
            yield batch
            batch, heavy = [], 0
    if batch:
        yield batch


def ahead(batches: Iterator[list[T]]) -> Iterator[list[T]]:
    """The same, in order. They are made in a thread of their own, which ends with the last, with an error, or when no more
    are asked for: no database is to be read there."""
    with ThreadPoolExecutor(1, thread_name_prefix=__name__) as maker:
        coming: Future[list[T]] = maker.submit(next, batches, [])
        while batch := coming.result():
            coming = maker.submit(next, batches, [])
            yield batch
