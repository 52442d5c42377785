"""Whether an open page of the citizen or the business is still what it would be now: asked with the page's mark as an
entity tag, answered without a page."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from casemgr.business import access
from casemgr.public import following
from workflows.selectors.news import mark_for_business, mark_for_citizen


@login_not_required
@never_cache
@require_safe
def of_report(request: HttpRequest) -> HttpResponse:
    """Asking does not keep the report open: its half hour goes on from the last page."""
    case = following.followed(request)
    return _answer(request, mark_for_citizen(case) if case else "")


@login_not_required
@never_cache
@require_safe
def of_link(request: HttpRequest) -> HttpResponse:
    link = access.link_of(request)
    return _answer(request, mark_for_business(link) if link else "")


def _answer(request: HttpRequest, mark: str) -> HttpResponse:
    """304: nothing new; 204: something is, or no mark came; 403: the page is not open any more. No body."""
    if not mark:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    tag = f'"{mark}"'
    same = request.headers.get("If-None-Match") == tag
    status = HTTPStatus.NOT_MODIFIED if same else HTTPStatus.NO_CONTENT
    return HttpResponse(status=status, headers={"ETag": tag})
