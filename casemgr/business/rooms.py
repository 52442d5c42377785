"""The business's side of a negotiation or a mediation, behind a link for it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse

from agencies.actors import Business
from casemgr.business.access import requires_purpose
from casemgr.rooms import parties
from workflows.models import Purpose
from workflows.selectors.news import mark_for_business

requires_room = requires_purpose(Purpose.NEGOTIATION, Purpose.MEDIATION, Purpose.CONFIRMATION)


def _party(request: HttpRequest, actor: Business) -> parties.Party:
    link = request.business_link  # type: ignore[attr-defined]

    def show(context: dict[str, Any], status: int) -> HttpResponse:
        context |= {"business_link": link, "draft_name": f"business-{link.pk}", "mark": mark_for_business(link)}
        return render(request, "business/room.html", context, status=status)

    door = parties.Door(show, reverse("business:room"), reverse("business:minutes"), reverse("business:minutes-file"))
    return parties.Party(actor, link.case, door)


@requires_room
def room(request: HttpRequest, actor: Business) -> HttpResponse:
    party = _party(request, actor)
    return parties.act(request, party) if request.method == "POST" else parties.page(party)


@requires_room
def minutes(request: HttpRequest, actor: Business) -> HttpResponse:
    party = _party(request, actor)
    return parties.confirm(request, party) if request.method == "POST" else parties.page(party)


@requires_room
def minutes_file(request: HttpRequest, actor: Business) -> HttpResponseBase:
    return parties.minutes_file(request, _party(request, actor))


urlpatterns = [
    path("thuong-luong/", room, name="room"),
    path("thuong-luong/bien-ban/", minutes, name="minutes"),
    path("thuong-luong/bien-ban/tep/", minutes_file, name="minutes-file"),
]
