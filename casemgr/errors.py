"""Error pages: plain words, no detail of the error, and no database needed."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


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


def server_error(request: HttpRequest) -> HttpResponse:
    return page(request, HTTPStatus.INTERNAL_SERVER_ERROR)
