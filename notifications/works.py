"""Waking pages that wait for long work, or look at a board shared between agencies."""

from __future__ import annotations

from collections.abc import Sequence

from events.models import Event
from events.progress import carries
from notifications.push import Message, publish

MOVED, TOPIC = "moved", "work"


def topic_of_work(work: str) -> str:
    return f"{TOPIC}.{work}"


def message_of(work: str) -> Message:
    return topic_of_work(work), {"kind": MOVED, "what": work}


@carries
def wake_followers(work: str) -> None:
    publish([message_of(work)])


def boards(events: Sequence[Event]) -> list[Message]:
    """Of the joint actions these events are about: agencies with a task read the board, and may see no case."""
    found = dict.fromkeys(f"board:{event.data['joint_action']}" for event in events if "joint_action" in event.data)
    return [message_of(work) for work in found]
