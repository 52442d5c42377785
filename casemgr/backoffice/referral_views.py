"""Beside the moves of a transfer: the call, the paper issued later, the receipt."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from casemgr.backoffice.access import DeskView
from casemgr.backoffice.cases import back_to, case_page
from casemgr.backoffice.referral_forms import CallForm, SheetForm
from casemgr.backoffice.referral_panel import panel
from workflows.errors import InvalidInput
from workflows.models import Case, Referral
from workflows.selectors.casefile import find_case
from workflows.selectors.receipts import find_receipt
from workflows.services.referral import issue_sheet_later, record_call


class OfferView(DeskView):
    """Something recorded about the open offer. What cannot be kept is shown again on the case page."""

    name: str

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return back_to(number, self.name)

    def again(self, request: HttpRequest, case: Case, **form: Any) -> HttpResponse:
        offer = case.referrals.filter(state=Referral.State.OFFERED).select_related("sender", "target", "paper").first()
        shown = panel(case, self.actor, offer, **form)
        return case_page(request, case, self.actor, status=HTTPStatus.BAD_REQUEST, referral=shown, opened=self.name)


class CallView(OfferView):
    name = "call"

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        case = find_case(number, self.actor)
        form = CallForm(request.POST)
        if form.is_valid() and (call := form.call()):
            try:
                record_call(case_id=case.pk, by=self.actor, call=call)
            except InvalidInput as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                messages.success(request, _("The call is recorded."))
                return redirect("backoffice:case", number=case.number)
        return self.again(request, case, call_form=form)


class SheetView(OfferView):
    name = "sheet"

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        case = find_case(number, self.actor)
        form = SheetForm(request.POST)
        if form.is_valid():
            try:
                issue_sheet_later(case_id=case.pk, by=self.actor, sheet=form.paper())
            except InvalidInput as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                messages.success(request, _("The sheet is issued."))
                return redirect("backoffice:case", number=case.number)
        return self.again(request, case, sheet_form=form)


class ReceiptView(DeskView):
    """What is kept of a case that another agency took."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return render(request, "backoffice/referral/receipt.html", {"receipt": find_receipt(pk, self.actor)})
