"""How a room reads: whose turn it is, what lies on the table, what was said, as components take it."""

from __future__ import annotations

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from casemgr.backoffice.presentation import day, money
from events import clock
from workflows.models import Offer, Room, RoomEntry, Side
from workflows.selectors.rooms import UNCONFIRMED_AFTER, RoomView

_ICONS = {
    RoomEntry.Kind.OPENING: ("clipboard-check", ""),
    RoomEntry.Kind.STATEMENT: ("chat-left-text", ""),
    RoomEntry.Kind.OFFER: ("send", "question"),
    RoomEntry.Kind.ACCEPTED: ("check-lg", "done"),
    RoomEntry.Kind.DECLINED: ("slash-circle", ""),
    RoomEntry.Kind.WITHDRAWN: ("arrow-return-left", ""),
    RoomEntry.Kind.PASSED: ("arrow-right", ""),
    RoomEntry.Kind.SUMMARY: ("check-circle", "answer"),
    RoomEntry.Kind.ENDING: ("lock", "done"),
}


def name_of(side: str, view: RoomView) -> str:
    """The side as the reader calls it."""
    if side == view.side:
        return _("You")
    if side == Side.FACILITATOR:
        return str(view.room.agency)
    return _("The consumer") if side == Side.COMPLAINANT else _("The business")


def whose_turn(view: RoomView) -> str:
    """One sentence."""
    room = view.room
    if view.may_confirm:
        return _("Please read the minutes and confirm them.")
    if not room.is_open:
        return _("The room is closed. You can still read what was said.")
    if view.is_my_turn:
        return _("It is your turn.")
    if not room.turn:
        return _("An agreement is in sight. The next word is for %(agency)s.") % {"agency": room.agency}
    side = Side(room.turn).label
    return capfirst(_("%(side)s has the next word. You will read it here.") % {"side": side})


def told(view: RoomView) -> list[dict[str, Any]]:
    """For `components/timeline.html`."""
    return [_line(entry, view) for entry in view.entries]


def _line(entry: RoomEntry, view: RoomView) -> dict[str, Any]:
    icon, kind = _ICONS[RoomEntry.Kind(entry.kind)]
    offer = getattr(entry, "offer", None)
    title = f"{name_of(entry.side, view)}: {entry.get_kind_display()}"
    if offer is not None:
        title += f" ({in_short(offer)})"
    return {"at": entry.written_at, "title": title, "text": entry.text, "icon": icon, "kind": kind}


def in_short(offer: Offer) -> str:
    """``money back, 5.000.000 đ, by 05/12/2026``."""
    by = _("by %(day)s") % {"day": day(offer.due_on)} if offer.due_on else ""
    return ", ".join(filter(None, [str(offer.get_remedy_display()), money(offer.amount), by]))


def offer_facts(offer: Offer) -> list[dict[str, Any]]:
    """For `components/facts.html`."""
    return [
        {"label": _("What is offered"), "value": offer.get_remedy_display(), "url": "", "hint": ""},
        {"label": _("Amount"), "value": money(offer.amount), "url": "", "hint": ""},
        {"label": _("Done by"), "value": day(offer.due_on), "url": "", "hint": ""},
    ]


def heading(room: Room | None) -> str:
    if room is None:
        return _("Settlement between the two sides")
    return _("Mediation") if room.is_mediation else _("Negotiation")


def minutes_facts(view: RoomView) -> list[dict[str, Any]]:
    found = view.settlement
    if found is None:
        return []
    rows = [
        (_("The consumer"), ", ".join(filter(None, [found.complainant_name, found.complainant_contact]))),
        (_("The business"), ", ".join(filter(None, [found.respondent_name, found.respondent_contact]))),
        (_("Date"), day(found.held_on)),
        (_("Place"), found.place),
    ]
    return [{"label": label, "value": value, "url": "", "hint": ""} for label, value in rows]


def minutes_texts(view: RoomView) -> list[tuple[str, str]]:
    found = view.settlement
    if found is None:
        return []
    return [
        (_("What the dispute is about"), found.dispute),
        (_("Opinion of the consumer"), found.complainant_opinion),
        (_("Opinion of the business"), found.respondent_opinion),
        (_("What was agreed"), found.result),
    ]


def is_late(view: RoomView) -> bool:
    """A side has not confirmed for longer than one waits without a word."""
    return view.settlement is not None and view.settlement.recorded_at < clock.now() - UNCONFIRMED_AFTER


def confirmations(view: RoomView) -> list[tuple[str, Any]]:
    """Each side and when it confirmed, None while it has not."""
    return [
        (name_of(side, view), view.confirmations[side].confirmed_at if side in view.confirmations else None)
        for side in (Side.COMPLAINANT, Side.RESPONDENT)
    ]
