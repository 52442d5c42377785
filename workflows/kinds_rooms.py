"""What may happen around negotiation and mediation, in words; see `workflows.kinds`.

What is said inside is recorded in the room's own stream (`room:12`): the history of the case, which later owners
read, holds only that a room was opened and how it ended.
"""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(
    Kind("case.settlement_barred", _("%(who)s marked the dispute as one that may not be settled between the sides.")),
    Kind("case.settlement_unbarred", _("%(who)s lifted the bar on settling the dispute between the sides.")),
    Kind(
        "case.settlement_wished",
        _("The sender asks for a settlement with the business."),
        _("You asked for a settlement with the business."),
        _("The sender asks for a settlement"),
    ),
    Kind(
        "case.negotiation_opened",
        _("%(who)s opened a supported negotiation."),
        _("%(who)s opened a negotiation between you and the business."),
    ),
    Kind(
        "case.mediation_proposed",
        _("%(who)s asked both sides whether they agree to mediation."),
        _("%(who)s proposes mediation between you and the business and needs your agreement."),
    ),
    Kind("case.mediation_agreed", _("A side agreed to mediation."), "", _("A side agreed to mediation")),
    Kind("case.mediation_declined", _("A side does not want mediation."), "", _("A side does not want mediation")),
    Kind(
        "case.mediation_opened",
        _("%(who)s opened a mediation."),
        _("%(who)s opened a mediation between you and the business."),
    ),
    Kind(
        "case.settled",
        _("%(who)s recorded the settlement of the two sides."),
        _("You and the business came to a settlement. Please read the minutes and confirm them."),
    ),
    Kind(
        "case.unsettled",
        _("The talk ended without a settlement."),
        _("The talk with the business ended without a settlement. You can still go to arbitration or to the court."),
    ),
    Kind("case.settlement_confirmed", _("A side confirmed the minutes."), "", _("A side confirmed the minutes")),
    Kind(
        "case.settlement_unconfirmed",
        _("The minutes of the settlement are not confirmed by both sides yet."),
        "",
        _("Minutes are not confirmed yet"),
    ),
    Kind("case.negotiation_reported", _("The business reported on the negotiation."), "", _("The business reported")),
    Kind("room.opened", _("%(who)s opened the room.")),
    Kind("room.said", _("A word in the room."), "", _("A new word in the room")),
    Kind("room.offered", _("An offer in the room."), "", _("A new offer in the room")),
    Kind("room.offer_accepted", _("An offer was accepted."), "", _("An offer was accepted")),
    Kind("room.offer_declined", _("An offer was declined."), "", _("An offer was declined")),
    Kind("room.offer_withdrawn", _("An offer was withdrawn."), "", _("An offer was withdrawn")),
    Kind("room.turn_passed", _("%(who)s passed the turn.")),
    Kind("room.summarised", _("%(who)s summed up what is agreed.")),
    Kind("room.closed", _("%(who)s closed the room.")),
)
