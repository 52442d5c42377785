"""Messages to browsers that are closed, through their makers' push services (RFC 8030): encrypted for the one browser
(RFC 8291) and signed with the installation's key (RFC 8292). The only place that knows `pywebpush`."""

from __future__ import annotations

import base64
import http.client
import time
from dataclasses import dataclass
from email.utils import parseaddr
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from events.services.sending import MessageRefused
from notifications.push_addresses import AddressRefused, Endpoint, connect, read_endpoint

KEY_BYTES, AUTH_BYTES = 65, 16
SIGNED_SECONDS = 12 * 3600
_GONE = (404, 410)
_TRY_AGAIN = (408, 425, 429)
# Of P-256. A key is any number from 1 up to, not including, this.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class SubscriptionGone(MessageRefused):
    """The browser does not want messages any more, or the push service never knew it."""


class PushServiceAway(OSError):
    """It was not taken, and may be at another try. Says the answer's status."""


@dataclass(frozen=True)
class Subscription:
    """What a browser gives whoever may write to it; ``endpoint`` is a secret of its own."""

    endpoint: str
    key: str
    auth: str


def is_configured() -> bool:
    return bool(settings.VAPID_KEY)


def public_key() -> str:
    """What a browser is given to tell our messages by; empty when there is no key."""
    return _public(settings.VAPID_KEY) if is_configured() else ""


def is_sound(subscription: Subscription) -> bool:
    """Whether a message could be encrypted for it and sent there."""
    try:
        read_endpoint(subscription.endpoint)
        point, auth = _bytes(subscription.key), _bytes(subscription.auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return len(point) == KEY_BYTES and len(auth) == AUTH_BYTES


def send(subscription: Subscription, payload: bytes, *, topic: str, seconds: int, urgent: bool) -> None:
    """``topic``: a later message of the same replaces one not delivered yet; ``seconds``: how long it is of any use.

    Raises SubscriptionGone, MessageRefused when trying again is no use, OSError when it may be."""
    try:
        endpoint = read_endpoint(subscription.endpoint)
    except AddressRefused:
        raise SubscriptionGone("") from None  # a service that was taken off the list
    try:
        connection = connect(endpoint)
    except AddressRefused as refused:
        raise PushServiceAway(str(refused)) from None  # our own name server may be at fault
    headers = _headers(endpoint) | {
        "TTL": str(seconds), "Topic": topic, "Urgency": "high" if urgent else "normal",
        "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream",
    }  # fmt: skip
    try:
        # A redirection is not followed: it would lead where nobody looked.
        connection.request("POST", endpoint.path, _encrypted(subscription, payload), headers)
        _judge(connection.getresponse().status)
    except http.client.HTTPException as error:
        raise PushServiceAway(type(error).__name__) from None
    finally:
        connection.close()


def _judge(status: int) -> None:
    if status in _GONE:
        raise SubscriptionGone(str(status))
    if status in _TRY_AGAIN or status >= 500 or 300 <= status < 400:
        raise PushServiceAway(f"status {status}")
    if status >= 400:
        raise MessageRefused(str(status))


def _encrypted(subscription: Subscription, payload: bytes) -> bytes:
    from pywebpush import WebPusher

    keys = {"p256dh": subscription.key, "auth": subscription.auth}
    encoded: Any = WebPusher({"endpoint": subscription.endpoint, "keys": keys}).encode(payload)
    body: bytes = encoded["body"]
    return body


def _headers(endpoint: Endpoint) -> dict[str, str]:
    """Who writes, signed. ``sub`` is where the push service may complain."""
    from py_vapid import Vapid02

    contact = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    claims = {"aud": endpoint.origin, "sub": f"mailto:{contact}", "exp": int(time.time()) + SIGNED_SECONDS}
    signed: dict[str, str] = Vapid02(_private(settings.VAPID_KEY)).sign(claims)
    return signed


@lru_cache(maxsize=2)
def _private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int(text, 16) % (_ORDER - 1) + 1, ec.SECP256R1())


@lru_cache(maxsize=2)
def _public(text: str) -> str:
    point = _private(text).public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )  # fmt: skip
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    """Of base64url without padding. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
