"""Who did what, for auditors."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from agencies.actors import Member
from agencies.models import Role
from casemgr.backoffice.access import private
from casemgr.public.fields import PastDay
from workflows.deadlines import HANOI
from workflows.selectors.audit import audit_page


class DaysForm(forms.Form):
    """The days to look at, both included; a day that is none narrows nothing."""

    first = PastDay(label=_("From day"), required=False, help_text=_("Day/month/year."))
    last = PastDay(label=_("To day"), required=False, help_text=_("Day/month/year."))

    def period(self) -> tuple[datetime | None, datetime | None]:
        self.is_valid()
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        return (
            datetime.combine(first, time.min, HANOI) if first else None,
            datetime.combine(last + timedelta(days=1), time.min, HANOI) if last else None,
        )


def _link(request: HttpRequest, cursor: str) -> str:
    query = request.GET.copy()
    query["page"] = cursor
    return f"?{query.urlencode()}" if cursor else ""


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """Events of the agency, newest first, of the days from ``first`` to ``last``; ``page`` is a cursor."""
    actor = request.actor  # type: ignore[attr-defined]
    if not isinstance(actor, Member) or not actor.has(Role.AUDITOR):
        raise PermissionDenied
    form = DaysForm(request.GET, auto_id="days-%s")
    since, until = form.period()
    deeds, found = audit_page(actor, request.GET.get("page", ""), since=since, until=until)
    context = {
        "deeds": deeds,
        "form": form,
        "is_filtered": bool(since or until),
        "previous_url": _link(request, found.previous),
        "next_url": _link(request, found.next),
    }
    return private(render(request, "backoffice/audit.html", context))  # type: ignore[return-value]
