"""“My notifications”: through what one is told, what the agency makes compulsory, which cases are followed or muted."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from agencies.actors import Member
from agencies.models import Role
from casemgr.backoffice.access import private
from events.services.sending import is_unconfirmed
from notifications.groups import GROUPS, SUMMARY, Group
from notifications.models import Way
from notifications.selectors import followed_cases, muted_cases, own_devices
from notifications.services.preferences import choose_ways, confirm_own_address, make_compulsory
from notifications.ways import chosen_by, compulsory_in

MORNING = Group(
    SUMMARY, gettext_lazy("The morning's summary"),
    gettext_lazy("At 7:30 by e-mail: how much is due today, overdue or newly offered. Nothing to say, no mail."),
)  # fmt: skip
_SUMMARY_WAYS = [(Way.DIGEST, gettext_lazy("by e-mail")), (Way.OFF, Way.OFF.label)]


class WaysForm(forms.Form):
    """One choice per group. ``compulsory``: with the choice of nothing in particular."""

    use_required_attribute = False

    def __init__(
        self, *args: Any, compulsory: bool = False, least: dict[str, Way] | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        for group in (*GROUPS, MORNING):
            ways: list[Any] = list(_SUMMARY_WAYS if group is MORNING else reversed(Way.choices))
            if compulsory:
                ways = [("", gettext_lazy("as each chooses")), *(w for w in ways if w[0] not in (Way.OFF, Way.PUSH))]
            hint = _hint(group, (least or {}).get(group.code))
            self.fields[group.code] = forms.ChoiceField(
                label=group.label, choices=ways, required=not compulsory, help_text=hint
            )


def _hint(group: Group, least: Way | None) -> str:
    """What it is about; and what the agency asks for, whatever is chosen here."""
    if least is None:
        return str(group.description)
    told = str(dict(_SUMMARY_WAYS)[least] if group is MORNING else least.label)
    return f"{group.description} {_('Compulsory in your agency: %(way)s.') % {'way': told}}"


class MemberView(View):
    """Whoever belongs to an agency, whatever their role."""

    actor: Member

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        actor = request.actor  # type: ignore[attr-defined]
        if not isinstance(actor, Member):
            raise PermissionDenied
        self.actor = actor
        return private(super().dispatch(request, *args, **kwargs))

    def page(self, own: WaysForm | None = None, agency: WaysForm | None = None) -> HttpResponse:
        """A form that was sent with a mistake stands in place of what is kept."""
        actor, least = self.actor, compulsory_in([m.agency for m in self.request.memberships if m.agency])  # type: ignore[attr-defined]
        supervises = actor.has(Role.SUPERVISOR)
        if supervises and agency is None:
            agency = WaysForm(prefix="agency", compulsory=True, initial=compulsory_in([actor.agency]))
        context = {
            "own_form": own or WaysForm(initial=chosen_by(actor.person), least=least),
            "agency_form": agency if supervises else None,
            "is_doubted": is_unconfirmed(actor.person.email),
            "device_count": own_devices(actor.person).count(),
            "follows": followed_cases(actor.person)[:100],
            "mutes": muted_cases(actor.person)[:100],
        }
        wrong = any(form is not None and form.errors for form in (own, agency))
        status = HTTPStatus.BAD_REQUEST if wrong else HTTPStatus.OK
        return render(self.request, "backoffice/notice_settings.html", context, status=status)


class NoticeSettingsView(MemberView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest) -> HttpResponse:
        form = WaysForm(request.POST)
        if not form.is_valid():
            return self.page(own=form)
        choose_ways(by=self.actor, chosen=form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("backoffice:notice-settings")


class CompulsoryView(MemberView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("backoffice:notice-settings")

    def post(self, request: HttpRequest) -> HttpResponse:
        if not self.actor.has(Role.SUPERVISOR):
            raise PermissionDenied
        form = WaysForm(request.POST, prefix="agency", compulsory=True)
        if not form.is_valid():
            return self.page(agency=form)
        make_compulsory(by=self.actor, chosen=form.cleaned_data)
        messages.success(request, _("Saved. It holds for everybody of %(agency)s.") % {"agency": self.actor.agency})
        return redirect("backoffice:notice-settings")


class AddressView(MemberView):
    """The person's own address is right, although messages came back."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("backoffice:notice-settings")

    def post(self, request: HttpRequest) -> HttpResponse:
        confirm_own_address(by=self.actor)
        messages.success(request, _("We write to this address again."))
        return redirect("backoffice:notice-settings")
