"""What may be recorded (kinds) and what is done about it (handlers); filled by the packages above."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from .models import Event

Effect = Callable[[Sequence["Event"]], None]


class UnknownKind(LookupError):
    """An event kind nobody declared."""


class Postponed(Exception):
    """Raised by a handler whose work is to wait for ``until`` (aware): no failure, and no try is counted. ``all_of_them``:
    what it waits for, such as a server, is wanted by whatever else is in the batch too."""

    def __init__(self, until: datetime, *, all_of_them: bool = False) -> None:
        super().__init__(until)
        self.until, self.all_of_them = until, all_of_them


@dataclass(frozen=True)
class Kind:
    """``sentence`` tells staff what happened; ``public`` the citizen, who is told nothing when it is empty;
    ``notice`` is the line in the inbox of whoever it concerns."""

    name: str
    sentence: str | _StrPromise
    public: str | _StrPromise = ""
    notice: str | _StrPromise = ""


@dataclass(frozen=True)
class Handler:
    """An effect of events. It is given a batch and must be idempotent: a batch may come twice."""

    name: str
    kinds: tuple[str, ...]
    lane: str
    run: Effect
    batch: int = 1
    lease: timedelta = timedelta(seconds=60)

    def wants(self, kind: str) -> bool:
        return any(kind == k or (k.endswith(".*") and kind.startswith(k[:-1])) for k in self.kinds)


@dataclass(frozen=True)
class Job:
    """Scheduled work, run by one relay at a time."""

    name: str
    every: timedelta
    run: Callable[[], None]


KINDS: dict[str, Kind] = {}
HANDLERS: dict[str, Handler] = {}
JOBS: dict[str, Job] = {}


def declare(*kinds: Kind) -> None:
    for kind in kinds:
        if KINDS.setdefault(kind.name, kind) != kind:
            raise ValueError(f"event kind {kind.name} is declared twice")


def kind_of(name: str) -> Kind:
    try:
        return KINDS[name]
    except KeyError:
        raise UnknownKind(name) from None


def handles(
    *kinds: str, name: str, lane: str = "notify", batch: int = 1, lease: timedelta = timedelta(seconds=60)
) -> Callable[[Effect], Effect]:
    """Register ``function(events)`` as the effect of these kinds (``case.*`` matches a family)."""

    def register(function: Effect) -> Effect:
        if name in HANDLERS:
            raise ValueError(f"handler {name} is registered twice")
        HANDLERS[name] = Handler(name, kinds, lane, function, batch, lease)
        return function

    return register


def scheduled(name: str, *, every: timedelta) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register ``function()`` to run each ``every``, first when a relay first sees it."""

    def register(function: Callable[[], None]) -> Callable[[], None]:
        if name in JOBS:
            raise ValueError(f"job {name} is registered twice")
        JOBS[name] = Job(name, every, function)
        return function

    return register


def handlers_for(kind: str) -> list[Handler]:
    return [handler for handler in HANDLERS.values() if handler.wants(kind)]


def handlers_of(lane: str) -> list[Handler]:
    return [handler for handler in HANDLERS.values() if handler.lane == lane]


def lanes() -> list[str]:
    return sorted({handler.lane for handler in HANDLERS.values()})
