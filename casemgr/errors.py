"""Error pages: plain words, no detail of the error, and no database needed."""

import sys
from http import HTTPStatus

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from complaints.storage import StorageFull

log = structlog.get_logger(__name__)
# The database is away, or the disk is full: not a fault of ours, and over soon.
AWAY = (OperationalError, InterfaceError, StorageFull)


def page(request: HttpRequest | None, status: HTTPStatus, context: dict[str, object] | None = None) -> HttpResponse:
    """The page of this status. 500 and 503 render without a request: they must not need what failed."""
    safe = request if status < HTTPStatus.INTERNAL_SERVER_ERROR else None
    return HttpResponse(render_to_string(f"{status.value}.html", context, request=safe), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, HTTPStatus.NOT_FOUND)


def unavailable(error: BaseException) -> HttpResponse:
    """A clear page that says nothing was received, never a false receipt."""
    log.error("unavailable", exc_info=error)
    response = page(None, HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = "15"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """What nobody caught, middleware's own failures included. The log says where it happened, the page nothing."""
    error = sys.exc_info()[1]
    if isinstance(error, AWAY):
        return unavailable(error)
    log.error("server error", exc_info=error)
    return page(request, HTTPStatus.INTERNAL_SERVER_ERROR)
