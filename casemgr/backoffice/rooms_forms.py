"""The forms of opening and ending a talk, of its minutes, and of a bar. Shape only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casemgr.backoffice.forms import NO_CHOICE, MoveForm, long_text
from casemgr.public.fields import PastDay, TypedText
from casemgr.rooms.forms import ComingDay
from complaints.models import Complainant
from events import clock
from workflows.deadlines import HANOI
from workflows.selectors.rooms import agreed_in, find_open_room
from workflows.states import Bar


class IdentityAgreed(forms.BooleanField):
    def __init__(self) -> None:
        super().__init__(
            label=_("The sender agreed that the business learns who complains"),
            required=False,
            help_text=_("Both names stand in the minutes. Ask the sender first if the complaint does not say so."),
        )


class OpeningForm(MoveForm):
    """The box about the sender's name is shown only where the complaint does not say it already."""

    ground = long_text(_("Why the talk is opened"), rows=3, help_text=_("Both sides read it when they come in."))
    identity_agreed = IdentityAgreed()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agreed = Complainant.objects.filter(complaint=self.case.complaint_id, may_share_with_business=True)
        if agreed.exists():
            del self.fields["identity_agreed"]


class OpenNegotiationForm(OpeningForm):
    field_order = ["version", "ground", "identity_agreed"]


class OpenMediationForm(OpeningForm):
    agreed_on = ComingDay(label=_("Until which day"), help_text=_("As both sides agreed. Day/month/year."))

    field_order = ["version", "ground", "agreed_on", "identity_agreed"]


class SettlementForm(MoveForm):
    """The minutes: Luật 19/2023 Đ60.2, Đ65.2. Starts from what was agreed in the room."""

    respondent_name = TypedText(label=_("Name of the business"), max_length=250)
    respondent_contact = TypedText(
        label=_("Its address and telephone, who speaks for it"), max_length=350, required=False
    )
    complainant_contact = TypedText(
        label=_("Address of the consumer"), max_length=350, required=False,
        help_text=_("The business reads it too: leave it empty unless the consumer agrees."),
    )  # fmt: skip
    held_on = PastDay(label=_("Day of the settlement"), help_text=_("Day/month/year."))
    place = TypedText(label=_("Place"), max_length=200, help_text=_("“Online” if the sides met only in the room."))
    dispute = long_text(_("What the dispute is about"))
    complainant_opinion = long_text(_("Opinion of the consumer"))
    respondent_opinion = long_text(_("Opinion of the business"))
    result = long_text(_("What was agreed"), help_text=_("Who does what, how much, by when."))
    answer = long_text(
        _("Answer to the sender"),
        rows=3,
        help_text=_(
            "In plain words. It stands in the history of the case: quote nothing that was said in a mediation."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        room = find_open_room(self.case)
        asked = room.invitation.respondent if room and room.invitation else None
        complaint = self.case.complaint
        starts = {
            "respondent_name": asked.name if asked else complaint.seller_name,
            "respondent_contact": asked.address if asked else complaint.seller_address,
            "held_on": clock.now().astimezone(HANOI).date().strftime("%d/%m/%Y"),
            "result": agreed_in(room) if room else "",
        }
        for name, value in starts.items():
            self.initial.setdefault(name, value)


class EndTalkForm(MoveForm):
    reason = long_text(
        _("Why it ends without a settlement"), rows=3, help_text=_("Both sides read it in the room; nobody else does.")
    )


class BarForm(MoveForm):
    bar = forms.ChoiceField(
        label=_("Reason in the law"),
        choices=[NO_CHOICE, *((bar.value, bar.label) for bar in Bar if bar.value)],
        help_text=_("Law 19/2023, Article 54.2. The sender reads this reason when asking for a settlement."),
    )
    reason = long_text(_("Why it holds here"), rows=3, help_text=_("For the agencies that handle the case."))


class UnbarForm(MoveForm):
    reason = long_text(_("Why it holds no longer"), rows=3)
