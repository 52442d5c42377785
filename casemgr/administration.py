"""The administration site: accounts, rules, lists. No cases, and nothing that is changed without a record."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from agencies.actors import Member
from agencies.administration import administrator, led_provinces
from agencies.models import Agency
from casemgr.backoffice.middleware import SESSION_KEY
from events import clock
from events.recorded_admin import Guarded
from workflows.clocks import local_day
from workflows.services.calendar import unconfirmed

# As an administrator works through them; what is not named comes last.
_ORDER = ("agencies", "workflows", "bulletins", "complaints", "search", "documents", "events")


class AdministrationSite(AdminSite):
    site_header = _("Administration")
    site_title = _("Administration")
    index_title = _("Administration")
    site_url = "/backoffice/"
    empty_value_display = "—"
    # Its lists are wide; the trail above each page leads back.
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        # It deletes without a transaction, and hardly anything is deleted here.
        self.disable_action("delete_selected")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only what is recorded or read-only comes in. Third-party apps register what they like: a second door to
        passwords, second factors and groups stays shut."""
        if admin_class is not None and issubclass(admin_class, Guarded):
            super().register(model_or_iterable, admin_class, **options)

    def administrator(self, request: HttpRequest) -> Member | None:
        """Who administers, and for which agency; read once a request."""
        if not hasattr(request, "_administrator"):
            found = None
            if request.user.is_authenticated and request.user.is_active:
                found = administrator(request.user, request.memberships, request.session.get(SESSION_KEY))  # type: ignore[attr-defined]
            request._administrator = found  # type: ignore[attr-defined]
        return request._administrator  # type: ignore[attr-defined]

    def scope(self, request: HttpRequest) -> str:
        """The province whose streams the administrator writes to."""
        actor = self.administrator(request)
        province = actor.agency.provinces.order_by("code").first() if actor else None
        return province.pk if province else "all"

    def agency_names(self, codes: set[str]) -> dict[str, str]:
        return dict(Agency.objects.filter(code__in=codes).values_list("code", "name"))

    def has_permission(self, request: HttpRequest) -> bool:
        return self.administrator(request) is not None

    @method_decorator([login_not_required, never_cache])
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The site's one sign-in, with its second factor; whoever is signed in and comes here may not enter."""
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", reverse("admin:index")), reverse("account_login"))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_logout")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().each_context(request) | {"administrator": self.administrator(request)}

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """With the years whose official days off nobody has confirmed, in the provinces the administrator leads."""
        actor = self.administrator(request)
        led = list(led_provinces(actor)) if actor else []
        return super().index(
            request, {**(extra_context or {}), "unconfirmed_years": unconfirmed(led, local_day(clock.now()))}
        )

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        def place(app: dict[str, Any]) -> int:
            return _ORDER.index(app["app_label"]) if app["app_label"] in _ORDER else len(_ORDER)

        return sorted(super().get_app_list(request, app_label), key=place)
