"""Reading delivery status notifications (RFC 3464): which message of ours came back for good, and why. Pure."""

from __future__ import annotations

import email
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

LONGEST = 200


@dataclass(frozen=True)
class Bounce:
    """``message_id`` with its angle brackets, as it was sent; ``code`` of RFC 3463, such as `5.1.1`."""

    message_id: str
    code: str


def bounce_in(message: Message) -> Bounce | None:
    """None for what is no such notification, tells of a delay or of success, or does not say which message it was."""
    if message.get_content_type() != "multipart/report" or not message.is_multipart():
        return None
    code, original = "", ""
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            code = code or next(_failures(part), "")
        elif kind in ("message/rfc822", "text/rfc822-headers") and not original:
            original = _message_id(part)
    return Bounce(original, code) if code and original else None


def _failures(part: Message) -> Iterator[str]:
    """Status codes of the recipients whom it did not reach, for good."""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else ():
        if isinstance(block, Message) and str(block.get("Action", "")).strip().lower() == "failed":
            words = str(block.get("Status", "")).split()
            if words and words[0].startswith("5."):
                yield words[0][:10]


def _message_id(part: Message) -> str:
    payload = part.get_payload()
    if isinstance(payload, list):
        original = payload[0] if payload else None
    else:
        original = email.message_from_string(str(payload))
    found = str(original.get("Message-ID", "")) if isinstance(original, Message) else ""
    return "".join(found.split())[:LONGEST]
