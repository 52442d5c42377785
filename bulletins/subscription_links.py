"""Links in messages to subscribers. A token is HMAC(the installation's key, a row's nonce): it is made anew for each
message and never stored; its digest finds the row. None holds an address or an id."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import get_random_string, salted_hmac

CONFIRM, STOP = "subscribe-confirm", "subscribe-stop"


def new_nonce() -> str:
    return get_random_string(32)


def token_of(purpose: str, nonce: str) -> str:
    """256 bits, in characters an address may have."""
    made = salted_hmac(f"bulletins.{purpose}", nonce, algorithm="sha256").digest()
    return urlsafe_b64encode(made).decode().rstrip("=")


def digest_of_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def link(purpose: str, nonce: str) -> str:
    return settings.PUBLIC_URL + reverse(f"public:{purpose}", args=[token_of(purpose, nonce)])
