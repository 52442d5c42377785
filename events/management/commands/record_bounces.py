"""Record which messages came back, from a mailbox or from one message on standard input."""

import email
import mailbox
import sys
from collections import Counter
from collections.abc import Iterable
from email.message import Message
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from events.bounces import bounce_in
from events.services.sending import record_bounce

LONGEST_MESSAGE = 10 * 1024 * 1024


class Command(BaseCommand):
    help = "Record bounces (RFC 3464) from an mbox file, a maildir, or one message on standard input; safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", nargs="?", default="-", help="mbox file or maildir; -: one message, piped in")

    def handle(self, *args: Any, **options: Any) -> None:
        counted = Counter(_record(message) for message in _messages(options["source"]))
        self.stdout.write(
            f"{counted['recorded']} recorded, {counted['unknown']} of messages not sent from here, "
            f"{counted['other']} that tell of no failure"
        )


def _record(message: Message) -> str:
    bounce = bounce_in(message)
    if bounce is None:
        return "other"
    return "recorded" if record_bounce(bounce.message_id, bounce.code) else "unknown"


def _messages(source: str) -> Iterable[Message]:
    if source == "-":
        return [email.message_from_bytes(sys.stdin.buffer.read(LONGEST_MESSAGE))]
    path = Path(source)
    if not path.exists():
        raise CommandError(f"There is no {source}.")
    return mailbox.Maildir(path, create=False) if path.is_dir() else mailbox.mbox(path, create=False)
