"""What the sender would read, before it is sent."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from casemgr.backoffice.forms import MoveForm
from casemgr.backoffice.moves import MoveView
from workflows.errors import CaseNotFound
from workflows.models import Case
from workflows.services.rehearsing import rehearse_resolution
from workflows.states import Move

PREVIEWED = ("resolve", "propose_resolution")


class OutcomePreview(MoveView):
    """The same form, refused as the move refuses it; what is valid is shown and nothing is done."""

    def get(self, request: HttpRequest, number: str, move: str) -> HttpResponse:
        case, _move = self._find(number, move)
        return redirect("backoffice:move", number=case.number, move=move)

    def _find(self, number: str, move: str) -> tuple[Case, Move]:
        if move not in PREVIEWED:
            raise CaseNotFound(_("There is no such case, or it is not yours to see."))
        return super()._find(number, move)

    def _move(self, request: HttpRequest, case: Case, move: Move, form: MoveForm) -> HttpResponse:
        answer = rehearse_resolution(case_id=case.pk, by=self.actor, move=move.name, **form.arguments())
        return self._ask(request, case, move, form, preview=answer)
