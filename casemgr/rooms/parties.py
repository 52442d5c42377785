"""A party's page of its room: the same for the consumer and the business, who come in by different doors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from agencies.actors import Business, Citizen
from casemgr.public.views.pages import SeeOther
from casemgr.rooms import presenting
from casemgr.rooms.forms import DeclineForm, OfferForm, ReportForm, RoomForm, SayForm, WishForm
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed, RoomMovedOn
from workflows.models import Case, Paper, Room
from workflows.selectors.rooms import RoomView, consents_for, is_mediation_proposed, room_view, rooms_of
from workflows.services import barring, room_opening, rooms, settlement

FORMS: dict[str, type[RoomForm]] = {
    form.name: form for form in (SayForm, OfferForm, DeclineForm, ReportForm, WishForm)
}  # fmt: skip
Refusal = (RoomMovedOn, MoveNotAllowed, CaseNotFound)


@dataclass(frozen=True)
class Door:
    """Where a party came in: ``show(context, status)`` draws its page, ``room``, ``minutes`` and ``file`` are
    addresses."""

    show: Callable[[dict[str, Any], int], HttpResponse]
    room: str
    minutes: str
    file: str


@dataclass(frozen=True)
class Party:
    """Who is on the page, of which case."""

    actor: Citizen | Business
    case: Case
    door: Door

    def view(self) -> RoomView | None:
        room = rooms_of(self.case, self.actor).select_related("case__complaint", "case__owner__kind", "agency").first()
        return room_view(room, self.actor) if room else None


def page(party: Party, *, status: int = HTTPStatus.OK, **wrong: Any) -> HttpResponse:
    """``wrong``: the form that was refused under its name, or ``problem`` and what was ``unsent``."""
    view = party.view()
    consents = consents_for(party.case, party.actor) if is_mediation_proposed(party.case) else []
    context: dict[str, Any] = {
        "case": party.case,
        "heading": presenting.heading(view.room if view else None),
        "view": view,
        "consent": next(iter(consents), None),
        "door": party.door,
        **{f"{name}_form": form() for name, form in FORMS.items()},
        **wrong,
    }
    if view:
        context |= _talk(view)
    return party.door.show(context, status)


def _talk(view: RoomView) -> dict[str, Any]:
    return {
        "turn": presenting.whose_turn(view),
        "entries": presenting.told(view),
        "offer_facts": presenting.offer_facts(view.on_table) if view.on_table else [],
        "minutes": presenting.minutes_facts(view),
        "minutes_texts": presenting.minutes_texts(view),
        "confirmations": presenting.confirmations(view) if view.settlement else [],
    }


def act(request: HttpRequest, party: Party) -> HttpResponse:
    """One thing done on the page; what cannot be done is said there, with what was typed."""
    name = request.POST.get("act", "")
    form = FORMS[name](request.POST) if name in FORMS else None
    if form is not None and not form.is_valid():
        return page(party, status=HTTPStatus.BAD_REQUEST, **{f"{name}_form": form})
    try:
        done = _do(name, request, party, form.cleaned_data if form else {})
    except InvalidInput as error:
        assert form is not None  # nosec B101: only what is typed can be wrong
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return page(party, status=HTTPStatus.BAD_REQUEST, **{f"{name}_form": form})
    except Refusal as error:
        return page(party, status=_status(error), problem=str(error), unsent=_typed(request, name))
    messages.success(request, done)
    # The page that follows tells the device to forget what was typed for it.
    return SeeOther(f"{party.door.room}?xong={name}" if form else party.door.room)


def _status(error: Exception) -> HTTPStatus:
    return HTTPStatus.CONFLICT if isinstance(error, RoomMovedOn) else HTTPStatus.FORBIDDEN


def _typed(request: HttpRequest, name: str) -> str:
    """All that was typed into this form, to be copied."""
    fields = (key for key in request.POST if key.startswith(f"{name}-"))
    return "\n".join(filter(None, (request.POST[key].strip() for key in fields if not key.endswith("-remedy"))))


def _do(name: str, request: HttpRequest, party: Party, said: dict[str, Any]) -> str:
    """Do it; the sentence that says so. Raises what the services raise."""
    if name == "wish":
        return _wish(party, said)
    if name in ("agree", "disagree"):
        room_opening.answer_mediation(case_id=party.case.pk, by=party.actor, agrees=name == "agree")
        return _("Your answer was recorded.")
    room = _posted_room(request, party)
    here: dict[str, Any] = {"room_id": room.pk, "by": party.actor}
    if name == "say":
        rooms.say(**here, **said)
    elif name == "offer":
        rooms.make_offer(**here, **said)
        return _("Your offer lies on the table.")
    elif name == "report":
        settlement.report_negotiation_result(**here, **said)
        return _("Your report was received.")
    else:
        return _answer_offer(name, request, here, said)
    return _("Your words are in the room.")


def _wish(party: Party, said: dict[str, Any]) -> str:
    if not isinstance(party.actor, Citizen):
        raise MoveNotAllowed(_("The consumer asks for a settlement."))
    barring.ask_for_settlement(case_id=party.case.pk, by=party.actor, text=said["text"])
    return _("Your wish was passed on. You will read here whether a talk is opened.")


def _answer_offer(name: str, request: HttpRequest, here: dict[str, Any], said: dict[str, Any]) -> str:
    offer: dict[str, Any] = {"offer_id": _number(request, "offer")}
    if name == "accept":
        rooms.accept_offer(**here, **offer)
        return _("You accepted. The agency draws up the minutes and you confirm them here.")
    if name == "decline":
        rooms.decline_offer(**here, **offer, **said)
        return _("You declined the offer.")
    if name == "withdraw":
        rooms.withdraw_offer(**here, **offer)
        return _("Your offer is withdrawn.")
    raise RoomMovedOn(_("This is not possible here. Read what happened since."))


def _posted_room(request: HttpRequest, party: Party) -> Room:
    """The room the page showed: a newer one may have opened since."""
    room = rooms_of(party.case, party.actor).filter(pk=_number(request, "room")).first()
    if room is None:
        raise RoomMovedOn(_("This is not possible here. Read what happened since."))
    return room


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 18 else 0


def confirm(request: HttpRequest, party: Party) -> HttpResponse:
    """The minutes as they were shown are confirmed; pressing twice confirms once."""
    view = party.view()
    if view is None or view.settlement is None:
        return page(party, status=HTTPStatus.NOT_FOUND, problem=_("There are no minutes to confirm."))
    try:
        settlement.confirm_settlement(
            settlement_id=view.settlement.pk, by=party.actor, digest=request.POST.get("digest", "")
        )
    except Refusal as error:
        return page(party, status=_status(error), problem=str(error))
    messages.success(request, _("Thank you. You confirmed the minutes."))
    return SeeOther(party.door.room)


def minutes_file(request: HttpRequest, party: Party) -> HttpResponseBase:
    view = party.view()
    if view is None or view.settlement is None:
        return page(party, status=HTTPStatus.NOT_FOUND, problem=_("There are no minutes to confirm."))
    if not view.settlement.paper.is_laid_out:
        messages.info(request, _("The PDF is being made. Please try again in a minute."))
        return SeeOther(party.door.room)
    return as_file(view.settlement.paper)


def as_file(paper: Paper) -> FileResponse:
    """The PDF as a download that no cache keeps."""
    name = f"{paper.symbol.replace('/', '-')}.pdf"
    response = FileResponse(paper.pdf.open("rb"), as_attachment=True, filename=name, content_type="application/pdf")
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
