"""The result as the business was told it, and its objection."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agencies.actors import Business
from casemgr.business import access
from casemgr.business.forms import ObjectionForm
from events import clock
from workflows import policy
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed
from workflows.models import Case, Purpose
from workflows.services.conclusion import object_to_outcome
from workflows.states import MOVE, Outcome


@access.requires_purpose(Purpose.RESULT)
def result(request: HttpRequest, actor: Business) -> HttpResponse:
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            object_to_outcome(case_id=actor.case_id, by=actor, reason=form.cleaned_data["reason"])
        except (InvalidInput, MoveNotAllowed) as problem:
            form.add_error("reason" if isinstance(problem, InvalidInput) else None, str(problem))
        except CaseNotFound:
            return access.refusal(request)
        else:
            messages.success(request, _("Your objection was received. The case is open again."))
            return redirect("business:result")
    return _page(request, actor, form)


def _page(request: HttpRequest, actor: Business, form: ObjectionForm) -> HttpResponse:
    link = request.business_link  # type: ignore[attr-defined]
    case = Case.objects.visible_to(actor).select_related("owner").get(pk=actor.case_id)
    in_window = case.objection_until is None or case.objection_until >= clock.now()
    outcome = link.shown.get("outcome")
    context = {
        "business_link": link,
        "shown": link.shown,
        "outcome": Outcome(outcome).label if outcome else "",
        "may_object": in_window and policy.may(actor, MOVE["object"], case),
        "until": case.objection_until,
        "form": form,
    }
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    return render(request, "business/result.html", context, status=status)
