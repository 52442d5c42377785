"""Making a move: one view for all, its form and service from `deeds`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from agencies.actors import Member
from casemgr.backoffice import deeds, drafts, presentation
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.deeds import DEEDS
from casemgr.backoffice.errors import typed_text
from casemgr.backoffice.forms import MoveForm
from casemgr.backoffice.outcomes import proposed
from casemgr.backoffice.referral_forms import ReferForm
from casemgr.backoffice.referral_preview import preview
from documents.pdf import RenderError
from events import clock
from workflows import policy
from workflows.errors import CaseNotFound, InvalidInput, StaleCase
from workflows.models import Case
from workflows.selectors.casefile import find_case
from workflows.selectors.timeline import case_timeline
from workflows.states import MOVE, Move

log = structlog.get_logger(__name__)


class MoveView(DeskView):
    """GET asks, POST moves. Raises CaseNotFound also for a move that no page offers."""

    def get(self, request: HttpRequest, number: str, move: str) -> HttpResponse:
        case, asked = self._find(number, move)
        policy.require(self.actor, move, case)
        return self._ask(request, case, asked, deeds.form_of(asked, case, self.actor))

    def post(self, request: HttpRequest, number: str, move: str) -> HttpResponse:
        case, asked = self._find(number, move)
        form = deeds.form_of(asked, case, self.actor, request.POST)
        seen = _version(request)
        try:
            if seen != case.version:
                raise StaleCase(_("Someone changed this case while you were on the page."), case, seen)
            policy.require(self.actor, move, case)
            if "change" in request.POST:
                return self._ask(request, case, asked, form)
            if form.is_valid():
                if isinstance(form, ReferForm) and not form.cleaned_data["previewed"]:
                    return preview(request, case, form, self.actor)
                return self._move(request, case, asked, form)
        except RenderError as error:
            log.error("drafting the sheet failed", case=case.pk, error=type(error).__name__)
            form.add_error(None, _("The PDF could not be made. Please try again, or tell your administrator."))
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        except StaleCase as error:
            return self._stale(request, find_case(number, self.actor), asked, error)
        return self._ask(request, case, asked, form, HTTPStatus.BAD_REQUEST)

    def _find(self, number: str, move: str) -> tuple[Case, Move]:
        case = find_case(number, self.actor)
        if move not in DEEDS:
            raise CaseNotFound(_("There is no such case, or it is not yours to see."))
        return case, MOVE[move]

    def _move(self, request: HttpRequest, case: Case, move: Move, form: MoveForm) -> HttpResponse:
        DEEDS[move.name].service(case_id=case.pk, by=self.actor, **form.arguments())
        messages.success(request, str(DEEDS[move.name].done))
        drafts.sent(request, drafts.draft_name(case, self.actor, move.name))
        if Case.objects.visible_to(self.actor).filter(pk=case.pk).exists():
            return redirect("backoffice:case", number=case.number)
        return redirect("backoffice:queue")

    def _ask(
        self,
        request: HttpRequest,
        case: Case,
        move: Move,
        form: MoveForm,
        status: HTTPStatus = HTTPStatus.OK,
        **more: Any,
    ) -> HttpResponse:
        shown = {"case": case, "move": deeds.entry(move, form), "due": presentation.due(case, clock.now())}
        context = shown | proposed(getattr(form, "proposal", None), self.actor) | more
        return render(request, "backoffice/move.html", context, status=status)

    def _stale(self, request: HttpRequest, case: Case, move: Move, error: StaleCase) -> HttpResponse:
        """What changed since, and the person's own text in a fresh form, or to copy where the move is over."""
        possible = policy.may(self.actor, move, case)
        form = _fresh(request, case, move, self.actor) if possible else None
        changes = case_timeline(case, self.actor, since_version=error.seen)
        context = {
            "case": case,
            "move": deeds.entry(move, form) if form else None,
            "asked": move,
            "why_not": "" if possible else policy.why_not(self.actor, move, case),
            "typed": typed_text(request) if not possible else [],
            "changes": presentation.timeline_entries(changes),
            "due": presentation.due(case, clock.now()),
        }
        return render(request, "backoffice/stale.html", context, status=HTTPStatus.CONFLICT)


def _version(request: HttpRequest) -> int:
    """The version the page showed; 0 (older than any) when it is missing or garbled."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _fresh(request: HttpRequest, case: Case, move: Move, actor: Member) -> MoveForm:
    """A form at the present version that starts from what was typed. Confirmations are asked anew."""
    sent = {name: said for name, said in request.POST.lists() if name not in ("version", "confirmed")}
    typed = {name: said if len(said) > 1 else said[0] for name, said in sent.items()}
    return deeds.form_of(move, case, actor, initial=typed)
