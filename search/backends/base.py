"""What a search engine must do here. Two do it, and pass the same tests: tests/contracts/test_search_backends.py."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypedDict

from search.tree import Node

# Part of every index's name: raise it when documents or terms change shape, and rebuild.
MAPPING = 1

FILTERS = (
    "state",
    "track",
    "province",
    "owner",
    "handler",
    "category",
    "product_group",
    "channel",
    "commune",
    "urgent",
)


class SearchUnavailable(Exception):
    """The engine cannot answer now; the text says why, for a log."""


class Part(NamedTuple):
    """A piece of a case's text and what it is: ``narrative``, ``note``, ``seller``…"""

    name: str
    text: str


class Document(TypedDict):
    """A case as one audience may read it, ready to index. ``version``: id of the last event it has seen."""

    id: str
    case: int
    audience: str
    version: int
    parts: list[Part]
    keys: list[str]
    filters: dict[str, str]
    lodged_at: int
    amount: int | None


class Withdrawn(NamedTuple):
    """An audience that no longer reads a case, as of ``version``."""

    id: str
    case: int
    version: int


@dataclass(frozen=True)
class Hit:
    id: str
    case: int
    score: float
    parts: list[Part]


@dataclass(frozen=True)
class Results:
    """``cursor`` continues after the last hit; None at the end. ``total_exact``: else "at least"."""

    hits: list[Hit] = field(default_factory=list)
    total: int = 0
    total_exact: bool = True
    cursor: str | None = None


class Generation(Protocol):
    """An index being filled beside the live one."""

    def write(self, documents: Sequence[Document]) -> None: ...

    def publish(self) -> None:
        """Make it the live one and drop the old one: no search fails or comes up empty meanwhile."""

    def discard(self) -> None: ...


class Backend(Protocol):
    """Every method may raise SearchUnavailable."""

    name: str

    def write(self, documents: Sequence[Document], withdrawn: Sequence[Withdrawn] = ()) -> None:
        """Durable and searchable on return; what is older than what the index holds of the case changes nothing."""

    def search(
        self,
        query: Node,
        audience: str,
        *,
        filters: Mapping[str, Sequence[str]] | None = None,
        excluded: Iterable[int] = (),
        limit: int = 20,
        cursor: str | None = None,
    ) -> Results:
        """Best first, of this audience's documents only. ``excluded``: case ids; an unreadable cursor is the start."""

    def delete_case(self, case_id: int) -> None: ...

    def clear(self) -> None: ...

    def count(self) -> int:
        """How many documents there are, of all audiences."""

    def versions(self, case_ids: Sequence[int]) -> dict[str, int]:
        """Document id → version, for all documents of these cases."""

    def begin(self) -> Generation: ...


def encode_cursor(after: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(after).encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> Any:
    """What was encoded; None for none and for anything else."""
    if not cursor or len(cursor) > 200:
        return None
    try:
        return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        return None
