"""Where the citizen is, and who, if they say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Commune
from casemgr.public import places
from casemgr.public.choices import two_lines
from casemgr.public.fields import TypedText
from casemgr.public.forms import StepForm
from complaints.models import AnonymityReason, Kind, Vulnerability

IDENTIFYING = frozenset({"name", "phone", "email", "address"})


class ContactForm(StepForm):
    commune = TypedText(
        label=_("Ward or commune where you live"), max_length=120, required=False,
        help_text=_("The old name will do as well, with or without accents. You may leave this empty."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    commune_code = forms.CharField(max_length=5, required=False, widget=forms.HiddenInput)
    commune_choice = forms.CharField(
        label=_("Which of these places do you mean?"), max_length=5, required=False, widget=forms.RadioSelect
    )
    identity = forms.ChoiceField(
        label=_("Do you want to give your name?"),
        choices=[
            ("named", two_lines(_("Yes, I give my name"), _("Only the officers who handle your report see it."))),
            ("anonymous", two_lines(_("No, I stay anonymous"), _("We keep no name, no network address, nothing about your device. You still get a code to follow the report."))),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether to give your name.")},
    )  # fmt: skip
    anonymity_reason = forms.ChoiceField(
        label=_("If anonymous: why?"), required=False, widget=forms.RadioSelect,
        choices=AnonymityReason.choices,
        help_text=_("For reports of a crime the law asks us to note the reason. Nothing else is asked."),
    )  # fmt: skip
    name = TypedText(label=_("Full name"), max_length=120, required=False,
                     widget=forms.TextInput(attrs={"autocomplete": "name"}))  # fmt: skip
    phone = TypedText(label=_("Phone"), max_length=40, required=False,
                      widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}))  # fmt: skip
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False,
                             error_messages={"invalid": _("Write the address as name@example.com.")},
                             widget=forms.EmailInput(attrs={"autocomplete": "email"}))  # fmt: skip
    address = TypedText(label=_("Your address"), max_length=300, required=False,
                        help_text=_("House number, street, hamlet."),
                        widget=forms.TextInput(attrs={"autocomplete": "street-address"}))  # fmt: skip
    may_share_with_business = forms.BooleanField(
        label=_("The seller may be told who complains"), required=False,
        help_text=_("Needed when a refund or exchange is negotiated. You can also tell the agency later."),
    )  # fmt: skip
    vulnerability = forms.ChoiceField(
        label=_("Does one of these apply to you?"), required=False,
        choices=[("", _("No, or I do not want to say")), *Vulnerability.choices[1:]],
        help_text=_("By law (Article 8 of the consumer protection law) you are then helped first. You may leave this empty."),
    )  # fmt: skip
    consent = forms.BooleanField(
        label=_("I agree that the agencies in charge use what I wrote to handle this report."),
        help_text=_("They pass it on only to agencies that must act on it. Figures and public warnings never say who sent a report. Your rights, and whom to ask, are on the page below."),
        error_messages={"required": _("Without your consent we may not receive the report.")},
    )  # fmt: skip

    def arrange(self) -> None:
        if self.must_be_named:
            del self.fields["identity"]
        else:
            del self.fields["may_share_with_business"]
        if not self.is_crime:
            del self.fields["anonymity_reason"]

    @property
    def must_be_named(self) -> bool:
        """A consumer complaint ends in a negotiation, which needs someone to negotiate for."""
        return self.chosen_kind == Kind.CONSUMER and not self.money_just_moved

    def to_keep(self, typed: dict[str, str]) -> dict[str, str]:
        """The place by its full name; whoever stays anonymous leaves no name behind, not even in the draft."""
        kept = dict(typed)
        if place := self.cleaned_data["place"]:
            kept |= {"commune": places.label(place), "commune_code": place.pk, "commune_choice": ""}
        if self.cleaned_data.get("identity") == "anonymous":
            kept = {name: value for name, value in kept.items() if name not in IDENTIFYING}
        return kept

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        said["place"] = self._place(said)
        if said.get("identity") == "anonymous":
            self._pass_over_identity()
            self._check_reason(said)
        else:
            self._check_identity(said)
        return said

    def _place(self, said: Mapping[str, Any]) -> Commune | None:
        found = places.resolve(said.get("commune", ""), said.get("commune_code", ""), said.get("commune_choice", ""))
        if not isinstance(found, list):
            return found
        self.fields["commune_choice"].widget.choices = [
            *((place.commune.pk, places.described(place)) for place in found),
            (places.KEEP_AS_TYPED, _("None of these: keep what I typed")),
        ]
        self.add_error("commune_choice", _("There are several places like that. Choose the one you mean."))
        return None

    def _pass_over_identity(self) -> None:
        """What is not kept cannot be wrong."""
        for name in IDENTIFYING:
            self.errors.pop(name, None)

    def _check_reason(self, said: Mapping[str, Any]) -> None:
        if self.is_crime and not said.get("anonymity_reason") and "anonymity_reason" not in self.errors:
            self.add_error("anonymity_reason", _("Choose a reason; “I do not want to say” is one."))

    def _check_identity(self, said: Mapping[str, Any]) -> None:
        if (
            (self.must_be_named or said.get("identity") == "named")
            and not said.get("name")
            and "name" not in self.errors
        ):
            self.add_error("name", _("Write your name, or choose to stay anonymous.") if not self.must_be_named
                           else _("Write your name: the seller has to settle this with someone."))  # fmt: skip
        if self.must_be_named and not (
            said.get("phone") or said.get("email") or self.errors.keys() & {"phone", "email"}
        ):
            self.add_error("phone", _("Give a phone number or an e-mail, so that we can reach you."))
