"""Short messages to a telephone: through a provider's HTTP gateway, or in a demo to standard output.

``SMS_URL`` chooses; without it no short message is offered anywhere. No number and no text of one is ever logged.
"""

from __future__ import annotations

import http.client
import json
import re
import ssl
import sys
from functools import cache
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from events.models import OutgoingMessage
from events.services.sending import MessageRefused, Outgoing, send

TIMEOUT_SECONDS = 10
CONSOLE = "console:"
_E164 = re.compile(r"\+[1-9]\d{7,14}", re.ASCII)
_PLACE = re.compile(r"\{(to|text|id)\}")
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
# The key or the account is at fault, or it is too much for the moment: another try may succeed.
_TRY_AGAIN = (401, 402, 403, 407, 408, 425, 429)


class GatewayAway(OSError):
    """The message was not taken, and may be at another try. Says the answer's status, never a number."""


class TextMessages(Protocol):
    def send(self, number: str, text: str, reference: str) -> None:
        """``number`` in E.164; ``reference`` the same for each try. Raises OSError when it has to be tried again,
        MessageRefused when that is no use."""


class ConsoleTextMessages:
    """Writes to standard output, as mail does in development. One-time codes are among it: never in production."""

    def send(self, number: str, text: str, reference: str) -> None:
        if settings.PROFILE != "embedded" and not settings.DEBUG:
            raise ImproperlyConfigured("Short messages on standard output are for demos.")
        sys.stdout.write(f"SMS {number}: {text}\n")


class HttpTextMessages:
    """A POST of JSON to ``SMS_URL``, with the fields that ``SMS_FIELDS`` names and ``SMS_TOKEN`` as bearer token.

    Raises ImproperlyConfigured for an address without TLS, unless it is this machine.
    """

    def __init__(self) -> None:
        self._url = urlsplit(settings.SMS_URL)
        self._fields = _fields(settings.SMS_FIELDS)
        is_here = self._url.scheme == "http" and self._url.hostname in _THIS_MACHINE
        if not self._url.hostname or not (self._url.scheme == "https" or is_here):
            raise ImproperlyConfigured("SMS_URL must begin with https://")

    def send(self, number: str, text: str, reference: str) -> None:
        said = {"to": number, "text": text, "id": reference}
        filled = {name: _PLACE.sub(lambda place: said[place[1]], value) for name, value in self._fields.items()}
        status = self._post(json.dumps(filled).encode(), reference)
        if status in _TRY_AGAIN or not 200 <= status < 500 or 300 <= status < 400:
            # A redirection is not followed: the number would go where nobody said it may.
            raise GatewayAway(f"status {status}")
        if status >= 400:
            raise MessageRefused(str(status))

    def _post(self, body: bytes, reference: str) -> int:
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Idempotency-Key": reference}
        if settings.SMS_TOKEN:
            headers["Authorization"] = f"Bearer {settings.SMS_TOKEN}"
        connection = self._connection()
        try:
            path = (self._url.path or "/") + (f"?{self._url.query}" if self._url.query else "")
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
        except http.client.HTTPException as error:
            raise GatewayAway(type(error).__name__) from None
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        if self._url.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_SECONDS, context=context)


def _fields(text: str) -> dict[str, str]:
    try:
        fields: Any = json.loads(text)
    except ValueError:
        fields = None
    if not isinstance(fields, dict) or not all(isinstance(value, str) for value in fields.values()):
        raise ImproperlyConfigured("SMS_FIELDS must be a JSON object of texts.")
    if not all(any(f"{{{place}}}" in value for value in fields.values()) for place in ("to", "text")):
        raise ImproperlyConfigured("SMS_FIELDS must have a field with {to} and one with {text}.")
    return fields


def is_configured() -> bool:
    """Whether short messages may be offered."""
    return bool(settings.SMS_URL)


@cache
def _provider(path: str, url: str, fields: str) -> TextMessages:
    provider: TextMessages = import_string(path)()
    return provider


def send_text(outgoing: Outgoing) -> str:
    """Send it unless it was sent before; its status. Raises OSError when it has to be tried again."""
    return send(outgoing, OutgoingMessage.Channel.TEXT, _carry)


def _carry(outgoing: Outgoing) -> None:
    if not _E164.fullmatch(outgoing.address):
        raise MessageRefused("")
    if not is_configured():
        raise ImproperlyConfigured("There is no gateway for short messages: SMS_URL is empty.")
    name = "ConsoleTextMessages" if settings.SMS_URL == CONSOLE else "HttpTextMessages"
    gateway = _provider(f"{__name__}.{name}", settings.SMS_URL, settings.SMS_FIELDS)
    gateway.send(outgoing.address, outgoing.text.strip(), outgoing.message_id.strip("<>"))
