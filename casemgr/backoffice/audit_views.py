"""Who did what, for auditors."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies.actors import Member
from agencies.models import Role
from casemgr.backoffice.access import private
from workflows.selectors.audit import audit_page


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """Events of the agency, newest first; ``page`` is a cursor."""
    actor = request.actor  # type: ignore[attr-defined]
    if not isinstance(actor, Member) or not actor.has(Role.AUDITOR):
        raise PermissionDenied
    deeds, found = audit_page(actor, request.GET.get("page", ""))
    context = {
        "deeds": deeds,
        "previous_url": f"?page={found.previous}" if found.previous else "",
        "next_url": f"?page={found.next}" if found.next else "",
    }
    return private(render(request, "backoffice/audit.html", context))  # type: ignore[return-value]
