"""Where the messages about a report go, as its page says it."""

from __future__ import annotations

from dataclasses import dataclass

from complaints.policy import mask_email, mask_phone
from workflows.reaching import Channel, address_of, is_doubted, is_stopped


@dataclass(frozen=True)
class MessagesShown:
    """``masked``: the address, as much of it as its owner needs to know it again."""

    masked: str
    stopped: bool
    doubted: bool


def messages_shown(complaint_id: int) -> MessagesShown | None:
    """None where there is nowhere to write to. Three queries at most."""
    address = address_of(complaint_id)
    if address is None:
        return None
    masked = (mask_email if address.channel == Channel.MAIL else mask_phone)(address.value)
    return MessagesShown(masked, is_stopped(complaint_id), is_doubted(address))
