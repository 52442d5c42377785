"""Middleware of the whole site."""

import time
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from casemgr.errors import page
from complaints.storage import StorageFull

log = structlog.get_logger(__name__)
Respond = Callable[[HttpRequest], HttpResponse]


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
    """Database away or disk full: a clear page that says nothing was received, never a false receipt."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError, StorageFull) as error:
            return self._unavailable(error)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, (OperationalError, InterfaceError, StorageFull)):
            return self._unavailable(exception)
        return None

    def _unavailable(self, error: Exception) -> HttpResponse:
        log.error("unavailable", exc_info=error)
        response = page(None, HTTPStatus.SERVICE_UNAVAILABLE)
        response["Retry-After"] = "15"
        return response
