"""The register of businesses: finding, entering, changing, merging, verifying."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from casemgr.backoffice.access import DeskView
from casemgr.backoffice.respondent_forms import ContactForm, DocumentForm, RegisterForm, RegisterSearchForm
from casemgr.backoffice.respondent_pages import contact_rows, facts_of, may_see_person
from complaints.identifiers import normalise
from complaints.models import Indicator, IndicatorKind, Respondent, RespondentMerge
from complaints.policy import mask_phone
from workflows.errors import InvalidInput
from workflows.models import Case
from workflows.selectors.casefile import find_case
from workflows.selectors.respondents import (
    LISTED,
    cases_of,
    find_respondent,
    lookalikes,
    record_of,
    search_register,
)
from workflows.services import merging, naming, register


class RegisterView(DeskView):
    def get(self, request: HttpRequest) -> HttpResponse:
        form = RegisterSearchForm(request.GET)
        asked = form.cleaned_data["q"] if form.is_valid() else ""
        found = list(search_register(self.actor, asked)[: LISTED + 1])
        context = {"form": form, "asked": asked, "found": found[:LISTED], "more": len(found) > LISTED, "limit": LISTED}
        return render(request, "backoffice/respondent/register.html", context)


class EnterView(DeskView):
    """A new entry; ``?case=NUMBER`` fills in what the complaint says and names the new one on that case."""

    def get(self, request: HttpRequest) -> HttpResponse:
        number = request.GET.get("case", "")
        return self._ask(request, RegisterForm(initial=self._said(number) if number else {}), number)

    def post(self, request: HttpRequest) -> HttpResponse:
        form, number = RegisterForm(request.POST), request.POST.get("case", "")
        if form.is_valid():
            try:
                return self._enter(request, form, number)
            except InvalidInput as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
        return self._ask(request, form, number, HTTPStatus.BAD_REQUEST)

    @transaction.atomic
    def _enter(self, request: HttpRequest, form: RegisterForm, number: str) -> HttpResponse:
        case = find_case(number, self.actor) if number else None
        province = case.province if case else self.actor.agency.provinces.first()
        if province is None:
            raise InvalidInput("name", _("Your agency works in no province yet. Ask your administrator."))
        entered = register.enter_respondent(by=self.actor, province=province, entry=form.entry())
        _warn_of_numbers(request, entered)
        messages.success(request, _("The business is entered."))
        if case is None:
            return redirect("backoffice:business", pk=entered.pk)
        naming.name_respondent(case_id=case.pk, by=self.actor, respondent_id=entered.pk)
        return redirect("backoffice:case-business", number=case.number)

    def _said(self, number: str) -> dict[str, Any]:
        case = find_case(number, self.actor)
        told = list(Indicator.objects.filter(complaint=case.complaint_id, from_text=False))
        lines = {
            name: "\n".join(row.raw for row in told if row.kind in kinds)
            for name, kinds in (("shops", ("shop",)), ("websites", ("url", "domain")), ("phones", ("phone",)))
        }
        tax_code = next((row.raw for row in told if row.kind == "tax_code"), "")
        complaint = case.complaint
        return {"name": complaint.seller_name, "address": complaint.seller_address, "tax_code": tax_code, **lines}

    def _ask(
        self, request: HttpRequest, form: RegisterForm, number: str, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        context = {"form": form, "number": number, "title": _("Enter a business")}
        return render(request, "backoffice/respondent/edit.html", context, status=status)


def _warn_of_numbers(request: HttpRequest, respondent: Respondent) -> None:
    """A wrong check digit, or a telephone number that cannot be one, is a warning, never a refusal."""
    if respondent.tax_code and (warnings := normalise("tax_code", respondent.tax_code).warnings):
        messages.warning(request, str(warnings[0]))
    for row in respondent.identifiers.filter(kind=IndicatorKind.PHONE):
        found = normalise("phone", row.raw)
        if found.warnings and not found.value.startswith("+"):
            messages.warning(request, f"{mask_phone(row.raw)}: {found.warnings[0]}")


def business_page(
    request: HttpRequest, respondent: Respondent, actor: Any, status: HTTPStatus = HTTPStatus.OK, **more: Any
) -> HttpResponse:
    cases = list(cases_of(respondent, actor)[: LISTED + 1])
    shows_person = may_see_person(respondent, cases)
    is_current = respondent.merged_into_id is None
    from_case = _from_case(request, actor)
    context = {
        "from_case": from_case,
        "from_query": f"?case={from_case}" if from_case else "",
        "respondent": respondent,
        "facts": facts_of(respondent, shows_person=shows_person),
        "contacts": contact_rows(respondent, shows_person=shows_person),
        "cases": cases[:LISTED],
        "more_cases": len(cases) > LISTED,
        "record": record_of(respondent.pk),
        "lookalikes": lookalikes(respondent, actor) if is_current else [],
        "merges": list(
            RespondentMerge.objects.filter(kept=respondent).select_related("merged", "merged_by", "undone_by")
        ),
        "contact_form": ContactForm(auto_id="contact-%s"),
        "document_form": DocumentForm(auto_id="document-%s"),
        "is_current": is_current,
        **more,
    }
    return render(request, "backoffice/respondent/business.html", context, status=status)


def _from_case(request: HttpRequest, actor: Any) -> str:
    """The number of the case the reader came from, if it is one they may see."""
    asked = request.GET.get("case", "")
    return asked if asked and Case.objects.visible_to(actor).filter(number=asked).exists() else ""


def _to_business(request: HttpRequest, pk: int) -> HttpResponse:
    """Its page, with the case the reader came from: the page looks whether that is one of theirs."""
    query = urlencode({"case": asked}) if (asked := request.GET.get("case", "")) else ""
    return redirect(reverse("backoffice:business", args=[pk]) + (query and f"?{query}"))


class BusinessView(DeskView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return business_page(request, find_respondent(pk, self.actor), self.actor)


class EditView(DeskView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        respondent = find_respondent(pk, self.actor)
        return self._ask(request, respondent, RegisterForm.of(respondent))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        respondent, form = find_respondent(pk, self.actor), RegisterForm(request.POST)
        if form.is_valid():
            try:
                changed = register.change_respondent(
                    respondent_id=pk, by=self.actor, version=form.cleaned_data["version"] or 0, entry=form.entry()
                )
            except InvalidInput as error:
                form.add_error(
                    error.field if error.field in form.fields and error.field != "version" else None, str(error)
                )
            else:
                _warn_of_numbers(request, changed)
                messages.success(request, _("The entry is changed."))
                return redirect("backoffice:business", pk=pk)
        return self._ask(request, respondent, form, HTTPStatus.BAD_REQUEST)

    def _ask(
        self, request: HttpRequest, respondent: Respondent, form: RegisterForm, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        if not may_see_person(respondent, list(cases_of(respondent, self.actor)[:1])):
            messages.error(
                request, _("This is an individual seller: only who handles a case about them changes the entry.")
            )
            return redirect("backoffice:business", pk=respondent.pk)
        context = {"form": form, "respondent": respondent, "title": _("Change the entry")}
        return render(request, "backoffice/respondent/edit.html", context, status=status)


class ContactView(DeskView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return redirect("backoffice:business", pk=pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        respondent, form = find_respondent(pk, self.actor), ContactForm(request.POST, auto_id="contact-%s")
        if form.is_valid():
            try:
                register.add_contact(respondent_id=pk, by=self.actor, **form.cleaned_data)
            except InvalidInput as error:
                form.add_error(error.field, str(error))
            else:
                messages.success(request, _("The address is entered."))
                return _to_business(request, pk)
        return business_page(request, respondent, self.actor, HTTPStatus.BAD_REQUEST, contact_form=form)


class VerifyContactView(DeskView):
    def get(self, request: HttpRequest, pk: int, contact: int) -> HttpResponse:
        return redirect("backoffice:business", pk=pk)

    def post(self, request: HttpRequest, pk: int, contact: int) -> HttpResponse:
        find_respondent(pk, self.actor)
        register.verify_contact(contact_id=contact, by=self.actor)
        messages.success(request, _("The address counts as verified from now on."))
        return _to_business(request, pk)


class AccountView(DeskView):
    """Opening the account, suspending it, opening it again: ``deed``."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return redirect("backoffice:business", pk=pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        respondent, deed = find_respondent(pk, self.actor), request.POST.get("deed", "")
        if deed in ("suspend", "resume"):
            register.suspend_account(respondent_id=pk, by=self.actor, resume=deed == "resume")
            messages.success(
                request, _("The account is open again.") if deed == "resume" else _("The account is suspended.")
            )
            return redirect("backoffice:business", pk=pk)
        form = DocumentForm(request.POST, auto_id="document-%s")
        if form.is_valid():
            try:
                register.open_account(respondent_id=pk, by=self.actor, **form.cleaned_data)
            except InvalidInput as error:
                form.add_error(error.field, str(error))
            else:
                messages.success(request, _("The account is open: the business signs in with its verified address."))
                return redirect("backoffice:business", pk=pk)
        return business_page(request, respondent, self.actor, HTTPStatus.BAD_REQUEST, document_form=form)


