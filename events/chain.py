"""The hash chain: pure functions over an event's fields."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Protocol

GENESIS = "0" * 64


class Entry(Protocol):
    """An event's chained fields."""

    stream: str
    sequence: int
    kind: str
    actor: Any
    data: Any
    at: datetime
    previous: str
    hash: str


def digest(entry: Entry) -> str:
    """SHA-256 (hex) over the entry's canonical JSON and the hash before it."""
    body = [
        entry.previous,
        entry.stream,
        entry.sequence,
        entry.kind,
        entry.actor,
        entry.data,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
    ]
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def salted_digest(salt: str, text: str) -> str:
    """What an event says of a text it must not hold; meaningless once the salt is erased."""
    return hashlib.sha256(f"{salt}\x00{text}".encode()).hexdigest()


def first_fault(entries: Iterable[Entry]) -> Entry | None:
    """The first entry, in sequence order, that does not follow from the one before; None when whole."""
    previous, sequence = GENESIS, 1
    for entry in entries:
        if entry.sequence != sequence or entry.previous != previous or entry.hash != digest(entry):
            return entry
        previous, sequence = entry.hash, sequence + 1
    return None
