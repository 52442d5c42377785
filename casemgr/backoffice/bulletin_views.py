"""Drafts of warning bulletins, for editors and approvers."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from agencies.models import Province
from bulletins.figures import Month
from bulletins.models import Draft
from bulletins.policy import may_prepare
from bulletins.selectors import month_figures, months_with_reports
from bulletins.services.drafting import request_draft

SHOWN = 10


def _province(request: HttpRequest) -> Province:
    """The province of the acting editor's agency. Raises PermissionDenied."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    if not may_prepare(actor):
        raise PermissionDenied
    return actor.agency.provinces.order_by("code").first()


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError:
        raise Http404 from None


@require_GET
def bulletins(request: HttpRequest) -> HttpResponse:
    province = _province(request)
    months = months_with_reports(province)
    chosen = _month(request.GET["month"]) if request.GET.get("month") else (months[0] if months else None)
    drafts = Draft.objects.filter(agency=request.actor.agency)[:SHOWN]  # type: ignore[attr-defined]
    context = {
        "months": months,
        "chosen": chosen,
        "figures": month_figures(province, chosen) if chosen else None,
        "drafts": drafts,
    }
    return render(request, "backoffice/bulletins.html", context)


@require_POST
def request_bulletin(request: HttpRequest) -> HttpResponse:
    province, month = _province(request), _month(request.POST.get("month", ""))
    request_draft(province=province, month=month, by=request.actor)  # type: ignore[attr-defined]
    return redirect(f"{request.path.removesuffix('drafts/')}?month={month.first:%Y-%m}")


def _draft(request: HttpRequest, pk: int) -> Draft:
    _province(request)
    draft = Draft.objects.filter(pk=pk, agency=request.actor.agency).first()  # type: ignore[attr-defined]
    if draft is None:
        raise Http404
    return draft


@require_GET
def draft_row(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft's row alone, for the page that waits for it."""
    return render(request, "backoffice/_bulletin_draft.html", {"draft": _draft(request, pk)})


@require_GET
def draft_pdf(request: HttpRequest, pk: int) -> FileResponse:
    draft = _draft(request, pk)
    if draft.state != Draft.State.READY:
        raise Http404
    response = FileResponse(
        draft.pdf.open("rb"), as_attachment=True, filename=f"thong-bao-{draft.month:%Y-%m}-du-thao.pdf"
    )
    response["Cache-Control"] = "no-store"
    return response
