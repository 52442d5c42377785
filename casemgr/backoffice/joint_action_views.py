"""Joint actions: starting one, and its board, which every agency with a task reads and writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.actors import Member
from casemgr.backoffice import cooperation_presentation as presentation
from casemgr.backoffice import desk_files
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.joint_action_forms import (
    CallOffForm,
    DeclineForm,
    DoneForm,
    PostForm,
    StartForm,
    TakeForm,
    more_rows,
    task_rows,
    tasks,
)
from casemgr.backoffice.joint_record_views import RecordPdfView, RecordView
from complaints import codes
from complaints.services.recording import UploadGone
from workflows import policy_cooperation as policy
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed
from workflows.models import Case, JointAction, JointTask
from workflows.selectors.casefile import find_case
from workflows.selectors.cooperation import find_joint_action
from workflows.services import joint_action as services

__all__ = ["BoardFileView", "BoardPartView", "BoardView", "DeedView", "RecordPdfView", "RecordView", "StartView"]


class StartView(DeskView):
    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        case = self._case(number)
        form = StartForm(initial={"key": codes.new_idempotency_key(), "places": case.complaint.seller_address})
        return self._ask(request, case, form, task_rows(case)[0])

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        case = self._case(number)
        form = StartForm(request.POST)
        if "more" in request.POST:
            return self._ask(request, case, form, task_rows(case, more_rows(request.POST, "task"))[0])
        rows, agencies = task_rows(case, request.POST)
        if form.is_valid() and rows.is_valid():
            try:
                action = services.start_joint_action(
                    case_id=case.pk, by=self.actor, tasks=tasks(rows, agencies), **form.cleaned_data
                )
            except InvalidInput as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                messages.success(request, _("The joint action is started. Every agency with a task is told."))
                return redirect("backoffice:joint-action", pk=action.pk)
        return self._ask(request, case, form, rows, HTTPStatus.BAD_REQUEST)

    def _case(self, number: str) -> Case:
        case = find_case(number, self.actor)
        if not policy.may_ask(self.actor, case):
            raise MoveNotAllowed(
                _("Only the case's handler or a supervisor starts a joint action, while the case is open.")
            )
        return case

    def _ask(
        self, request: HttpRequest, case: Case, form: StartForm, rows: Any, status: int = HTTPStatus.OK
    ) -> HttpResponse:
        context = {"case": case, "form": form, "rows": rows}
        return render(request, "backoffice/cooperation/start_joint_action.html", context, status=status)


@dataclass(frozen=True)
class Deed:
    """``service(action_id=, by=, **form)``; ``files``: whether files may come along."""

    title: Any
    icon: str
    form: type[forms.Form]
    service: Callable[..., Any]
    done: Any
    files: bool = False
    danger: bool = False
    consequence: Any = ""


DEEDS = {
    "take": Deed(
        gettext_lazy("Take your task"), "check-lg", TakeForm, services.take_task, gettext_lazy("Your agency has taken its task.")
    ),
    "done": Deed(
        gettext_lazy("Report your task as done"), "check-circle", DoneForm, services.finish_task,
        gettext_lazy("Your task is done."), files=True,
    ),
    "decline": Deed(
        gettext_lazy("Decline your task"), "slash-circle", DeclineForm, services.decline_task,
        gettext_lazy("Your task is declined."), danger=True, consequence=gettext_lazy("Everybody on the board reads your reason."),
    ),
    "post": Deed(
        gettext_lazy("Write on the board"), "reply", PostForm, services.report, gettext_lazy("It stands on the board."), files=True
    ),
    "call-off": Deed(
        gettext_lazy("Call the action off"), "x-circle", CallOffForm, services.call_off,
        gettext_lazy("The joint action is called off."), danger=True,
        consequence=gettext_lazy("It ends without a record. This cannot be undone."),
    ),
}  # fmt: skip


class BoardView(DeskView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return board_page(request, find_joint_action(pk, self.actor), self.actor)


class BoardPartView(DeskView):
    """The board alone, for the open page that asks again and again; forms and what is typed in them stay."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        action = find_joint_action(pk, self.actor)
        if not request.headers.get("HX-Request"):
            return redirect("backoffice:joint-action", pk=pk)
        return render(request, "backoffice/cooperation/_board.html", board(action, self.actor))


