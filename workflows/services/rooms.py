"""Talking in a room: statements in turn, offers and their answers.

Every verb takes the room's row lock first: of two that come at once the second reads what the first left, and is
told. A move that closes the room takes the case's lock, then the room's; nothing takes them the other way round.
"""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Actor, Business, Member
from events import clock
from events.chain import salted_digest
from events.models import Event
from events.services.recording import record_event
from workflows import policy
from workflows.deadlines import HANOI
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed, RoomMovedOn
from workflows.models import PARTIES, Case, Offer, Purpose, Room, RoomEntry, Side
from workflows.services.moving import clean_text

# As the columns hold it and no dispute exceeds.
MOST_VND = 10**13


@transaction.atomic
def say(*, room_id: int, by: Actor, text: str) -> RoomEntry:
    """A party's word, when it is its turn; then it is the other's. The agency speaks at any time and takes no turn.

    Raises InvalidInput, RoomMovedOn when it is not this side's turn.
    """
    room, side = _enter(room_id, by)
    if side != Side.FACILITATOR:
        _take_turn(room, side)
    entry = add_entry(room, RoomEntry.Kind.STATEMENT, by=by, side=side, text=text)
    record_in(room, "room.said", by=by, entry=entry)
    return entry


@transaction.atomic
def make_offer(
    *, room_id: int, by: Actor, remedy: str, text: str, amount: int | None = None, due_on: date | None = None
) -> Offer:
    """An offer of a party, in its turn. It answers the other's open offer, if there is one: that is declined by it.

    ``amount`` in VND; ``due_on``: the day it will be done by. Raises InvalidInput, RoomMovedOn.
    """
    room, side = _enter(room_id, by)
    _require_party(side)
    _check_offer(remedy, amount, due_on)
    _take_turn(room, side)
    entry = add_entry(room, RoomEntry.Kind.OFFER, by=by, side=side, text=text)
    _clear_the_table(room, side, entry)
    offer = Offer.objects.create(room=room, entry=entry, side=side, remedy=remedy, amount=amount, due_on=due_on)
    record_in(room, "room.offered", by=by, entry=entry, offer=offer.pk)
    return offer


def _check_offer(remedy: str, amount: int | None, due_on: date | None) -> None:
    if remedy not in Offer.Remedy.values:
        raise InvalidInput("remedy", _("Choose what is offered."))
    if amount is not None and not 0 <= amount <= MOST_VND:
        raise InvalidInput("amount", _("Write an amount of at least 0 and at most 10.000.000.000.000 đồng."))
    if remedy in (Offer.Remedy.REFUND, Offer.Remedy.COMPENSATE) and not amount:
        raise InvalidInput("amount", _("Write how much is paid."))
    if due_on is not None and due_on < clock.now().astimezone(HANOI).date():
        raise InvalidInput("due_on", _("This day is over already."))


def _clear_the_table(room: Room, side: Side, entry: RoomEntry) -> None:
    """An own offer that still lies there is replaced by the new one, the other's is answered by it."""
    for offer in Offer.objects.filter(room=room, state=Offer.State.OPEN):
        offer.state = Offer.State.WITHDRAWN if offer.side == side else Offer.State.DECLINED
        offer.answer = entry
        offer.save(update_fields=["state", "answer"])


@transaction.atomic
def accept_offer(*, room_id: int, by: Actor, offer_id: int, text: str = "") -> Offer:
    """The other side's yes: what was offered is agreed, and the agency has the next word.

    The same yes again changes nothing. Raises RoomMovedOn for an offer that no longer lies on the table.
    """
    room, side = _enter(room_id, by)
    offer = _offer_on_table(room, offer_id, answered_as=Offer.State.ACCEPTED)
    _require_party(side)
    if side == offer.side:
        raise MoveNotAllowed(_("Only the other side accepts your offer."))
    if offer.state == Offer.State.ACCEPTED:
        return offer
    room.turn = ""
    return _answer(room, offer, RoomEntry.Kind.ACCEPTED, by, side, text)


@transaction.atomic
def decline_offer(*, room_id: int, by: Actor, offer_id: int, text: str) -> Offer:
    """The other side's no, with words: then it is the turn of whoever offered. Raises as `accept_offer`."""
    room, side = _enter(room_id, by)
    offer = _offer_on_table(room, offer_id)
    _require_party(side)
    if side == offer.side:
        raise MoveNotAllowed(_("Only the other side declines your offer; you can withdraw it."))
    clean_text(text, "text")
    room.turn = offer.side
    return _answer(room, offer, RoomEntry.Kind.DECLINED, by, side, text)


@transaction.atomic
def withdraw_offer(*, room_id: int, by: Actor, offer_id: int, text: str = "") -> Offer:
    """Whoever offered takes it back, while it is not answered; the turn stays. Raises as `accept_offer`."""
    room, side = _enter(room_id, by)
    offer = _offer_on_table(room, offer_id)
    if side != offer.side:
        raise MoveNotAllowed(_("Only who made the offer withdraws it."))
    return _answer(room, offer, RoomEntry.Kind.WITHDRAWN, by, side, text)


def _offer_on_table(room: Room, offer_id: int, answered_as: str = "") -> Offer:
    offer = Offer.objects.filter(room=room, pk=offer_id).first()
    if offer is None or offer.state not in (Offer.State.OPEN, answered_as):
        raise RoomMovedOn(_("This offer no longer lies on the table. Read what happened since."))
    return offer


