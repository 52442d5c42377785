"""The agency's page of a settlement: the bar, the agreement to mediation, the room, the minutes."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from casemgr.backoffice import drafts
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.rooms_forms import BarForm, UnbarForm
from casemgr.public.views.pages import SeeOther
from casemgr.rooms import presenting
from casemgr.rooms.forms import ConsentForm, InviteForm, PassForm, ReportForm, RoomForm, SayForm, SummaryForm
from casemgr.rooms.parties import as_file
from workflows import policy
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed, RoomMovedOn, StaleCase
from workflows.models import Case, Room, Side
from workflows.selectors.casefile import find_case
from workflows.selectors.rooms import (
    UNCONFIRMED_AFTER,
    RoomView,
    consents_for,
    find_room,
    room_view,
    rooms_of,
    why_not_agreed,
)
from workflows.services import barring, invitations, room_opening, rooms, settlement
from workflows.states import MOVE, Track

FORMS: dict[str, type[RoomForm]] = {
    form.name: form for form in (SayForm, SummaryForm, PassForm, ConsentForm, ReportForm, InviteForm)
}  # fmt: skip
_OPENING = ("open_negotiation", "open_mediation")
_ENDING = ("record_settlement", "end_without_settlement")


class SettlementPage(DeskView):
    """GET shows, POST does one thing named by ``act`` and comes back."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return self._page(request, self._find(number))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        case = self._find(number)
        name = request.POST.get("act", "")
        form = self._forms(case)[name](request.POST) if name in FORMS else None
        if form is not None and not form.is_valid():
            return self._page(request, case, status=HTTPStatus.BAD_REQUEST, **{f"{name}_form": form})
        try:
            self._do(name, case, form.cleaned_data if form else {})
        except InvalidInput as error:
            assert form is not None  # nosec B101: only what is typed can be wrong
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self._page(request, case, status=HTTPStatus.BAD_REQUEST, **{f"{name}_form": form})
        except (RoomMovedOn, MoveNotAllowed) as error:
            status = HTTPStatus.CONFLICT if isinstance(error, RoomMovedOn) else HTTPStatus.FORBIDDEN
            unsent = request.POST.get(f"{name}-text", "").strip()
            return self._page(request, case, status=status, problem=str(error), unsent=unsent)
        messages.success(request, _("Done."))
        drafts.sent(request, f"{drafts.draft_name(case, self.actor, 'room')}:{name}")
        return SeeOther(reverse("backoffice:settlement", args=[number]))

    def _find(self, number: str) -> Case:
        case = find_case(number, self.actor)
        if case.track != Track.CONSUMER or self.actor.agency.assisted_intake_only:
            raise CaseNotFound(_("There is no such case, or it is not yours to see."))
        return case

    def _do(self, name: str, case: Case, said: dict[str, Any]) -> None:
        by = self.actor
        if name == "propose":
            room_opening.propose_mediation(case_id=case.pk, by=by)
        elif name == "consent":
            room_opening.record_consent(case_id=case.pk, by=by, **said)
        else:
            self._do_in_room(name, find_room(case, by, said.pop("room", None)), said)

    def _do_in_room(self, name: str, room: Room, said: dict[str, Any]) -> None:
        verbs: dict[str, Callable[..., Any]] = {
            "say": rooms.say,
            "summary": rooms.summarise,
            "pass": rooms.pass_turn,
            "report": settlement.report_negotiation_result,
            "invite": invitations.invite_to_room,
        }
        if name not in verbs:
            raise RoomMovedOn(_("This is not possible here. Read what happened since."))
        verbs[name](room_id=room.pk, by=self.actor, **said)

    def _forms(self, case: Case) -> dict[str, Any]:
        return FORMS | {"invite": lambda data=None: InviteForm(data, case=case)}

    def _page(self, request: HttpRequest, case: Case, *, status: int = HTTPStatus.OK, **wrong: Any) -> HttpResponse:
        found = list(rooms_of(case, self.actor).select_related("case__owner__kind", "agency", "invitation__respondent"))
        view = room_view(found[0], self.actor) if found else None
        context: dict[str, Any] = {
            "case": case,
            "view": view,
            "heading": presenting.heading(view.room if view else None),
            "consents": consents_for(case, self.actor),
            "may_mediate": policy.may(self.actor, MOVE["open_mediation"], case),
            "may_bar": policy.may_bar(self.actor, case),
            "is_facilitator": policy.side_of(self.actor, case) == Side.FACILITATOR,
            "openings": _moves(self.actor, case, _OPENING),
            "why_not": _why_not(self.actor, case) if not view or not view.room.is_open else "",
            "endings": _moves(self.actor, case, _ENDING),
            "why_not_agreed": why_not_agreed(view.room) if view and view.room.is_open else "",
            "earlier": [(room, presenting.told(room_view(room, self.actor))) for room in found[1:]],
            **{f"{name}_form": form() for name, form in self._forms(case).items()},
            "draft_name": drafts.draft_name(case, self.actor, "room"),
            "door": {
                "room": reverse("backoffice:settlement", args=[case.number]),
                "file": reverse("backoffice:minutes-file", args=[case.number]),
            },
        }
        if view:
            context |= _talk(view)
        return render(request, "backoffice/rooms/settlement.html", context | wrong, status=status)