class DeedView(DeskView):
    def get(self, request: HttpRequest, pk: int, deed: str) -> HttpResponse:
        return redirect("backoffice:joint-action", pk=pk)

    def post(self, request: HttpRequest, pk: int, deed: str) -> HttpResponseBase:
        action = find_joint_action(pk, self.actor)
        if deed not in DEEDS:
            raise CaseNotFound(_("There is no such joint action, or it is not yours to see."))
        form = DEEDS[deed].form(request.POST, auto_id=f"{deed}-%s")
        if not DEEDS[deed].files:
            return self._do(request, action, deed, form)
        draft = desk_files.draft_of(request.POST.get("key", ""), self.actor)
        removed = desk_files.removal(request, draft)
        if isinstance(removed, HttpResponseBase):
            return removed
        refused = [] if removed else desk_files.take(request, draft)
        if removed or refused:
            status = HTTPStatus.OK if removed else HTTPStatus.BAD_REQUEST
            return board_page(request, action, self.actor, typed=(deed, form), file_errors=refused, status=status)
        return self._do(request, action, deed, form, uploads=desk_files.ids(request, draft))

    def _do(self, request: HttpRequest, action: JointAction, deed: str, form: forms.Form, **more: Any) -> HttpResponse:
        try:
            if form.is_valid():
                said = {name: value for name, value in form.cleaned_data.items() if name != "key" or deed == "post"}
                DEEDS[deed].service(action_id=action.pk, by=self.actor, **said, **more)
                messages.success(request, str(DEEDS[deed].done))
                return self._after(action.pk)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        except UploadGone:
            form.add_error(None, _("A file is no longer there. Check the files below, then send again."))
        return board_page(request, action, self.actor, typed=(deed, form), status=HTTPStatus.BAD_REQUEST)

    def _after(self, pk: int) -> HttpResponse:
        """Back to the board; whoever declined has left it."""
        if JointAction.objects.visible_to(self.actor).filter(pk=pk).exists():
            return redirect("backoffice:joint-action", pk=pk)
        return redirect("backoffice:cooperation-list")


class BoardFileView(DeskView):
    def get(self, request: HttpRequest, pk: int, file: int) -> HttpResponse:
        return redirect("backoffice:joint-action", pk=pk)

    def post(self, request: HttpRequest, pk: int, file: int) -> FileResponse:
        with transaction.atomic():
            found = services.open_board_file(action_id=pk, by=self.actor, file_id=file)
            return desk_files.download(found, _("board"))


def board(action: JointAction, actor: Member) -> dict[str, Any]:
    return {
        "action": action,
        "tasks": [presentation.task(task) for task in action.tasks.all()],
        "posts": [presentation.post(action, post, actor) for post in action.posts.all()],
    }


def board_page(
    request: HttpRequest,
    action: JointAction,
    actor: Member,
    *,
    typed: tuple[str, forms.Form] | None = None,
    file_errors: list[str] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    refused = dict([typed]) if typed else {}
    context = board(action, actor) | {
        "may_see_case": Case.objects.visible_to(actor).filter(pk=action.case_id).exists(),
        "may_lead": policy.may_lead(actor, action),
        "deeds": [_offer(deed, refused.get(deed), action, actor) for deed in _allowed(action, actor)],
        "typed": typed[1] if typed else None,
        "file_errors": file_errors or [],
    }
    return render(request, "backoffice/cooperation/joint_action.html", context, status=status)


def _allowed(action: JointAction, actor: Member) -> list[str]:
    every = list(action.tasks.all())
    own = next((task for task in every if task.agency_id == actor.agency.pk), None)
    state = JointTask.State
    sources = {"take": (state.ASKED,), "done": (state.TAKEN,), "decline": (state.ASKED, state.TAKEN)}
    found = [deed for deed, at in sources.items() if own and policy.may_work_on(actor, own, action, *at)]
    if policy.may_post(actor, action, frozenset(task.agency_id for task in every if task.state != state.DECLINED)):
        found.append("post")
    return [*found, "call-off"] if policy.may_lead(actor, action) else found


def _offer(name: str, refused: forms.Form | None, action: JointAction, actor: Member) -> dict[str, Any]:
    deed = DEEDS[name]
    form = refused or deed.form(initial={"key": codes.new_idempotency_key()}, auto_id=f"{name}-%s")
    url = reverse("backoffice:joint-deed", args=[action.pk, name])
    entry: dict[str, Any] = {"name": name, "deed": deed, "form": form, "action": url, "open": bool(refused)}
    if deed.files:
        key = str(form["key"].value())
        entry["upload"] = desk_files.context(key, url, desk_files.draft_of(key, actor) if refused else None)
    return entry
