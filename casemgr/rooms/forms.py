"""What is typed in a room: shape only; the services decide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from casemgr.public.fields import DATE_FORMATS, Amount, TypedText
from complaints.models import RespondentContact
from events import clock
from workflows.deadlines import HANOI
from workflows.models import PARTIES, Case, Offer
from workflows.services.moving import TEXT_LIMIT
from workflows.texting import is_configured

_REQUIRED = {"required": _("Please write something here.")}


class ComingDay(forms.DateField):
    """A day from today on, written day first."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input-short"})
        wrong = {"invalid": _("Write the day as day/month/year, for example 05/11/2026.")}
        super().__init__(input_formats=DATE_FORMATS, widget=widget, error_messages=wrong, **options)

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and value < clock.now().astimezone(HANOI).date():
            raise ValidationError(_("This day is over already."))


class RoomForm(forms.Form):
    """``name`` is what the form does, and the prefix of its fields."""

    use_required_attribute = False
    name: str

    def __init__(self, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(data, prefix=self.name, **options)


class WordForm(RoomForm):
    """Words alone."""

    label: Any
    help_text: Any = _("Up to 10,000 characters.")
    text = TypedText(max_length=TEXT_LIMIT, rows=4, error_messages=_REQUIRED)

    def __init__(self, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["text"].label, self.fields["text"].help_text = self.label, self.help_text


class SayForm(WordForm):
    name, label = "say", _("What you want to say")


class DeclineForm(WordForm):
    name, label = "decline", _("Why not, and what you would accept")


class ReportForm(WordForm):
    name, label = "report", _("Result of the negotiation")


class SummaryForm(WordForm):
    name, label = "summary", _("What is agreed")


class WishForm(WordForm):
    name, label = "wish", _("What would settle the matter for you?")


class OfferForm(RoomForm):
    name = "offer"
    remedy = forms.ChoiceField(label=_("What you offer"), choices=Offer.Remedy, widget=forms.RadioSelect)
    amount = Amount(label=_("Amount (đồng)"), help_text=_("Where money is paid."))
    due_on = ComingDay(label=_("Done by"), required=False, help_text=_("Day/month/year."))
    text = TypedText(
        label=_("The offer in your words"),
        max_length=TEXT_LIMIT,
        rows=4,
        help_text=_("Who does what, where and how. Up to 10,000 characters."),
        error_messages=_REQUIRED,
    )


class PassForm(RoomForm):
    """The handler gives the word to a side."""

    name = "pass"
    to = forms.ChoiceField(label=_("To which side"), choices=[(side.value, side.label) for side in PARTIES])
    text = TypedText(label=_("Words to both sides"), max_length=TEXT_LIMIT, rows=2, required=False)


class InviteForm(RoomForm):
    """A verified address of a business complained of, for one that was never sent a link."""

    name = "invite"
    contact = forms.ModelChoiceField(label=_("Address of the business"), queryset=RespondentContact.objects.none())

    def __init__(self, data: Mapping[str, Any] | None = None, *, case: Case, **options: Any) -> None:
        super().__init__(data, **options)
        known = RespondentContact.objects.filter(
            respondent__complaints__complaint=case.complaint_id, verified_at__isnull=False
        )
        if not is_configured():
            known = known.filter(channel=RespondentContact.Channel.EMAIL)
        field = self.fields["contact"]
        field.queryset = known.select_related("respondent")  # type: ignore[attr-defined]
        field.label_from_instance = lambda contact: f"{contact.respondent}: {contact.value}"  # type: ignore[attr-defined]


class ConsentForm(RoomForm):
    """What a side said about mediation, written down by the handler."""

    name = "consent"
    side = forms.ChoiceField(label=_("Side"), choices=[(side.value, side.label) for side in PARTIES])
    agrees = forms.TypedChoiceField(
        label=_("Answer"),
        choices=[("yes", _("agrees to mediation")), ("no", _("does not want mediation"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    how = TypedText(
        label=_("How and when it was said"), max_length=500, help_text=_("For example: by telephone, today at 9:00.")
    )
