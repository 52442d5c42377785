"""The account of a business that an officer verified: in by a one-time code, all that was shared with it, its record."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from casemgr.business import access
from casemgr.business.entrance import TOO_SOON, WRONG_DIGITS, payment_of, price
from casemgr.business.forms import DigitsForm, EmailForm
from casemgr.public import cost
from complaints.models import RespondentContact
from events import clock
from workflows.models import Purpose, RespondentLink
from workflows.selectors.respondents import record_of, shared_with
from workflows.services.second_factor import issue_code, standing_code, try_code


def _contact(email: str) -> RespondentContact | None:
    """The verified address of a business with an open account. Two entries with one address: the newest."""
    mail = RespondentContact.Channel.EMAIL
    found = RespondentContact.objects.filter(channel=mail, value=email.strip().lower()).exclude(verified_at=None)
    contacts = found.select_related("respondent").order_by("-pk")
    return next((contact for contact in contacts if contact.respondent.may_sign_in), None)


@method_decorator([login_not_required, never_cache], name="dispatch")
class SignIn(View):
    """Known or not, an address gets the same answer: nobody learns here who has an account."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if access.account_of(request):
            return redirect("business:account")
        return self._ask(EmailForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = EmailForm(request.POST)
        if form.is_valid() and cost.is_demanded() and not payment_of(request).is_enough():
            form.add_error(None, str(TOO_SOON))
        if not form.is_valid():
            return self._ask(form)
        contact = _contact(form.cleaned_data["email"])
        if contact and standing_code(contact_id=contact.pk) is None:
            # One that stands is not replaced: whoever knows the address could else end another's code.
            issue_code(contact_id=contact.pk)
        if contact is None:
            cost.count_failure()
        response = redirect("business:account-code")
        access.wait_for_code(response, contact=contact.pk if contact else 0)
        return response

    def _ask(self, form: EmailForm) -> HttpResponse:
        status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
        return render(self.request, "business/sign_in.html", {"form": form, **price()}, status=status)


@method_decorator([login_not_required, never_cache], name="dispatch")
class AccountCode(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        if "contact" not in access.waiting(request):
            return redirect("business:sign-in")
        return self._ask(DigitsForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        waiting = access.waiting(request)
        if "contact" not in waiting:
            return redirect("business:sign-in")
        form = DigitsForm(request.POST)
        if not form.is_valid():
            return self._ask(form)
        contact = RespondentContact.objects.select_related("respondent").filter(pk=waiting["contact"]).first()
        is_open = contact is not None and contact.verified_at is not None and contact.respondent.may_sign_in
        if contact and is_open and try_code(contact_id=contact.pk, typed=form.cleaned_data["digits"]):
            response = redirect("business:account")
            access.open_account(response, contact)
            return response
        cost.count_failure()
        form.add_error("digits", str(WRONG_DIGITS))
        return self._ask(form)

    def _ask(self, form: DigitsForm) -> HttpResponse:
        status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
        return render(self.request, "business/account_code.html", {"form": form}, status=status)


@access.requires_account
def account(request: HttpRequest, contact: RespondentContact) -> HttpResponse:
    context = {
        "account": contact,
        "record": record_of(contact.respondent_id),
        "complaints": shared_with(contact.respondent_id),
    }
    return render(request, "business/account.html", context)


@access.requires_account
@require_POST
def open_complaint(request: HttpRequest, contact: RespondentContact, link_id: int) -> HttpResponse:
    """One complaint that was sent to this business, as its link shows it."""
    mine = RespondentLink.objects.filter(respondent=contact.respondent_id, purpose=Purpose.ANSWER)
    link = mine.filter(pk=link_id).first()
    if link is None:
        return access.refusal(request)
    if not link.holds_at(clock.now()):
        messages.error(request, _("This link has ended. Ask the agency for a new one."))
        return redirect("business:account")
    response = redirect(reverse("business:complaint"))
    access.open_account(response, contact, link)
    return response
