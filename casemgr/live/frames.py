"""The kinds of frame a page may send: a table, filled by the module of each kind."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casemgr.live.limits import FRAME_BYTES

if TYPE_CHECKING:
    from casemgr.live.consumers import InboxConsumer

Handle = Callable[["InboxConsumer", Any], Awaitable[None]]


class BadFrame(ValueError):
    """A frame no page of ours sends. The message is a word for the log, never what was sent."""


@dataclass(frozen=True)
class Frame:
    """On the wire ``{name: value}``. ``clean(value)`` returns what ``handle`` gets, or raises BadFrame."""

    name: str
    clean: Callable[[Any], Any]
    handle: Handle


FRAMES: dict[str, Frame] = {}
HEARERS: dict[str, Handle] = {}


def frame(name: str, *, clean: Callable[[Any], Any]) -> Callable[[Handle], Handle]:
    """Register ``async function(socket, value)`` for the frames of this name."""

    def register(function: Handle) -> Handle:
        if name in FRAMES:
            raise ValueError(f"frame {name} is registered twice")
        FRAMES[name] = Frame(name, clean, function)
        return function

    return register


def hears(*prefixes: str) -> Callable[[Handle], Handle]:
    """Register ``async function(socket, message)`` for what is published on topics of these prefixes (before the dot)."""

    def register(function: Handle) -> Handle:
        HEARERS.update(dict.fromkeys(prefixes, function))
        return function

    return register


def parse(text: str | None) -> tuple[Frame, Any]:
    """The kind of a text frame and its cleaned value; raises BadFrame. ``None`` stands for a binary frame."""
    if text is None:
        raise BadFrame("binary")
    if len(text) > FRAME_BYTES or len(text.encode()) > FRAME_BYTES:
        raise BadFrame("oversized")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFrame("not JSON") from None
    if not isinstance(said, dict) or len(said) != 1:
        raise BadFrame("shape")
    ((name, value),) = said.items()
    if name not in FRAMES:
        raise BadFrame("unknown kind")
    kind = FRAMES[name]
    return kind, kind.clean(value)
