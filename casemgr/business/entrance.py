"""Coming in by a link: its secret, by POST only, then the one-time code."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from casemgr.business import access
from casemgr.business.forms import DigitsForm, SecretForm
from casemgr.public import cost
from complaints.models import RespondentContact
from complaints.policy import mask_email, mask_phone
from events import clock
from workflows.link_codes import find_link
from workflows.models import RespondentLink
from workflows.services.second_factor import issue_code, standing_code, try_code

NO_LINK = gettext_lazy("This link does not hold. Please compare the code, or ask the agency for a new link.")
TOO_SOON = gettext_lazy(
    "Many wrong codes are being tried right now, so every try has to wait a little. Please count to ten, then press the button again."
)
WRONG_DIGITS = gettext_lazy(
    "These are not the digits of the last message, or they are older than ten minutes, or five tries were wrong. Try again, or ask for a new code."
)


def payment_of(request: HttpRequest) -> cost.Payment:
    return cost.Payment(request.POST.get("altcha", ""), request.POST.get("ticket", ""))


def price() -> dict[str, Any]:
    demanded = cost.is_demanded()
    return {"has_price": demanded, "ticket": cost.new_token() if demanded else ""}


@method_decorator([login_not_required, never_cache], name="dispatch")
class Entrance(View):
    """The secret is typed, or comes from behind the ``#`` of the link by a script: no log ever holds it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._ask(SecretForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SecretForm(request.POST)
        if not form.is_valid():
            return self._ask(form)
        if cost.is_demanded() and not payment_of(request).is_enough():
            form.add_error(None, str(TOO_SOON))
            return self._ask(form)
        link = find_link(form.cleaned_data["code"])
        if link is None or not link.holds_at(clock.now()):
            cost.count_failure()
            form.add_error("code", str(NO_LINK))
            return self._ask(form)
        if standing_code(contact_id=link.code_contact_id, link_id=link.pk) is None:
            issue_code(contact_id=link.code_contact_id, link_id=link.pk)
        response = redirect("business:second-factor")
        access.wait_for_code(response, link=link.pk)
        return response

    def _ask(self, form: SecretForm) -> HttpResponse:
        status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
        return render(self.request, "business/entrance.html", {"form": form, **price()}, status=status)


def _waiting_link(request: HttpRequest) -> RespondentLink | None:
    link_id = access.waiting(request).get("link")
    link = RespondentLink.objects.select_related("code_contact").filter(pk=link_id).first() if link_id else None
    return link if link and link.holds_at(clock.now()) else None


def masked(contact: RespondentContact) -> str:
    is_mail = contact.channel == RespondentContact.Channel.EMAIL
    return mask_email(contact.value) if is_mail else mask_phone(contact.value)


@method_decorator([login_not_required, never_cache], name="dispatch")
class SecondFactor(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        link = _waiting_link(request)
        return self._ask(link, DigitsForm()) if link else access.refusal(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        link = _waiting_link(request)
        if link is None:
            return access.refusal(request)
        form = DigitsForm(request.POST)
        if form.is_valid():
            if try_code(contact_id=link.code_contact_id, link_id=link.pk, typed=form.cleaned_data["digits"]):
                response = redirect(access.LANDING.get(link.purpose, "business:complaint"))
                access.open_session(response, link)
                return response
            form.add_error("digits", str(WRONG_DIGITS))
        link.refresh_from_db()
        return self._ask(link, form) if link.holds_at(clock.now()) else access.refusal(request)

    def _ask(self, link: RespondentLink, form: DigitsForm) -> HttpResponse:
        context = {"form": form, "sent_to": masked(link.code_contact)}
        status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
        return render(self.request, "business/second_factor.html", context, status=status)


@login_not_required
@never_cache
@require_POST
def new_code(request: HttpRequest) -> HttpResponse:
    link = _waiting_link(request)
    if link is None:
        return access.refusal(request)
    if issue_code(contact_id=link.code_contact_id, link_id=link.pk):
        messages.success(request, _("A new code is on its way. The earlier ones no longer count."))
    else:
        messages.error(request, _("No more codes can be sent within this hour. Please try again later."))
    return redirect("business:second-factor")


@login_not_required
@never_cache
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    response = redirect("business:entrance")
    access.close(request, response)
    return response
