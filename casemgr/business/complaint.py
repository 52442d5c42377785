"""The complaint as the business sees it: what was frozen at sending, and nothing beside."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from agencies.actors import Business
from casemgr.business.access import requires_purpose
from workflows.models import Purpose


@requires_purpose(Purpose.ANSWER)
def complaint(request: HttpRequest, actor: Business) -> HttpResponse:
    link = request.business_link  # type: ignore[attr-defined]
    return render(request, "business/complaint.html", {"business_link": link, "shown": link.shown})
