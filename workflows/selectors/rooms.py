"""Rooms as their readers see them: what was said, what lies on the table, what both sides still owe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, QuerySet
from django.utils.translation import gettext as _

from agencies.actors import Actor, Business, Citizen, Member
from events import clock
from workflows import policy
from workflows.errors import CaseNotFound
from workflows.models import (
    PARTIES,
    Case,
    MediationConsent,
    NegotiationReport,
    Offer,
    Room,
    RoomEntry,
    Settlement,
    SettlementConfirmation,
    Side,
)
from workflows.states import OPEN, Bar, State, Track

UNCONFIRMED_AFTER = timedelta(days=5)
_CONCLUDED = (State.RESOLVED, State.CLOSED)


@dataclass(frozen=True)
class RoomView:
    """``side``: whom the reader speaks for; None for a colleague who only reads. ``agreed``: the accepted offer's or
    the agency's latest words, empty while there is nothing."""

    room: Room
    side: Side | None
    entries: list[RoomEntry]
    on_table: Offer | None
    agreed: str
    settlement: Settlement | None
    confirmations: dict[str, SettlementConfirmation]
    report: NegotiationReport | None

    @property
    def is_my_turn(self) -> bool:
        return self.room.is_open and self.side is not None and self.room.turn == self.side

    @property
    def is_offer_for_me(self) -> bool:
        return self.on_table is not None and self.side in PARTIES and self.side != self.on_table.side

    @property
    def is_offer_mine(self) -> bool:
        return self.on_table is not None and self.side == self.on_table.side

    @property
    def may_confirm(self) -> bool:
        return self.settlement is not None and self.side in PARTIES and self.side not in self.confirmations

    @property
    def unconfirmed(self) -> list[Side]:
        return [side for side in PARTIES if side not in self.confirmations] if self.settlement else []

    @property
    def owes_report(self) -> bool:
        """The business reports in writing on how a negotiation ended (Luật 19/2023 Đ57.5)."""
        return not self.room.is_mediation and self.room.closed_at is not None and self.report is None


def rooms_of(case: Case, actor: Actor) -> QuerySet[Room]:
    """What the actor may read, newest first."""
    return Room.objects.visible_to(actor).filter(case=case).select_related("case", "agency").order_by("-id")


def find_room(case: Case, actor: Actor, pk: int | None = None) -> Room:
    """The latest room of the case, or that one. Raises CaseNotFound."""
    rooms = rooms_of(case, actor)
    room = (rooms if pk is None else rooms.filter(pk=pk)).first()
    if room is None:
        raise CaseNotFound(_("There is no such case, or it is not yours to see."))
    return room


def find_open_room(case: Case) -> Room | None:
    return Room.objects.filter(case=case, closed_at=None).select_related("case", "invitation__respondent").first()


def room_view(room: Room, actor: Actor) -> RoomView:
    """Five queries."""
    entries = list(RoomEntry.objects.filter(room=room).visible_to(actor).select_related("offer").order_by("id"))
    offers = list(Offer.objects.filter(room=room).select_related("entry"))
    settlement = Settlement.objects.filter(room=room).visible_to(actor).select_related("paper").first()
    confirmations = settlement.confirmations.all() if settlement else []
    return RoomView(
        room=room,
        side=policy.side_of(actor, room.case),
        entries=entries,
        on_table=next((offer for offer in offers if offer.state == Offer.State.OPEN), None),
        agreed=_agreed(entries, offers),
        settlement=settlement,
        confirmations={confirmation.side: confirmation for confirmation in confirmations},
        report=NegotiationReport.objects.filter(room=room).first(),
    )


def _agreed(entries: list[RoomEntry], offers: list[Offer]) -> str:
    accepted = [(offer.answer_id or 0, offer.entry.text) for offer in offers if offer.state == Offer.State.ACCEPTED]
    summed_up = [(entry.pk, entry.text) for entry in entries if entry.kind == RoomEntry.Kind.SUMMARY]
    return max([*accepted, *summed_up], default=(0, ""))[1]


def agreed_in(room: Room) -> str:
    """Two queries."""
    return _agreed(list(room.entries.all()), list(room.offers.select_related("entry")))


def why_not_agreed(room: Room) -> str:
    """Why no settlement can be recorded yet, in words; empty when it can. Three queries at most."""
    if not agreed_in(room):
        return _(
            "Nothing is agreed in this room yet: one side accepts the other's offer, or you sum up what both agreed."
        )
    offer = room.offers.filter(state=Offer.State.OPEN).first()
    if offer and not room.entries.filter(kind=RoomEntry.Kind.SUMMARY, pk__gt=offer.entry_id).exists():
        return _(
            "An offer waits for its answer. It is accepted, declined or withdrawn first; or sum up what both agreed."
        )
    return ""


def consents_for(case: Case, actor: Actor) -> list[MediationConsent]:
    """What both sides said to the mediation that was proposed; a party sees its own answer alone."""
    consents = MediationConsent.objects.current(case)
    if isinstance(actor, Citizen | Business):
        return list(consents.of_party(actor))
    owns = isinstance(actor, Member) and actor.agency.pk == case.owner_id
    return list(consents) if owns else []


def is_mediation_proposed(case: Case) -> bool:
    return case.track == Track.CONSUMER and case.state in (State.INVESTIGATING, State.NEGOTIATING)


def why_not_settled(case: Case) -> str:
    """Why the two sides cannot settle the dispute between them, for the citizen; empty where they can."""
    if case.track != Track.CONSUMER:
        return _("Only a dispute of a consumer with a business can be settled between the two sides.")
    if case.bar:
        reason = Bar(case.bar).label
        return _("The law (Law 19/2023, Article 54.2) does not let this dispute be settled between the sides: %(reason)s. The agency goes on handling it.") % {"reason": reason}  # fmt: skip
    if case.complaint.is_anonymous:
        return _("Your report is anonymous. A settlement is between persons who are known: give your name to the agency that has your report, or send a new report with your name.")  # fmt: skip
    if case.state not in OPEN:
        return _("The handling of your report has ended.")
    return ""


def unconfirmed(actor: Member) -> QuerySet[Settlement]:
    """Settlements whose minutes wait for a side longer than `UNCONFIRMED_AFTER`, oldest first."""
    return waiting_for_confirmation(Settlement.objects.visible_to(actor))


def waiting_for_confirmation(among: QuerySet[Settlement]) -> QuerySet[Settlement]:
    before = clock.now() - UNCONFIRMED_AFTER
    found = among.annotate(confirmed=Count("confirmations")).filter(confirmed__lt=len(PARTIES))
    stands = found.filter(recorded_at__lt=before, room__case__state__in=_CONCLUDED)
    return stands.filter(resolution__outcome=F("room__case__outcome")).select_related("room__case").order_by("id")
