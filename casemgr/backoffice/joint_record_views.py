"""Ending a joint action with its record: a form, a draft to look at, the numbered paper."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from casemgr.backoffice import evidence
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.joint_action_forms import PartySet, RecordForm, SeizedSet, content, more_rows
from documents.pdf import RenderError
from events import clock
from workflows import policy_cooperation as policy
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed
from workflows.models import JointAction, JointTask
from workflows.selectors.cooperation import find_joint_action
from workflows.services.joint_action import TEMPLATE, end_joint_action
from workflows.services.papers import preview_paper


class RecordView(DeskView):
    """GET asks; POST with ``draft`` shows the PDF without a number, with ``more`` gives more rows, else ends the action."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        action = self._action(pk)
        started, now = localtime(action.started_at), localtime(clock.now())
        initial = {
            "began_on": started.date(), "began_at": started.time(), "ended_on": now.date(), "ended_at": now.time(),
            "place": " ".join(action.places.split())[:300],
        }  # fmt: skip
        parties = [{"agency": action.case.owner.name}, *({"agency": name} for name in _came(action))]
        return self._ask(
            request,
            action,
            RecordForm(initial=initial),
            PartySet(initial=parties, prefix="party"),
            SeizedSet(prefix="seized"),
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        action = self._action(pk)
        form, parties = RecordForm(request.POST), PartySet(request.POST, prefix="party")
        seized = SeizedSet(
            more_rows(request.POST, "seized") if "more" in request.POST else request.POST, prefix="seized"
        )
        if "more" in request.POST or not (form.is_valid() and parties.is_valid() and seized.is_valid()):
            status = HTTPStatus.OK if "more" in request.POST else HTTPStatus.BAD_REQUEST
            return self._ask(request, action, form, parties, seized, status)
        said = content(form, parties, seized, action.goods)
        if "draft" in request.POST:
            return self._draft(said)
        try:
            end_joint_action(action_id=action.pk, by=self.actor, content=said)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self._ask(request, action, form, parties, seized, HTTPStatus.BAD_REQUEST)
        messages.success(request, _("The joint action has ended. Its record is being laid out."))
        return redirect("backoffice:joint-action", pk=action.pk)

    def _action(self, pk: int) -> JointAction:
        action = find_joint_action(pk, self.actor)
        if not policy.may_lead(self.actor, action):
            raise MoveNotAllowed(_("Only the case's handler or a supervisor ends a running joint action."))
        return action

    def _draft(self, said: dict[str, Any]) -> HttpResponse:
        try:
            pdf = preview_paper(template=TEMPLATE, content=said, agency=self.actor.agency, document_type="BB")
        except RenderError as error:
            raise InvalidInput("found", _("The record could not be laid out. Shorten the longest text.")) from error
        response = HttpResponse(pdf, content_type="application/pdf")
        response["Content-Disposition"] = 'attachment; filename="du-thao-bien-ban.pdf"'
        response["Cache-Control"] = "no-store"
        return response

    def _ask(
        self, request: HttpRequest, action: JointAction, form: RecordForm, parties: Any, seized: Any,
        status: int = HTTPStatus.OK,
    ) -> HttpResponse:  # fmt: skip
        context = {"action": action, "form": form, "parties": parties, "seized": seized}
        return render(request, "backoffice/cooperation/joint_record.html", context, status=status)


def _came(action: JointAction) -> list[str]:
    tasks = (task for task in action.tasks.all() if task.state != JointTask.State.DECLINED)
    return [task.agency.name for task in tasks if task.agency_id != action.case.owner_id]


class RecordPdfView(DeskView):
    """The record, for everybody on the board; the relay lays it out a moment after it was issued."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        action = find_joint_action(pk, self.actor)
        paper = action.record
        if paper is None:
            raise CaseNotFound(_("There is no such joint action, or it is not yours to see."))
        if not paper.is_laid_out:
            messages.info(request, _("The record is being laid out. Please try again in a minute."))
            return redirect("backoffice:joint-action", pk=pk)
        name = paper.symbol.replace("/", "-")
        stored = FileResponse(
            paper.pdf.open("rb"), as_attachment=True, filename=f"{name}.pdf", content_type="application/pdf"
        )
        return evidence.sealed(stored)
