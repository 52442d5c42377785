"""Official papers for the citizen, from the followed report."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from agencies.actors import Citizen
from casemgr import papers
from casemgr.public.views.tracking import ReportView
from workflows.errors import CaseNotFound
from workflows.selectors.letters import find_paper


class Paper(ReportView):
    """Of the report this browser follows; another's does not exist here."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        try:
            paper = find_paper(pk, Citizen(self.case.complaint_id))
            return papers.answer(request, paper, waiting="public/paper.html", section="track")
        except CaseNotFound as error:
            raise Http404 from error
