"""A case to, or from, an agency that works with another installation: as a file."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Role
from casemgr.backoffice import presentation
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.forms import MoveForm, long_text
from casemgr.backoffice.referral_forms import SharedFields, SignatoryFields
from casemgr.public.fields import TypedText
from documents.pdf import RenderError
from events import clock
from workflows import policy
from workflows.errors import InvalidInput, MoveNotAllowed
from workflows.models import Case, PassingOn
from workflows.passing_on import BadPackage
from workflows.referral_sheet import Sheet
from workflows.routing import NoRoute
from workflows.selectors.casefile import find_case
from workflows.services.passing_on import (
    NAME_LIMIT,
    confirm_passing_on,
    fetch_package,
    installation,
    most_files,
    pass_on,
)
from workflows.services.receiving import import_referral, most_bytes
from workflows.states import MOVE

log = structlog.get_logger(__name__)
KEEP, END = "keep", "end"


class PassOnForm(MoveForm, SharedFields, SignatoryFields):
    to_name = TypedText(label=gettext_lazy("To which agency"), max_length=NAME_LIMIT,
                        help_text=gettext_lazy("Its full name and province, as it is printed on the sheet."))  # fmt: skip
    reason = long_text(gettext_lazy("Reason"), rows=3, help_text=gettext_lazy("It is printed on the sheet."))
    ends = forms.ChoiceField(
        label=gettext_lazy("What becomes of the case here"), widget=forms.RadioSelect, initial=KEEP,
        choices=[
            (KEEP, gettext_lazy("It stays open until they confirm that they have it")),
            (END, gettext_lazy("It ends here now, outside our competence")),
        ],
    )  # fmt: skip
    explanation = long_text(
        gettext_lazy("Answer to the sender"), rows=3, required=False,
        help_text=gettext_lazy("Needed when the case ends here: who has it now, and how to reach them."),
    )  # fmt: skip
    field_order = ("to_name", "reason", "shares_identity", "files", "chosen_files", "ends", "explanation")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="pass-on-%s", **kwargs)
        self.offer_files(self.case)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("ends") == END and not cleaned.get("explanation"):
            self.add_error("explanation", _("Please write something here."))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        files, sheet = self.chosen(), Sheet(signatory=self.signatory())
        given = super().arguments()
        return given | {"files": files, "sheet": sheet, "ends": given["ends"] == END}


class ConfirmationForm(forms.Form):
    confirmation = TypedText(
        label=gettext_lazy("Their confirmation"), max_length=NAME_LIMIT,
        help_text=gettext_lazy("Their case number, the number of their letter, or who told you and when."),
    )  # fmt: skip


class PassOnView(DeskView):
    """GET: what was passed on before, and the form. POST: prepares the file."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        case = find_case(number, self.actor)
        return self._page(request, case, PassOnForm(case=case, actor=self.actor))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        case = find_case(number, self.actor)
        form = PassOnForm(request.POST, case=case, actor=self.actor)
        if form.is_valid():
            try:
                pass_on(case_id=case.pk, by=self.actor, **form.arguments())
            except InvalidInput as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            except MoveNotAllowed as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The file is ready: fetch it below and hand it over."))
                return redirect("backoffice:pass-on", number=case.number)
        return self._page(request, case, form, HTTPStatus.BAD_REQUEST)

    def _page(self, request: HttpRequest, case: Case, form: PassOnForm, status: int = HTTPStatus.OK) -> HttpResponse:
        rows = PassingOn.objects.filter(case=case, agency=self.actor.agency).select_related("paper__number")
        context = {
            "case": case,
            "due": presentation.due(case, clock.now()),
            "rows": list(rows),
            "form": form if policy.may(self.actor, MOVE["refer"], case) else None,
            "why_not": policy.why_not(self.actor, MOVE["refer"], case),
            "confirmation": ConfirmationForm(),
            "may_note": policy.may_note(self.actor, case),
            "most_files": most_files(),
        }
        return render(request, "backoffice/referral/pass_on.html", context, status=status)


class PackageView(DeskView):
    def post(self, request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
        case = find_case(number, self.actor)
        try:
            file = fetch_package(case_id=case.pk, pk=pk, by=self.actor)
        except (RenderError, FileNotFoundError) as error:
            log.error("packing failed", case=case.pk, error=type(error).__name__)
            messages.error(request, _("The file could not be made. Please try again, or tell your administrator."))
            return redirect("backoffice:pass-on", number=case.number)
        name = f"{case.number}-{installation().replace(':', '-')}.zip"
        response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "no-store"
        return response


class ConfirmedView(DeskView):
    def post(self, request: HttpRequest, number: str, pk: int) -> HttpResponse:
        case = find_case(number, self.actor)
        form = ConfirmationForm(request.POST)
        if form.is_valid():
            confirm_passing_on(case_id=case.pk, pk=pk, by=self.actor, confirmation=form.cleaned_data["confirmation"])
            messages.success(request, _("Their confirmation is recorded."))
        else:
            messages.error(request, _("Write their case number, the number of their letter, or who told you."))
        return redirect("backoffice:pass-on", number=case.number)


class ImportForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("File of the transfer (ZIP)"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > most_bytes():
            raise forms.ValidationError(
                _("It is too large: at most %(limit)d MB.") % {"limit": most_bytes() // 1024**2}
            )
        return file


class ImportView(DeskView):
    """For intake officers and supervisors of the lead agency."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self._require()
        return self._page(request, ImportForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        self._require()
        form = ImportForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                receipt = import_referral(form.cleaned_data["file"].file, by=self.actor, agency=self.actor.agency)
            except (BadPackage, NoRoute) as error:
                said = (
                    str(error) if isinstance(error, BadPackage) else _("No routing rule fits; tell your administrator.")
                )
                form.add_error("file", said)
            else:
                told = _("This case was taken in before.") if receipt.repeated else _("The case is taken in.")
                messages.success(request, told)
                number = receipt.case_number
                seen = Case.objects.visible_to(self.actor).filter(number=number).exists()
                return redirect("backoffice:case", number=number) if seen else redirect("backoffice:queue")
        return self._page(request, form, HTTPStatus.BAD_REQUEST)

    def _require(self) -> None:
        if not (self.actor.agency.is_lead and self.actor.has(Role.INTAKE, Role.SUPERVISOR)):
            raise MoveNotAllowed(_("Intake officers of the lead agency take in files of other installations."))

    def _page(self, request: HttpRequest, form: ImportForm, status: int = HTTPStatus.OK) -> HttpResponse:
        context = {"form": form, "limit": most_bytes() // 1024**2}
        return render(request, "backoffice/referral/import.html", context, status=status)
