"""The consumer's side of a negotiation or a mediation, behind the tracking code."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from agencies.actors import Citizen
from casemgr.public import following
from casemgr.public.views.pages import show
from casemgr.public.views.tracking import ReportView
from casemgr.rooms import parties
from workflows.selectors.news import mark_for_citizen
from workflows.selectors.rooms import why_not_settled
from workflows.services.barring import has_asked_for_settlement


class RoomView(ReportView):
    """The room, or whether there can be one."""

    @property
    def party(self) -> parties.Party:
        door = parties.Door(
            self._show, reverse("public:room"), reverse("public:minutes"), reverse("public:minutes-file")
        )
        return parties.Party(Citizen(self.case.complaint_id), self.case, door)

    def _show(self, context: dict[str, Any], status: int) -> HttpResponse:
        context |= {"draft_name": following.draft_name(self.case), "back": reverse("public:report")}
        context["mark"] = mark_for_citizen(self.case)
        if context["view"] is None and context["consent"] is None:
            context |= {"why_not": why_not_settled(self.case), "has_asked": has_asked_for_settlement(self.case)}
        response = show(self.request, "public/room.html", context, section="track", status=status)
        following.remember(response, self.case.complaint_id)
        return response


class RoomPage(RoomView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return parties.page(self.party)

    def post(self, request: HttpRequest) -> HttpResponse:
        return parties.act(request, self.party)


class Minutes(RoomView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return parties.page(self.party)

    def post(self, request: HttpRequest) -> HttpResponse:
        return parties.confirm(request, self.party)


class MinutesFile(RoomView):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        return parties.minutes_file(request, self.party)
