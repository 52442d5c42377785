"""From review to publication: checks and waivers, approval of the frozen PDF, and the moves with their questions."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulletins import policy, selectors
from bulletins.bulletin_states import MOVE, State
from bulletins.checks import NEVER_WAIVED, WHAT, Check
from bulletins.errors import ChecksFailed, StaleBulletin
from bulletins.models import BulletinCheck, BulletinVersion, Verdict
from bulletins.services import checking, issuing, publishing, retrying, signing
from casemgr.backoffice.bulletins_access import BulletinsView, may_approve, moves_for, tabs
from casemgr.backoffice.bulletins_forms import NO_NAMES, WrittenForm
from casemgr.backoffice.bulletins_obstacles import obstacles_kept, obstacles_now
from casemgr.backoffice.bulletins_views import as_pdf
from workflows.errors import InvalidInput

#: Move: the service, what it leads to, whether it asks for words, whether it cannot be taken back.
ASKED: dict[str, tuple[Any, Any, bool, bool]] = {
    "submit": (issuing.submit, gettext_lazy("The checks run. Nobody changes a word until it is taken back."), False, False),
    "take_back": (issuing.take_back, gettext_lazy("It can be edited again."), False, False),
    "discard": (issuing.discard, gettext_lazy("The draft is put away for good. Its warnings stay."), False, True),
    "give_number": (
        issuing.give_number,
        gettext_lazy("It takes the next number of the register. The content is frozen and its PDF made; an approver reads that."),
        False, False,
    ),
    "reject": (
        issuing.reject,
        gettext_lazy("The number stays in the register as void, with your reason. The bulletin is written on."), True, True,
    ),
    "sign": (signing.ask_signature, gettext_lazy("The signature is appended to the approved bytes."), False, False),
    "publish": (
        publishing.publish, gettext_lazy("Everybody can read it from now on; a version it corrects is marked."), False, True,
    ),
    "withdraw": (
        publishing.withdraw, gettext_lazy("The public no longer finds it. Its address stays and tells your reason."), True, True,
    ),
    "correct": (
        issuing.begin_correction,
        gettext_lazy("A new version begins as a copy. The published one stays until the correction replaces it."), True, False,
    ),
}  # fmt: skip
_WORDS = {
    "reject": gettext_lazy("Why it is rejected"),
    "withdraw": gettext_lazy("Why it is withdrawn; the public reads it"),
    "correct": gettext_lazy("What the correction changes, and why; the public reads it"),
}
_HINTS = {
    "reject": gettext_lazy(
        "The writers read it at the top of the draft, the register keeps its beginning; no names, phone numbers or addresses of citizens."
    ),
    "withdraw": NO_NAMES,
}
_TOWARDS_NUMBER = ("submit", "give_number")
CORRECT = gettext_lazy("Begin a correction")


class ReviewView(BulletinsView):
    """Each check with where it found something; an editor or approver may waive one with a reason."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._show(request, selectors.find_version(pk, self.actor))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = selectors.find_version(pk, self.actor)
        if request.POST.get("do") != "waive":
            checking.check_version(version_id=pk, by=self.actor)
            return redirect("backoffice:bulletin-review", pk=pk)
        code, reason = request.POST.get("code", ""), request.POST.get("reason", "")
        try:
            checking.waive_check(
                version_id=pk, code=code, finding=request.POST.get("finding", ""), reason=reason, by=self.actor
            )
        except InvalidInput as error:
            typed = {"code": code, "reason": reason, "error": str(error)}
            return self._show(request, version, HTTPStatus.BAD_REQUEST, typed=typed)
        return redirect("backoffice:bulletin-review", pk=pk)

    def _show(
        self, request: HttpRequest, version: BulletinVersion, status: HTTPStatus = HTTPStatus.OK, **more: Any
    ) -> HttpResponse:
        titles = dict(version.entries.values_list("item", "item__title"))
        rows = {row.code: row for row in version.checks.select_related("waived_by")}
        context = {
            **tabs(version), **more,
            "checks": [_check(check, rows.get(check), titles) for check in Check],
            "open": version.state in (State.DRAFTING, State.IN_REVIEW),
            "moves": moves_for(self, version),
            "obstacles": obstacles_kept(version),
        }  # fmt: skip
        return render(request, "backoffice/bulletins/review.html", context, status=status)


def _check(check: Check, row: BulletinCheck | None, titles: dict[int, str]) -> dict[str, Any]:
    places = row.places if row else []
    found = [
        {"what": WHAT[place["what"]], "item": place["item"], "title": titles.get(place["item"], "")} for place in places
    ]
    return {
        "code": check.value,
        "label": check.label,
        "row": row,
        "found": found,
        "waivable": check not in NEVER_WAIVED,
    }


