"""“Several people have reported this seller”, shown before sending. It says neither how many nor which.

Whoever asks too often gets no answer, so that a seller cannot try out which of their numbers are known. The client's
address is kept nowhere, only a keyed hash of it for an hour. No time is spent to hide the difference between a yes and
a no: the page shows it anyway.
"""

from __future__ import annotations

import hashlib
import hmac

import structlog
from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

from complaints import codes
from complaints.identifiers.merging import indicator_rows
from complaints.lodgement import Lodgement
from events import clock
from workflows.selectors.reported import is_often_reported

log = structlog.get_logger(__name__)

WINDOW_SECONDS = 3600
ANSWERS = 10


def is_shown(request: HttpRequest, lodgement: Lodgement) -> bool:
    """Never raises: on any failure there is no hint, and the report goes on."""
    try:
        given = [found.key for found in indicator_rows(lodgement) if not found.from_text]
        return bool(given) and _has_answers_left(request) and is_often_reported(given)
    except Exception:
        log.exception("no hint about the seller")
        return False


def _has_answers_left(request: HttpRequest) -> bool:
    """One of so many places is taken, each at most once: to count up is not atomic in a cache that is a table."""
    key = _key(request)
    return any(cache.add(f"{key}:{place}", 1, timeout=WINDOW_SECONDS) for place in range(ANSWERS))


def _key(request: HttpRequest) -> str:
    address = get_adapter().get_client_ip(request)
    window = int(clock.now().timestamp()) // WINDOW_SECONDS
    hashed = hmac.new(codes.key(), f"seller-hint:{window}:{address}".encode(), hashlib.sha256)
    return f"seller-hint:{hashed.hexdigest()}"
