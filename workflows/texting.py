"""Short messages to a telephone. A province that has a provider names its class in ``TEXT_MESSAGES``."""

from __future__ import annotations

import sys
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class TextMessages(Protocol):
    def send(self, number: str, text: str) -> None:
        """``number`` in E.164. Raises OSError when it has to be tried again."""


class ConsoleTextMessages:
    """Writes to standard output, as mail does in development."""

    def send(self, number: str, text: str) -> None:
        sys.stdout.write(f"SMS {number}: {text}\n")


def is_configured() -> bool:
    return bool(getattr(settings, "TEXT_MESSAGES", ""))


@cache
def _provider(path: str) -> TextMessages:
    provider: TextMessages = import_string(path)()
    return provider


def send_text(number: str, text: str) -> None:
    _provider(getattr(settings, "TEXT_MESSAGES", "") or "workflows.texting.ConsoleTextMessages").send(number, text)
