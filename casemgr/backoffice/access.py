"""Who may sit at the desk, and with which second factor."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views import View

from agencies.actors import Member
from agencies.models import Membership, User
from casemgr.backoffice import errors
from workflows.errors import WorkflowError

# What a request's memberships tell besides, so that it costs no query of its own.
SECOND_FACTOR = {"has_second_factor": Exists(Authenticator.objects.filter(user=OuterRef("person")))}


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether a role this person holds, in any agency, asks for a second factor that is not set up yet."""
    required = settings.MFA_REQUIRED_ROLES
    held: list[Any] = request.memberships if required else []  # type: ignore[attr-defined]
    return any(one.role in required and not one.has_second_factor for one in held)


def people_without_second_factor() -> QuerySet[User]:
    """Those whom `lacks_second_factor` keeps out."""
    if not settings.MFA_REQUIRED_ROLES:
        return User.objects.none()
    holders = Membership.objects.filter(role__in=settings.MFA_REQUIRED_ROLES, revoked_at=None)
    return User.objects.filter(memberships__in=holders).exclude(pk__in=Authenticator.objects.values("user"))


def is_handler_of_cases(actor: object) -> bool:
    return isinstance(actor, Member) and actor.handles_cases


def no_desk(request: HttpRequest, status: HTTPStatus = HTTPStatus.FORBIDDEN) -> HttpResponse:
    """For people who work here but handle no cases: what they may open instead."""
    return render(request, "backoffice/no_desk.html", status=status)


class DeskView(View):
    """A page of the handlers' desk. ``self.actor`` is the member; what `workflows` refuses becomes a page."""

    actor: Member

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = request.actor  # type: ignore[attr-defined]
        if not self.admits(actor):
            return self.refuse(request)
        self.actor = actor
        try:
            response = super().dispatch(request, *args, **kwargs)
        except WorkflowError as error:
            response = errors.answer(request, error)
        return private(response)

    def admits(self, actor: object) -> bool:
        return is_handler_of_cases(actor)

    def refuse(self, request: HttpRequest) -> HttpResponse:
        return no_desk(request)


def requires_desk(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """`DeskView` for a function: ``view(request, actor, …)``."""

    @wraps(view)
    def at_desk(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = request.actor  # type: ignore[attr-defined]
        if not is_handler_of_cases(actor):
            return no_desk(request)
        try:
            return private(view(request, actor, *args, **kwargs))
        except WorkflowError as error:
            return private(errors.answer(request, error))

    return at_desk


def private(response: HttpResponseBase) -> HttpResponseBase:
    """No shared cache keeps a case; going back asks again."""
    if "Cache-Control" not in response:
        response["Cache-Control"] = "private, no-cache"
    return response