class MergeView(DeskView):
    """What would move, side by side, before it does."""

    def get(self, request: HttpRequest, pk: int, other: int) -> HttpResponse:
        kept, merged = find_respondent(pk, self.actor), find_respondent(other, self.actor)
        return self._preview(request, kept, merged)

    def post(self, request: HttpRequest, pk: int, other: int) -> HttpResponse:
        kept, merged = find_respondent(pk, self.actor), find_respondent(other, self.actor)
        try:
            merging.merge_respondents(kept_id=pk, merged_id=other, by=self.actor)
        except InvalidInput as error:
            return self._preview(request, kept, merged, problem=str(error))
        messages.success(request, _("Merged. It can be undone on this page."))
        return redirect("backoffice:business", pk=pk)

    def _preview(self, request: HttpRequest, kept: Respondent, merged: Respondent, problem: str = "") -> HttpResponse:
        sides = [
            {
                "respondent": side,
                "facts": facts_of(side, shows_person=may_see_person(side, list(cases_of(side, self.actor)[:1]))),
            }
            for side in (kept, merged)
        ]
        moved = {name: len(ids) for name, ids in merging.movable(kept, merged).items()}
        context = {"kept": kept, "merged": merged, "sides": sides, "moved": moved, "problem": problem}
        status = HTTPStatus.CONFLICT if problem else HTTPStatus.OK
        return render(request, "backoffice/respondent/merge.html", context, status=status)


class UndoMergeView(DeskView):
    def get(self, request: HttpRequest, merge: int) -> HttpResponse:
        return redirect("backoffice:businesses")

    def post(self, request: HttpRequest, merge: int) -> HttpResponse:
        try:
            undone = merging.undo_merge(merge_id=merge, by=self.actor)
        except InvalidInput as error:
            messages.error(request, str(error))
            return redirect("backoffice:businesses")
        messages.success(request, _("The merge is undone: both entries are as they were."))
        return redirect("backoffice:business", pk=undone.kept_id)
