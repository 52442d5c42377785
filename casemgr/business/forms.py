"""What a business types: shape only."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from casemgr.public.fields import TypedText


class SecretForm(forms.Form):
    code = TypedText(
        label=_("Code of the link"),
        max_length=200,
        help_text=_("26 letters and digits, from the message of the agency. Capitals and dashes do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class DigitsForm(forms.Form):
    digits = TypedText(
        label=_("Six digits"),
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