def _answer(room: Room, offer: Offer, kind: RoomEntry.Kind, by: Actor, side: Side, text: str) -> Offer:
    entry = add_entry(room, kind, by=by, side=side, text=text, may_be_empty=True)
    offer.state, offer.answer = kind.value, entry
    offer.save(update_fields=["state", "answer"])
    room.save(update_fields=["turn"])
    record_in(room, f"room.offer_{kind}", by=by, entry=entry, offer=offer.pk)
    return offer


@transaction.atomic
def pass_turn(*, room_id: int, by: Actor, to: str, text: str = "") -> Room:
    """The agency gives the word to a side, whoever had it. To the side that has it already: nothing happens."""
    room, side = _enter(room_id, by)
    _require_facilitator(side)
    if to not in PARTIES:
        raise InvalidInput("to", _("Choose one of the two sides."))
    if room.turn == to:
        return room
    room.turn = to
    room.save(update_fields=["turn"])
    entry = add_entry(room, RoomEntry.Kind.PASSED, by=by, side=side, text=text, may_be_empty=True)
    record_in(room, "room.turn_passed", by=by, entry=entry, to_side=to)
    return room


@transaction.atomic
def summarise(*, room_id: int, by: Actor, text: str) -> RoomEntry:
    """What is agreed, in the agency's words. The minutes start from the latest of these, or the accepted offer."""
    room, side = _enter(room_id, by)
    _require_facilitator(side)
    entry = add_entry(room, RoomEntry.Kind.SUMMARY, by=by, side=side, text=text)
    record_in(room, "room.summarised", by=by, entry=entry)
    return entry


def _enter(room_id: int, by: Actor) -> tuple[Room, Side]:
    """The locked room and the side ``by`` speaks for. Raises CaseNotFound, MoveNotAllowed, RoomMovedOn if closed."""
    rooms = Room.objects.visible_to(by).select_related("case__owner__kind").select_for_update(of=("self",))
    room = rooms.filter(pk=room_id).first()
    if room is None:
        raise CaseNotFound(_("There is no such case, or it is not yours to see."))
    if isinstance(by, Business):
        _require_invitation(room, by)
    side = policy.side_of(by, room.case)
    if side is None:
        raise MoveNotAllowed(_("Only the handler of the case speaks for the agency in its room."))
    if not room.is_open:
        raise RoomMovedOn(_("The room is closed. What was said stays readable for you."))
    return room, side


def _require_invitation(room: Room, by: Business) -> None:
    """The business speaks by a link that holds at this moment, and was sent for a talk: one that only asks it to confirm
    the minutes opens no mouth. Raises CaseNotFound."""
    link = room.case.respondent_links.filter(pk=by.link_id).exclude(purpose=Purpose.CONFIRMATION).first()
    if link is None or not link.holds_at(clock.now()):
        raise CaseNotFound(_("This link does not hold. Please compare the code, or ask the agency for a new link."))


def _require_party(side: Side) -> None:
    if side not in PARTIES:
        raise MoveNotAllowed(_("Offers are made and answered by the two sides."))


def _require_facilitator(side: Side) -> None:
    if side != Side.FACILITATOR:
        raise MoveNotAllowed(_("Only the agency does this."))


def _take_turn(room: Room, side: Side) -> None:
    if room.turn != side:
        raise RoomMovedOn(_("It is not your turn now. Read what happened since."))
    room.turn = side.other
    room.save(update_fields=["turn"])


def add_entry(
    room: Room, kind: RoomEntry.Kind, *, by: Actor, side: Side, text: str, field: str = "text", may_be_empty: bool = False
) -> RoomEntry:  # fmt: skip
    """Raises InvalidInput when the text is too long, or empty where it may not be."""
    said = "" if may_be_empty and not text.strip() else clean_text(text, field)
    author = by.person if isinstance(by, Member) else None
    return RoomEntry.objects.create(
        room=room, side=side, kind=kind, author=author, text=said, salt=secrets.token_hex(16), written_at=clock.now()
    )


def record_in(room: Room, kind: str, *, by: Actor, entry: RoomEntry | None = None, **data: Any) -> Event:
    """An event of the room's own stream: not of the case's history, which its later owners read."""
    if entry is not None:
        data |= {"entry": entry.pk, "digest": salted_digest(entry.salt, entry.text)}
    return record_event(room.stream, kind, by=by, case=room.case_id, room=room.pk, **data)


def close_room(case: Case, ending: Room.Ending, *, by: Actor, text: str | None = None) -> Room | None:
    """Close the case's open room, if there is one, inside the caller's transaction and lock on the case. Open offers
    are off the table. ``text``: why, for the sides; None where another move says it. Raises InvalidInput."""
    rooms = Room.objects.select_for_update(of=("self",)).select_related("invitation")
    room = rooms.filter(case=case, closed_at=None).first()
    if room is None:
        return None
    entry = add_entry(
        room, RoomEntry.Kind.ENDING, by=by, side=Side.FACILITATOR, text=text or "", field="reason", may_be_empty=text is None
    )  # fmt: skip
    Offer.objects.filter(room=room, state=Offer.State.OPEN).update(state=Offer.State.WITHDRAWN, answer=entry)
    room.closed_at, room.ending, room.turn = clock.now(), ending, ""
    room.save(update_fields=["closed_at", "ending", "turn"])
    record_in(room, "room.closed", by=by, entry=entry, ending=ending)
    return room
