"""The business's side of a story, and the talk between the two: each step by the service everybody uses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from agencies.actors import Actor, Business, Citizen, Member, System
from casemgr.demo.content import Step
from complaints.models import RespondentContact
from events import clock
from workflows.deadlines import HANOI
from workflows.models import Case, Offer, RespondentLink, Room, Settlement
from workflows.services import naming, register, responding, room_opening, rooms, sending, settlement


def business_of(case: Case) -> Business:
    """By the latest link sent to it."""
    return Business(case.pk, RespondentLink.objects.filter(case=case).latest("pk").pk)


def _send(case: Case, by: Member, step: Step) -> None:
    """Into the register, named on the case, its address verified, and asked."""
    said = step.said
    entry = register.RegisterEntry(name=said["business"], tax_code=said.get("tax_code", ""))
    respondent = register.enter_respondent(by=by, province=case.province, entry=entry)
    naming.name_respondent(case_id=case.pk, by=by, respondent_id=respondent.pk)
    contact = register.add_contact(
        respondent_id=respondent.pk, by=by, channel=RespondentContact.Channel.EMAIL, value=said["email"], verified=True
    )
    sharing = sending.Sharing(story=said["text"])
    sending.send_to_respondent(case_id=case.pk, by=by, version=case.version, contact_id=contact.pk, sharing=sharing)


def _respond(case: Case, by: Actor, step: Step) -> None:
    responding.respond(case_id=case.pk, by=by, stance=step.said["stance"], answer=step.said["text"])


def _silent(case: Case, by: System, step: Step) -> None:
    responding.respondent_silent(case_id=case.pk, by=by)


def _negotiate(case: Case, by: Member, step: Step) -> None:
    room_opening.open_negotiation(
        case_id=case.pk, by=by, version=case.version, ground=step.said["text"], identity_agreed=True
    )


def _mediate(case: Case, by: Member, step: Step) -> None:
    """Both sides agree on their own pages, then the association opens the room."""
    room_opening.propose_mediation(case_id=case.pk, by=by)
    for side in (Citizen(case.complaint_id), business_of(case)):
        room_opening.answer_mediation(case_id=case.pk, by=side, agrees=True)
    agreed_on = clock.now().astimezone(HANOI).date() + timedelta(days=step.said["in_days"])
    case.refresh_from_db()
    room_opening.open_mediation(
        case_id=case.pk, by=by, version=case.version, ground=step.said["text"], agreed_on=agreed_on,
        identity_agreed=True,
    )  # fmt: skip


def _say(case: Case, by: Actor, step: Step) -> None:
    rooms.say(room_id=_room(case), by=by, text=step.said["text"])


def _offer(case: Case, by: Actor, step: Step) -> None:
    said = step.said
    due_on = clock.now().astimezone(HANOI).date() + timedelta(days=said["in_days"])
    rooms.make_offer(
        room_id=_room(case), by=by, remedy=said["remedy"], text=said["text"], amount=said.get("amount"), due_on=due_on
    )


def _accept_offer(case: Case, by: Actor, step: Step) -> None:
    room = _room(case)
    offer = Offer.objects.get(room=room, state=Offer.State.OPEN)
    rooms.accept_offer(room_id=room, by=by, offer_id=offer.pk, text=step.said.get("text", ""))


def _settle(case: Case, by: Member, step: Step) -> None:
    """The minutes are of the same day; ``text`` is the answer the sender reads."""
    minutes = {name: text for name, text in step.said.items() if name != "text"}
    settlement.record_settlement(
        case_id=case.pk, by=by, version=case.version, held_on=clock.now().astimezone(HANOI).date(),
        answer=step.said["text"], **minutes,
    )  # fmt: skip


def _confirm(case: Case, by: Citizen | Business, step: Step) -> None:
    minutes = Settlement.objects.get(room__case=case)
    settlement.confirm_settlement(settlement_id=minutes.pk, by=by, digest=minutes.digest)


def _room(case: Case) -> int:
    return Room.objects.filter(case=case).latest("pk").pk


MOVES: dict[str, Callable[..., Any]] = {
    "send_to_respondent": _send,
    "respond": _respond,
    "respondent_silent": _silent,
    "open_negotiation": _negotiate,
    "open_mediation": _mediate,
    "say": _say,
    "offer": _offer,
    "accept_offer": _accept_offer,
    "record_settlement": _settle,
    "confirm_settlement": _confirm,
}
