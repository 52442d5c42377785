"""The page on which an officer opens a case for what he found, on a phone in the field as at the desk."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from casemgr.backoffice import desk_files
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.own_initiative import OwnInitiativeForm, open_case
from complaints import codes
from complaints.models import Draft
from complaints.services.recording import UploadGone
from events import clock
from workflows import policy_cooperation as policy
from workflows.errors import InvalidInput, KeyReused, MoveNotAllowed


class OwnInitiativeView(DeskView):
    def get(self, request: HttpRequest) -> HttpResponse:
        self._require()
        now = localtime(clock.now())
        initial = {
            "key": codes.new_idempotency_key(), "seen_on": now.date(), "seen_time": now.time().replace(second=0, microsecond=0),
        }  # fmt: skip
        return self._ask(request, OwnInitiativeForm(initial=initial))

    def post(self, request: HttpRequest) -> HttpResponseBase:
        self._require()
        form = OwnInitiativeForm(request.POST)
        draft = desk_files.draft_of(request.POST.get("key", ""), self.actor)
        removed = desk_files.removal(request, draft)
        if isinstance(removed, HttpResponseBase):
            return removed
        refused = [] if removed else desk_files.take(request, draft)
        if removed:
            return self._ask(request, OwnInitiativeForm(initial=request.POST.dict()), draft)
        if refused or not form.is_valid():
            return self._ask(request, form, draft, file_errors=refused, status=HTTPStatus.BAD_REQUEST)
        return self._open(request, form, draft)

    def _open(self, request: HttpRequest, form: OwnInitiativeForm, draft: Draft) -> HttpResponse:
        try:
            case = open_case(form, draft, self.actor)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        except KeyReused as error:
            form.add_error(None, str(error))
        except UploadGone:
            form.add_error(None, _("A file is no longer there. Check the files below, then send again."))
        else:
            messages.success(request, _("The case is opened. It is your agency's now."))
            return redirect("backoffice:case", number=case.number)
        return self._ask(request, form, draft, status=HTTPStatus.CONFLICT)

    def _require(self) -> None:
        if not policy.may_open_own_initiative(self.actor):
            raise MoveNotAllowed(_("Handlers and supervisors of agencies that handle cases open cases of their own."))

    def _ask(
        self, request: HttpRequest, form: OwnInitiativeForm, draft: Draft | None = None, *, status: int = HTTPStatus.OK,
        **more: Any,
    ) -> HttpResponse:  # fmt: skip
        url = reverse("backoffice:own-initiative")
        context = {"form": form, "upload": desk_files.context(str(form["key"].value() or ""), url, draft), **more}
        response = render(request, "backoffice/cooperation/own_initiative.html", context, status=status)
        response["Cache-Control"] = "no-store"
        return response
