"""The result as the business was told it, its rating and its objection."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agencies.actors import Business
from casemgr.business import access
from casemgr.business.forms import ObjectionForm
from casemgr.public.rating import BusinessRatingForm, RatingForm, rating_of
from events import clock
from workflows import policy
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed
from workflows.models import Case, Party, Purpose
from workflows.services.conclusion import object_to_outcome
from workflows.services.rating import rate_case
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


@access.requires_purpose(Purpose.RESULT)
def rate(request: HttpRequest, actor: Business) -> HttpResponse:
    if request.method != "POST":
        return redirect("business:result")
    form = BusinessRatingForm(request.POST)
    if form.is_valid():
        score, text = form.cleaned_data["score"], form.cleaned_data["text"]
        try:
            rate_case(case_id=actor.case_id, by=actor, score=score, reason=text)
        except InvalidInput as problem:
            form.add_error("text", str(problem))
        except MoveNotAllowed as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Thank you. Your rating was received."))
            return redirect("business:result")
    return _page(request, actor, ObjectionForm(), form)


def _page(
    request: HttpRequest, actor: Business, form: ObjectionForm, rating_form: RatingForm | None = None
) -> HttpResponse:
    link = request.business_link  # type: ignore[attr-defined]
    case = Case.objects.visible_to(actor).select_related("owner").get(pk=actor.case_id)
    in_window = case.objection_until is None or case.objection_until >= clock.now()
    outcome = link.shown.get("outcome")
    rating = rating_of(case, Party.BUSINESS, link.respondent_id)
    context = {
        "business_link": link,
        "shown": link.shown,
        "outcome": Outcome(outcome).label if outcome else "",
        "may_object": in_window and policy.may(actor, MOVE["object"], case),
        "until": case.objection_until,
        "form": form,
        "rating": rating,
        "rating_form": rating_form or rating.form(BusinessRatingForm),
    }
    refused = form.errors or (rating_form and rating_form.errors)
    status = HTTPStatus.BAD_REQUEST if refused else HTTPStatus.OK
    return render(request, "business/result.html", context, status=status)