class ApproveView(BulletinsView):
    """The frozen PDF, its SHA-256, and who edited it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._show(request, selectors.find_version(pk, self.actor))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = selectors.find_version(pk, self.actor)
        form = WrittenForm(request.POST, revision=version.revision, asks=False)
        revision = form.cleaned_data["revision"] if form.is_valid() else 0
        try:
            issuing.approve(version_id=pk, revision=revision, sha256=request.POST.get("sha256", ""), by=self.actor)
        except (InvalidInput, StaleBulletin) as error:
            status = HTTPStatus.CONFLICT if isinstance(error, StaleBulletin) else HTTPStatus.BAD_REQUEST
            return self._show(request, selectors.find_version(pk, self.actor), status, refused=str(error))
        messages.success(request, _("Approved. It can be signed now."))
        return redirect("backoffice:bulletin", pk=pk)

    def _show(
        self, request: HttpRequest, version: BulletinVersion, status: HTTPStatus = HTTPStatus.OK, **more: Any
    ) -> HttpResponse:
        editors = list(version.editors.select_related("person").order_by("pk"))
        context = {
            **tabs(version), **more,
            "editors": [row.person for row in editors if not row.by_item],
            "item_writers": [row.person for row in editors if row.by_item],
            "own_part": next((row for row in editors if row.person_id == self.actor.person.pk), None),
            "may_approve": may_approve(self, version),
            "waivers": [
                {"label": Check(row.code).label, "row": row}
                for row in version.checks.filter(verdict=Verdict.WAIVED).select_related("waived_by")
            ],
        }  # fmt: skip
        return render(request, "backoffice/bulletins/approve.html", context, status=status)


class PdfView(BulletinsView):
    """The signed file, or before it the frozen one."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = selectors.find_version(pk, self.actor)
        file = version.issued or version.frozen
        if not file:
            raise Http404
        with default_storage.open(str(file.name)) as opened:
            return as_pdf(opened.read(), f"{(version.registered and version.registered.number) or pk}-TB.pdf")


class AgainView(BulletinsView):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        retrying.try_again(version_id=pk, by=self.actor)
        messages.success(request, _("It is tried again now."))
        return redirect("backoffice:bulletin", pk=pk)


class MoveView(BulletinsView):
    """The question before a move, and the move. ``correct`` is none of the machine's: it begins another version."""

    def get(self, request: HttpRequest, pk: int, move: str) -> HttpResponse:
        version = self._find(pk, move)
        return self._ask(request, version, move, self._form(version, move))

    def post(self, request: HttpRequest, pk: int, move: str) -> HttpResponse:
        version = self._find(pk, move)
        service, _words, asks, _danger = ASKED[move]
        form = self._form(version, move, request.POST)
        if not form.is_valid():
            return self._ask(request, version, move, form, HTTPStatus.BAD_REQUEST)
        words = {"what_changed" if move == "correct" else "reason": form.cleaned_data["reason"]} if asks else {}
        try:
            made = service(version_id=pk, revision=form.cleaned_data["revision"], by=self.actor, **words)
        except InvalidInput as error:
            if isinstance(error, ChecksFailed):
                # The refused move is rolled back, and with it what the checks found: the page it leads to tells that.
                checking.check_version(version_id=pk, by=self.actor)
            form.add_error(None, str(error))
            return self._ask(request, version, move, form, HTTPStatus.BAD_REQUEST)
        except StaleBulletin as error:
            data = {**request.POST.dict(), "revision": str(error.now.revision)}
            fresh = self._form(version, move, data)
            return self._ask(request, version, move, fresh, HTTPStatus.CONFLICT, stale=str(error))
        return redirect("backoffice:bulletin", pk=made.pk)

    def _find(self, pk: int, move: str) -> BulletinVersion:
        if move not in ASKED:
            raise Http404
        version = selectors.find_version(pk, self.actor)
        if move != "correct":
            policy.require(self.actor, move, version)
            policy.require_something_to_correct(move, version)
        else:
            policy.require_editor(self.actor)
            policy.require_correctable(version)
        return version

    def _form(self, version: BulletinVersion, move: str, data: Any = None) -> WrittenForm:
        words = {"label": _WORDS.get(move, ""), "hint": _HINTS.get(move, "")}
        return WrittenForm(data, revision=version.revision, asks=ASKED[move][2], **words)

    def _ask(
        self, request: HttpRequest, version: BulletinVersion, move: str, form: WrittenForm,
        status: HTTPStatus = HTTPStatus.OK, **more: Any,
    ) -> HttpResponse:  # fmt: skip
        _service, consequence, _asks, danger = ASKED[move]
        context = {
            **tabs(version), **more, "form": form, "move": move, "danger": danger, "consequences": [consequence],
            "label": CORRECT if move == "correct" else MOVE[move].label,
            "obstacles": obstacles_now(version) if move in _TOWARDS_NUMBER else [],
        }  # fmt: skip
        return render(request, "backoffice/bulletins/move.html", context, status=status)
