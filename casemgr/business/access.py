"""The business's side: a session that a link opened, for one case."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from agencies.actors import Business

SESSION_KEY = "business_link"


def requires_link(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """``view(request, actor, …)`` with ``actor`` the `Business` whose link opened this session; everybody else gets
    one same refusal, whatever was wrong."""

    @login_not_required
    @wraps(view)
    def with_link(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = business_of(request)
        if actor is None:
            return refusal(request)
        return view(request, actor, *args, **kwargs)

    return with_link


def business_of(request: HttpRequest) -> Business | None:
    """The actor of this session's link, while the link holds."""
    return None


def refusal(request: HttpRequest) -> HttpResponse:
    return render(request, "404.html", status=404)
