"""Whose pages may open a socket. A browser sends the session's cookie along from any page; only Origin tells which."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.http.request import split_domain_port, validate_host

log = structlog.get_logger(__name__)

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


def same_origin(inner: Application) -> Application:
    """Refuse the handshake (403) unless Origin names the host asked for, or one of CSRF_TRUSTED_ORIGINS."""

    async def guarded(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if is_ours(scope["headers"]):
            await inner(scope, receive, send)
            return
        log.warning("socket refused", reason="origin")
        await receive()
        await send({"type": "websocket.close"})

    return guarded


def is_ours(headers: list[tuple[bytes, bytes]]) -> bool:
    """One Origin and one Host, both given, that belong together; the Host is one of ALLOWED_HOSTS."""
    origins, hosts = (
        [value.decode("latin1") for key, value in headers if key == name] for name in (b"origin", b"host")
    )
    if len(origins) != 1 or len(hosts) != 1:
        return False
    host, origin = hosts[0].lower(), origins[0].lower()
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return False
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc == host
