"""The secrets of a business: of a link, and the six digits of its second factor. Derived, never stored."""

from __future__ import annotations

import hmac

from complaints import codes
from workflows.models import OneTimeCode, RespondentLink

_LINK, _DIGITS = "respondent-link", "one-time-code"


def secret_of(link: RespondentLink) -> str:
    """The link's 26 characters, for the mail that carries them."""
    return codes.derived_code(_LINK, link.nonce)


def hash_of(nonce: str) -> str:
    """What is stored of a new link's secret."""
    return codes.code_hash(codes.derived_code(_LINK, nonce))


def find_link(typed: str) -> RespondentLink | None:
    """The link with this secret, whatever became of it. A malformed one costs the same look-up as an unknown one."""
    digest = codes.code_hash(codes.normalise_code(typed[:200]) or "malformed")
    return RespondentLink.objects.filter(code_hash=digest).first()


def digits_of(code: OneTimeCode) -> str:
    """Six behind a link, whose secret comes first; eight where an address is all that was typed before."""
    return codes.derived_digits(_DIGITS, code.nonce, 6 if code.link_id else 8)


def matches(code: OneTimeCode, typed: str) -> bool:
    return hmac.compare_digest(digits_of(code).encode(), "".join(typed.split())[:40].encode())
