"""What a try at a tracking code costs while many fail, or a subscription while many are asked for: a computation, or
waiting. Nobody's address is counted.

A code has 130 bits, so guessing is hopeless anyway; the cost keeps a flood of guesses, or of mail, from being free.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

import altcha
from django.conf import settings
from django.core import signing
from django.core.cache import cache

from events import clock

WINDOW_SECONDS = 600
FREE_FAILURES = 30
WAIT_SECONDS = 8
VALID_SECONDS = 3600
# About 256 derivations of some milliseconds each: a second or two on a phone.
ALGORITHM, ITERATIONS = "PBKDF2/SHA-256", 4000
_SALT = "casemgr.public.cost"
WRONG_CODES, SUBSCRIPTIONS = "track-failures", "subscriptions"


def count_failure() -> None:
    """One more code that was wrong, over the whole site."""
    count(WRONG_CODES)


def count(what: str) -> None:
    key = _window(what, 0)
    cache.add(key, 0, timeout=3 * WINDOW_SECONDS)
    try:
        cache.incr(key)
    except ValueError:  # It expired between the two calls.
        cache.set(key, 1, timeout=3 * WINDOW_SECONDS)


def is_demanded(what: str = WRONG_CODES) -> bool:
    """Whether so much of it was counted in this ten minutes or the last that the next try has a price."""
    counts = cache.get_many([_window(what, 0), _window(what, 1)])
    return sum(counts.values()) >= FREE_FAILURES


def _window(what: str, ago: int) -> str:
    return f"{what}:{int(clock.now().timestamp()) // WINDOW_SECONDS - ago}"


@dataclass(frozen=True)
class Payment:
    """What came with the form: the solved computation, or the token handed out with the form earlier."""

    solution: str = ""
    token: str = ""

    def is_enough(self) -> bool:
        return _solved(self.solution) or _waited(self.token)


def challenge() -> dict[str, object]:
    """An ALTCHA challenge (protocol version 2) for the widget."""
    expires = clock.now() + timedelta(seconds=VALID_SECONDS)
    made = altcha.create_challenge(
        ALGORITHM, ITERATIONS, expires_at=int(expires.timestamp()), hmac_secret=settings.SECRET_KEY + _SALT
    )
    answer: dict[str, object] = made.to_dict()
    return answer


def _solved(solution: str) -> bool:
    if not solution or len(solution) > 4000:
        return False
    if not altcha.verify_solution(solution, settings.SECRET_KEY + _SALT).verified:
        return False
    return _first_use(altcha.Payload.from_base64(solution).challenge.signature or "")


def new_token() -> str:
    """Worth something only once, and only after `WAIT_SECONDS`."""
    return signing.TimestampSigner(salt=_SALT).sign(secrets.token_urlsafe(12))


def _waited(token: str) -> bool:
    signer = signing.TimestampSigner(salt=_SALT)
    try:
        signer.unsign(token, max_age=VALID_SECONDS)
    except signing.BadSignature:
        return False
    try:
        signer.unsign(token, max_age=WAIT_SECONDS)
    except signing.SignatureExpired:
        return _first_use(token)
    return False


def _first_use(ticket: str) -> bool:
    return cache.add(f"track-paid:{ticket}"[:200], True, timeout=VALID_SECONDS)
