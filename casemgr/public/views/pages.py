"""What every public page shares, and the pages that only inform."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from agencies.models import Agency, Province
from complaints.models import Kind


def show(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, section: str = "", status: int = 200
) -> HttpResponse:
    """A public page in its layout."""
    province = Province.objects.filter(pk=settings.DEFAULT_PROVINCE).first()
    return render(request, template, {"province": province, "section": section, **(context or {})}, status=status)


class SeeOther(HttpResponseRedirect):
    """After a POST, to a page that can be reloaded and gone back to (RFC 9110, 15.4.4)."""

    status_code = HTTPStatus.SEE_OTHER


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return show(request, "public/home.html")


@login_not_required
@require_safe
def emergency(request: HttpRequest) -> HttpResponse:
    """Advice before anything else, for whoever just lost money."""
    start = reverse("public:lodge", query={"loai": Kind.CRIME, "gap": 1})
    return show(request, "public/emergency.html", {"next_url": start, "started": False})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is promised about data, and whom to ask: the province's lead agency."""
    lead = (
        Agency.objects.filter(is_lead=True, is_active=True, provinces=settings.DEFAULT_PROVINCE).order_by("pk").first()
    )
    return show(request, "public/privacy.html", {"lead": lead})
