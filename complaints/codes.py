"""Tracking codes: 130 bits derived from the idempotency key, so that a retry shows the same receipt."""

import base64
import hmac
import secrets

from django.conf import settings

# Crockford's base32: no I, L, O, U, so that a code survives being read out and written down.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FROM_BASE32 = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _ALPHABET)
_MISREAD = str.maketrans("ILOU", "110V")
LENGTH = 26


def key() -> bytes:
    return bytes(settings.CODE_KEY, "utf-8")


def _keyed(purpose: str, text: str) -> bytes:
    return hmac.digest(key(), f"{purpose}:{text}".encode(), "sha256")


def new_idempotency_key() -> str:
    """128 random bits, hex."""
    return secrets.token_hex(16)


def derived_idempotency_key(*parts: str) -> str:
    """The same 128 bits for the same parts: what makes an import repeatable."""
    return _keyed("idempotency", "\x00".join(parts)).hex()[:32]


def tracking_code(idempotency_key: str) -> str:
    """26 characters without separators (130 bits)."""
    return derived_code("tracking", idempotency_key)


def derived_code(purpose: str, nonce: str) -> str:
    """26 characters (130 bits) that only this server can make of ``nonce``, and makes again the same."""
    return base64.b32encode(_keyed(purpose, nonce)).decode()[:LENGTH].translate(_FROM_BASE32)


def derived_digits(purpose: str, nonce: str, length: int) -> str:
    """Decimal digits that only this server can make of ``nonce``, and makes again the same."""
    return f"{int.from_bytes(_keyed(purpose, nonce)) % 10**length:0{length}d}"


def grouped(code: str) -> str:
    """For people: groups of five, the last of six."""
    return "-".join([code[:5], code[5:10], code[10:15], code[15:20], code[20:]])


def normalise_code(text: str) -> str | None:
    """What was typed as 26 characters of the alphabet; None when it cannot be a code."""
    cleaned = "".join(c for c in text.upper() if c.isalnum()).translate(_MISREAD)
    return cleaned if len(cleaned) == LENGTH and set(cleaned) <= set(_ALPHABET) else None


def code_hash(code: str) -> str:
    return _keyed("code", code).hex()


def key_hash(idempotency_key: str) -> str:
    return _keyed("key", idempotency_key).hex()
