"""The page both sides of a request work on. Being asked opens this page and no other."""

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
from casemgr.backoffice import desk_files, evidence
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.cooperation_forms import (
    ContributeForm,
    DeclineForm,
    DismissForm,
    ReturnForm,
    TakeForm,
)
from complaints import codes
from complaints.models import Evidence
from complaints.policy import may_open_original
from complaints.services.recording import UploadGone
from workflows import policy_cooperation as policy
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed
from workflows.models import Cooperation
from workflows.selectors.cooperation import (
    CooperationFile,
    asked_by_us,
    asked_of_us,
    cooperation_file,
    find_cooperation,
    joint_actions,
)
from workflows.services import cooperation as services


class ListView(DeskView):
    """Asked of us, asked by us, joint actions: overdue first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        tab = request.GET.get("tab", "")
        tab = tab if tab in ("by-us", "joint") else "of-us"
        context: dict[str, Any] = {"tab": tab, "tabs": self._tabs(tab)}
        if tab == "joint":
            context["actions"] = joint_actions(self.actor)
        else:
            found = asked_by_us(self.actor) if tab == "by-us" else asked_of_us(self.actor)
            context["rows"] = [presentation.row(one) for one in found]
        return render(request, "backoffice/cooperation/list.html", context)

    def _tabs(self, current: str) -> list[dict[str, Any]]:
        url = reverse("backoffice:cooperation-list")
        waiting = Cooperation.objects.asked_of(self.actor).filter(ended_at=None).count()
        tabs = (
            ("of-us", _("Asked of us"), waiting or ""),
            ("by-us", _("Asked by us"), ""),
            ("joint", _("Joint actions"), ""),
        )
        return [
            {"label": label, "url": f"{url}?tab={code}", "count": count, "current": code == current}
            for code, label, count in tabs
        ]


@dataclass(frozen=True)
class Deed:
    """``service(cooperation_id=, by=, **form)``; ``done`` is said after it."""

    title: Any
    icon: str
    form: type[forms.Form]
    service: Callable[..., Cooperation]
    done: Any
    consequence: Any = ""
    danger: bool = False


DEEDS = {
    "take": Deed(
        gettext_lazy("Take the request"), "check-lg", TakeForm, services.take_cooperation,
        gettext_lazy("Your agency has taken the request."), gettext_lazy("The asking agency sees that you work on it."),
    ),
    "contribute": Deed(
        gettext_lazy("Contribute what was asked"), "reply", ContributeForm, services.contribute,
        gettext_lazy("Your contribution is sent."),
        gettext_lazy("After this you no longer see what was shared of the case; your contribution stays with you."),
    ),
    "decline": Deed(
        gettext_lazy("Decline"), "slash-circle", DeclineForm, services.decline_cooperation,
        gettext_lazy("The request is declined."),
        gettext_lazy("The asking agency reads your reason. You no longer see what was shared of the case."), danger=True,
    ),
    "return": Deed(
        gettext_lazy("Send back for completion"), "arrow-return-left", ReturnForm, services.return_contribution,
        gettext_lazy("The contribution is sent back."),
        gettext_lazy("Possible once. They see again what you shared, and their time starts anew."),
    ),
    "dismiss": Deed(
        gettext_lazy("No longer needed"), "x-circle", DismissForm, services.dismiss_cooperation,
        gettext_lazy("The request is dismissed."),
        gettext_lazy("They are told, and no longer see what you shared. This cannot be undone."), danger=True,
    ),
}  # fmt: skip


class CooperationView(DeskView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return cooperation_page(request, find_cooperation(pk, self.actor), self.actor)


class DeedView(DeskView):
    """GET leads to the page: after signing in again, say. POST does it."""

    def get(self, request: HttpRequest, pk: int, deed: str) -> HttpResponse:
        return redirect("backoffice:cooperation", pk=pk)

    def post(self, request: HttpRequest, pk: int, deed: str) -> HttpResponseBase:
        found = find_cooperation(pk, self.actor)
        if deed not in DEEDS:
            raise CaseNotFound(_("There is no such request, or it is not yours to see."))
        form = form_of(deed, found, self.actor, request.POST)
        if deed == "contribute":
            return self._contribute(request, found, form)
        return self._do(request, found, deed, form)

    def _contribute(self, request: HttpRequest, found: Cooperation, form: forms.Form) -> HttpResponseBase:
        draft = desk_files.draft_of(request.POST.get("key", ""), self.actor)
        removed = desk_files.removal(request, draft)
        if isinstance(removed, HttpResponseBase):
            return removed
        refused = [] if removed else desk_files.take(request, draft)
        if removed or refused:
            status = HTTPStatus.OK if removed else HTTPStatus.BAD_REQUEST
            return cooperation_page(
                request, found, self.actor, typed=("contribute", form), file_errors=refused, status=status
            )
        return self._do(request, found, "contribute", form, uploads=desk_files.ids(request, draft))

    def _do(self, request: HttpRequest, found: Cooperation, deed: str, form: forms.Form, **more: Any) -> HttpResponse:
        try:
            if form.is_valid():
                said = {name: value for name, value in form.cleaned_data.items() if name != "key"}
                DEEDS[deed].service(cooperation_id=found.pk, by=self.actor, **said, **more)
                messages.success(request, str(DEEDS[deed].done))
                return redirect("backoffice:cooperation", pk=found.pk)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        except UploadGone:
            form.add_error(None, _("A file is no longer there. Check the files below, then send again."))
        return cooperation_page(request, found, self.actor, typed=(deed, form), status=HTTPStatus.BAD_REQUEST)


class ContributedFileView(DeskView):
    """A contributed file as a download; the look is recorded in the transaction that allows it."""

    def get(self, request: HttpRequest, pk: int, file: int) -> HttpResponse:
        return redirect("backoffice:cooperation", pk=pk)

    def post(self, request: HttpRequest, pk: int, file: int) -> FileResponse:
        with transaction.atomic():
            found = services.open_contributed_file(cooperation_id=pk, by=self.actor, file_id=file)
            return desk_files.download(found, _("contribution"))


class SharedEvidenceView(DeskView):
    """A file of the case that was shared, for the agency that works on the request."""

    def get(self, request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
        return redirect("backoffice:cooperation", pk=pk)

    def post(self, request: HttpRequest, pk: int, evidence: int) -> FileResponse:
        with transaction.atomic():
            file = services.open_shared_evidence(cooperation_id=pk, by=self.actor, evidence_id=evidence)
            if file is None:
                raise CaseNotFound(_("There is no such request, or it is not yours to see."))
            if not may_open_original(getattr(file, "scan", None)):
                raise MoveNotAllowed(services.locked_because(""))
            return _original(file)


def _original(file: Evidence) -> FileResponse:
    name = evidence.harmless_name(_("shared"), file.original_name, file.pk, file.media_type)
    content = evidence.open_stored(file)
    return evidence.sealed(
        FileResponse(content, as_attachment=True, filename=name, content_type="application/octet-stream")
    )


def form_of(deed: str, found: Cooperation, actor: Member, data: Any = None) -> forms.Form:
    options: dict[str, Any] = {"auto_id": f"{deed}-%s"}
    if deed == "contribute":
        options |= {"police": policy.may_mark_police_only(actor, found)}
        options |= {} if data is not None else {"initial": {"key": codes.new_idempotency_key()}}
    return DEEDS[deed].form(data, **options)


def cooperation_page(
    request: HttpRequest,
    found: Cooperation,
    actor: Member,
    *,
    typed: tuple[str, forms.Form] | None = None,
    file_errors: list[str] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    file = cooperation_file(found, actor)
    refused = dict([typed]) if typed else {}
    offered = [_offer(deed, refused.get(deed), found, actor) for deed in DEEDS if deed in file.deeds]
    context = {
        "found": found,
        "file": file,
        "is_asked": found.target_id == actor.agency.pk,
        "due": presentation.due(found.due_at, runs=found.is_running),
        "shared": presentation.shared_of(found) if file.shows_what_was_shared else None,
        "written": [presentation.contribution(found, one, actor) for one in file.contributions],
        "deeds": offered,
        "file_errors": file_errors or [],
        "typed": typed[1] if typed else None,
        "idle": "" if offered else _why_nothing(file, actor),
    }
    return render(request, "backoffice/cooperation/cooperation.html", context, status=status)


def _offer(name: str, refused: forms.Form | None, found: Cooperation, actor: Member) -> dict[str, Any]:
    form = refused or form_of(name, found, actor)
    action = reverse("backoffice:cooperation-deed", args=[found.pk, name])
    entry: dict[str, Any] = {"name": name, "deed": DEEDS[name], "form": form, "action": action, "open": bool(refused)}
    if name == "contribute":
        key = str(form["key"].value())
        entry["upload"] = desk_files.context(key, action, desk_files.draft_of(key, actor) if refused else None)
    return entry


def _why_nothing(file: CooperationFile, actor: Member) -> str:
    found = file.cooperation
    if found.is_running and found.target_id == actor.agency.pk:
        return _("The case has ended: nothing is needed of you any more.")
    if found.is_running:
        return _("%(agency)s was asked and has the next step.") % {"agency": found.target}
    return _("Nothing more is to be done here.")
