"""The citizen's rating of an answer."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from agencies.actors import Citizen
from casemgr.public import following
from casemgr.public.rating import RatingForm
from casemgr.public.views.tracking import ReportView, report_page
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed
from workflows.services.rating import rate_case


class Rate(ReportView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("public:report")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RatingForm(request.POST)
        if not form.is_valid():
            return report_page(request, self.case, HTTPStatus.BAD_REQUEST, rating_form=form)
        score, text = form.cleaned_data["score"], form.cleaned_data["text"]
        try:
            rate_case(case_id=self.case.pk, by=Citizen(self.case.complaint_id), score=score, reason=text)
        except InvalidInput as problem:
            form.add_error("text", str(problem))
            return report_page(request, self.case, HTTPStatus.BAD_REQUEST, rating_form=form)
        except (MoveNotAllowed, CaseNotFound) as problem:
            return report_page(request, self.case, HTTPStatus.FORBIDDEN, problem=str(problem), unsent=text)
        messages.success(request, _("Thank you. Your rating was received."))
        response = redirect("public:report")
        following.remember(response, self.case.complaint_id)
        return response
