"""Pages that say the same to everybody: read without a session, kept by browsers and proxies, and never past midnight.

The language is part of the address (``?lang=en``), for what a cookie chooses no proxy may keep. No cookie is read or
set, and no template here sees the request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

from agencies.models import Province
from bulletins.selectors_public import Mark, told_mark
from bulletins.selectors_published import today
from events import clock
from workflows.deadlines import HANOI

PAGE_SECONDS, FILE_SECONDS = 300, 3600
#: A page is drawn once for all who ask within this time; sooner when anything is told, replaced or taken down.
KEPT_SECONDS = 60
#: A page that was narrowed down is drawn for whoever asks: there is no end of such pages, and what is kept is memory.
NARROWING = ("q", "trang", "loai", "nhom", "thu-doan", "so")
KEPT_BYTES = 200_000
View = Callable[..., HttpResponse]


def told(view: View | None = None, *, mark: Callable[[str], Mark] = told_mark, seconds: int = PAGE_SECONDS) -> Any:
    """Make a view's answer public and kept. ``mark``: what the answer depends on."""
    if view is None:
        return lambda inner: told(inner, mark=mark, seconds=seconds)
    inner = view

    @login_not_required
    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, **named: Any) -> HttpResponseBase:
        asked_at, now = clock.now(), _marked(mark)
        with override(language_of(request)):
            response = _kept(request, now, lambda: inner(request, **named))
            response["Content-Language"] = get_language()
        return _for_everybody(request, response, now, min(seconds, seconds_to_midnight(asked_at)))

    return answer


def language_of(request: HttpRequest) -> str:
    return "en" if request.GET.get("lang") == "en" else "vi"


def render_told(
    template: str, context: dict[str, Any], *, section: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    """A page in the public layout, without anything of who asks. ``lang`` goes behind every address of these pages."""
    shared = {
        "province": Province.objects.filter(pk=settings.DEFAULT_PROVINCE).first(), "section": section, "told": True,
        "lang": "?lang=en" if get_language() == "en" else "", "public_url": settings.PUBLIC_URL,
    }  # fmt: skip
    return HttpResponse(render_to_string(template, shared | context), status=status)


def _marked(mark: Callable[[str], Mark]) -> Mark:
    """Asked of the database once a second, and anew when a day begins: a crowd is answered without it."""
    pages, key = caches["pages"], f"{mark.__module__}.{mark.__name__}|{today()}"
    known: Mark | None = pages.get(key)
    if known is None:
        known = mark(settings.DEFAULT_PROVINCE)
        pages.set(key, known, settings.TOLD_MARK_SECONDS)
    return known


def _kept(request: HttpRequest, mark: Mark, draw: Callable[[], HttpResponse]) -> HttpResponse:
    if any(request.GET.get(name) for name in NARROWING):
        return draw()
    key = hashlib.sha256("\n".join([request.path, mark.tag, language_of(request)]).encode()).hexdigest()
    pages = caches["pages"]
    kept: HttpResponse | None = pages.get(key)
    if kept is None:
        kept = draw()
        if kept.status_code == HTTPStatus.OK and len(kept.content) <= KEPT_BYTES:
            pages.set(key, kept, KEPT_SECONDS)
    return kept


def _for_everybody(request: HttpRequest, response: HttpResponse, mark: Mark, seconds: int) -> HttpResponseBase:
    """The tag is of the very bytes and the day, so that nothing of yesterday is taken for today's. ``seconds`` were counted
    before it was drawn: what is drawn just before midnight is not kept past it."""
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        response["Cache-Control"] = "no-store"
        return response
    etag = '"' + hashlib.sha256(mark.tag.encode() + response.content).hexdigest()[:32] + '"'
    response["Cache-Control"] = f"public, max-age={seconds}"
    if response.status_code != HTTPStatus.OK:
        return response
    response["ETag"] = etag
    response["Last-Modified"] = http_date(mark.at.timestamp())
    return get_conditional_response(request, etag, int(mark.at.timestamp()), response) or response


def seconds_to_midnight(now: datetime) -> int:
    """Until the Hanoi day ends: then listings come down."""
    here = now.astimezone(HANOI)
    midnight = datetime.combine(here.date() + timedelta(days=1), time.min, HANOI)
    return max(0, int((midnight - here).total_seconds()))