def _moves(actor: Any, case: Case, names: tuple[str, ...]) -> list[Any]:
    return [MOVE[name] for name in names if policy.may(actor, MOVE[name], case)]


def _why_not(actor: Any, case: Case) -> str:
    """Why no negotiation opens now, for whoever may ask."""
    move = MOVE["open_negotiation"]
    return "" if policy.may(actor, move, case) else policy.why_not(actor, move, case)


def _talk(view: RoomView) -> dict[str, Any]:
    waits = view.settlement and view.unconfirmed and view.room.case.state in ("resolved", "closed")
    return {
        "turn": presenting.whose_turn(view),
        "entries": presenting.told(view),
        "offer_facts": presenting.offer_facts(view.on_table) if view.on_table else [],
        "minutes": presenting.minutes_facts(view),
        "minutes_texts": presenting.minutes_texts(view),
        "confirmations": presenting.confirmations(view) if view.settlement else [],
        "unconfirmed_days": UNCONFIRMED_AFTER.days if waits and presenting.is_late(view) else 0,
    }


class BarView(DeskView):
    """GET asks, POST sets or lifts the bar, whichever is possible."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        case = find_case(number, self.actor)
        return self._ask(request, case, self._form(case))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        case = find_case(number, self.actor)
        form = self._form(case, request.POST)
        service = barring.unbar_settlement if case.bar else barring.bar_settlement
        if not form.is_valid():
            return self._ask(request, case, form, HTTPStatus.BAD_REQUEST)
        try:
            service(case_id=case.pk, by=self.actor, **form.arguments())
        except InvalidInput as error:
            form.add_error(error.field, str(error))
            return self._ask(request, case, form, HTTPStatus.BAD_REQUEST)
        except StaleCase as error:
            return self._stale(request, error)
        messages.success(request, _("The bar is set.") if not case.bar else _("The bar is lifted."))
        return redirect("backoffice:settlement", number=number)

    def _stale(self, request: HttpRequest, error: StaleCase) -> HttpResponse:
        """What was typed, on a form at the present version; a bar that was set meanwhile is asked about instead."""
        case = find_case(error.case.number, self.actor)
        form = self._form(case, {**request.POST.dict(), "version": str(case.version)})
        form.add_error(None, str(error))
        return self._ask(request, case, form, HTTPStatus.CONFLICT)

    def _form(self, case: Case, data: Any = None) -> BarForm | UnbarForm:
        return (UnbarForm if case.bar else BarForm)(data, case=case, actor=self.actor)

    def _ask(
        self, request: HttpRequest, case: Case, form: BarForm | UnbarForm, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        if not policy.may_bar(self.actor, case):
            raise MoveNotAllowed(_("Only its handler, or a supervisor, says of a consumer complaint that it may not be settled; not while the sides talk."))  # fmt: skip
        context = {"case": case, "form": form}
        return render(request, "backoffice/rooms/bar.html", context, status=status)


class MinutesFileView(DeskView):
    def get(self, request: HttpRequest, number: str) -> HttpResponseBase:
        case = find_case(number, self.actor)
        view = room_view(find_room(case, self.actor), self.actor)
        if view.settlement is None:
            raise CaseNotFound(_("There is no such case, or it is not yours to see."))
        if not view.settlement.paper.is_laid_out:
            messages.info(request, _("The PDF is being made. Please try again in a minute."))
            return redirect("backoffice:settlement", number=number)
        return as_file(view.settlement.paper)
