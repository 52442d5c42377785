"""Puts on each request who acts, and for which agency; keeps the desk shut until a required second factor is set up."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from agencies.actors import acting_as, memberships_of
from agencies.models import Membership
from casemgr.backoffice.access import SECOND_FACTOR, lacks_second_factor

SESSION_KEY = "acting_agency"
GUARDED = frozenset({"backoffice", "admin"})


class ActorMiddleware:
    """``request.actor`` (Member, Overseer or None) and ``request.memberships``, read when first asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.memberships = SimpleLazyObject(lambda: _memberships(request))  # type: ignore[attr-defined]
        request.actor = SimpleLazyObject(  # type: ignore[attr-defined]
            lambda: acting_as(request.user, request.memberships, request.session.get(SESSION_KEY))  # type: ignore
        )
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Every page of the back office and the administration site, whoever wrote its view."""
        guarded = request.resolver_match is not None and request.resolver_match.app_name in GUARDED
        if guarded and request.user.is_authenticated and lacks_second_factor(request):
            messages.warning(request, _("Your role needs two-step sign-in. Please set it up to go on."))
            return redirect("mfa_activate_totp")
        return None


def _memberships(request: HttpRequest) -> list[Membership]:
    return memberships_of(request.user, **SECOND_FACTOR) if request.user.is_authenticated else []
