"""Middleware of the whole site."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import islice
from typing import Any

import structlog
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import DisallowedRedirect
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse

from casemgr.errors import AWAY, unavailable

log = structlog.get_logger(__name__)
BLOCKS_A_TURN = 64
Respond = Callable[[HttpRequest], HttpResponse]


class PiecesUnderAsgiMiddleware:
    """Given a file's synchronous iterator under ASGI, Django would read the whole of it into memory and warn."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = self.get_response(request)
        if isinstance(request, ASGIRequest) and isinstance(response, StreamingHttpResponse) and not response.is_async:
            response.streaming_content = _pieces(iter(response.streaming_content))  # type: ignore[arg-type]
        return response


async def _pieces(blocks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Many blocks at a time: each turn is a change of threads."""
    while piece := await asyncio.to_thread(lambda: b"".join(islice(blocks, BLOCKS_A_TURN))):
        yield piece


class RequestLogMiddleware:
    """One line per request: route name, status, time. Never the path (it may hold an id), a query or an address."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.monotonic()
        response = self.get_response(request)
        route = request.resolver_match.view_name if request.resolver_match else ""
        log.info(
            "request",
            method=request.method,
            route=route,
            status=response.status_code,
            ms=round((time.monotonic() - start) * 1000),
        )
        return response


class ServiceUnavailableMiddleware:
    """Database away or disk full inside a view; inside a middleware it ends in `casemgr.errors.server_error`."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return unavailable(exception) if isinstance(exception, AWAY) else None


class LockedByDefaultMiddleware(LoginRequiredMiddleware):
    """Signing in is asked for by every view that does not opt out. Who asks for an open page is not looked up: else
    its answer would depend on a cookie, and nobody could keep it."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        """A search as long as a message is an address too long to be led on to: its page is, then."""
        try:
            return super().handle_no_permission(request, view_func)
        except DisallowedRedirect:
            field = self.get_redirect_field_name(view_func)
            return redirect_to_login(request.path, self.get_login_url(view_func), field)
