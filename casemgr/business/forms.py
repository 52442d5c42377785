"""What a business types: shape only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casemgr.public.choices import two_lines
from casemgr.public.fields import DATE_FORMATS, Amount, TypedText
from workflows.services.moving import TEXT_LIMIT
from workflows.services.responding import STANCES
from workflows.states import Stance

STANCE_WORDS = {
    Stance.ACCEPTS: _("We accept: we do what the customer asks for"),
    Stance.OFFERS: _("We offer something else"),
    Stance.DISPUTES: two_lines(
        _("We see it differently, and say why"),
        _("The agency weighs your reasons against what the customer says, and goes on with the case."),
    ),
    Stance.REFUSES: two_lines(
        _("We refuse, and say why"),
        _(
            "The agency judges whether your reason is good. If it is not, negotiation may be opened (Law 19/2023, Article 57)."
        ),
    ),
}


class DayToCome(forms.DateField):
    """Written day first in any of the usual ways. Whether it is over is judged where the answer is kept."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input-short"})
        message = {"invalid": _("Write the day as day/month/year, for example 05/11/2026.")}
        super().__init__(input_formats=DATE_FORMATS, widget=widget, error_messages=message, **options)


class ResponseFields(forms.Form):
    """An answer, as the business gives it and as an officer records it."""

    stance = forms.ChoiceField(
        label=_("What do you say to it?"),
        choices=[(stance.value, STANCE_WORDS[stance]) for stance in STANCES],
        widget=forms.RadioSelect,
    )
    answer = TypedText(
        label=_("In your words"),
        max_length=TEXT_LIMIT,
        rows=6,
        help_text=_(
            "What you do or offer, or why you do not. The customer and the agency read it. Up to 10,000 characters."
        ),
    )
    offer_amount = Amount(label=_("Amount you offer (đồng)"))
    offer_by = DayToCome(
        label=_("Done by"), required=False, help_text=_("Day/month/year. Needed when you offer something.")
    )
    note = TypedText(
        label=_("For the agency only"),
        max_length=TEXT_LIMIT,
        rows=3,
        required=False,
        help_text=_("The customer does not read this, for example your supplier, or how the parcel was sent."),
    )


class ObjectionForm(forms.Form):
    reason = TypedText(
        label=_("Why you do not agree"),
        max_length=TEXT_LIMIT,
        rows=6,
        help_text=_(
            "Name what the agency did not know or did not look at. The customer learns that you object, not why."
        ),
    )


class EmailForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address of the business"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )


class SecretForm(forms.Form):
    code = TypedText(
        label=_("Code of the link"),
        max_length=200,
        help_text=_("26 letters and digits, from the message of the agency. Capitals and dashes do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class DigitsForm(forms.Form):
    """The one-time code of the last message."""

    digits = TypedText(
        label=_("Code from the message"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "class": "input-short",
                "spellcheck": "false",
            }
        ),
    )
