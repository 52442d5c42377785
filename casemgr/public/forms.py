"""The shape of each step. What is allowed beyond shape is decided in services and policy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casemgr.public.choices import KINDS, channels, product_groups
from casemgr.public.fields import Amount, ClockTime, PastDay, TypedText, instant
from complaints import codes
from complaints.models import Kind
from events import clock

YES_NO = [("yes", _("Yes")), ("no", _("No"))]
_CASE_NUMBER = re.compile(r"\d{2}[0-9A-Z]{10}", re.ASCII)
WAYS_TO_IDENTIFY = ("seller_name", "link", "phone", "bank_account", "tax_code", "seller_address")


class StepForm(forms.Form):
    """One step. ``said``: what the draft holds of all steps, as typed."""

    use_required_attribute = False

    def __init__(self, *args: Any, said: Mapping[str, Mapping[str, Any]] | None = None, **options: Any) -> None:
        self.said = said or {}
        super().__init__(*args, **options)
        self.arrange()

    def arrange(self) -> None:
        """Fit the fields to what was said in earlier steps."""

    def to_keep(self, typed: dict[str, str]) -> dict[str, str]:
        """What the draft should go on holding once the step is valid."""
        return typed

    @property
    def chosen_kind(self) -> str:
        return str(self.said.get("kind", {}).get("kind", ""))

    @property
    def money_just_moved(self) -> bool:
        return self.said.get("kind", {}).get("money_moved") == "yes"

    @property
    def is_crime(self) -> bool:
        return self.chosen_kind == Kind.CRIME or self.money_just_moved


class KindForm(StepForm):
    kind = forms.ChoiceField(
        label=_("What is it about?"),
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the one that fits best. If unsure, choose any: we pass it to the right agency.")
        },
    )
    money_moved = forms.ChoiceField(
        label=_(
            "In the last 24 hours, did money leave your account because someone cheated you, or without your doing?"
        ),
        help_text=_("If so, the first thing is to stop the money: we show you how at once."),
        choices=YES_NO,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please answer yes or no: if money just left, every minute counts.")},
    )


class SellerForm(StepForm):
    field_order = (
        "seller_name",
        "link",
        "phone",
        "bank_account",
        "bank",
        "tax_code",
        "seller_address",
        "unknown_seller",
    )

    product_group = forms.ChoiceField(label=_("Kind of goods or service"), choices=product_groups, required=False)
    product = TypedText(label=_("What exactly?"), max_length=300, required=False,
                        help_text=_("For example: iPhone 15 128 GB; tour to Đà Lạt."))  # fmt: skip
    brand = TypedText(label=_("Brand on the goods"), max_length=200, required=False)
    barcode = TypedText(
        label=_("Barcode"), max_length=60, required=False, help_text=_("The digits under the black bars."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    price = Amount(label=_("Price"))
    channel = forms.ChoiceField(label=_("Where was it sold or offered?"), choices=channels, required=False)
    seller_name = TypedText(label=_("Name of the seller, shop or page"), max_length=300, required=False)
    link = TypedText(
        label=_("Link to the shop, page, account or article"), max_length=500, required=False,
        help_text=_("Copy it from the browser or the app, or write the account's name, for example @shopabc."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )  # fmt: skip
    phone = TypedText(
        label=_("Seller's phone or Zalo number"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    bank_account = TypedText(
        label=_("Account that received the money"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    bank = TypedText(
        label=_("Bank or e-wallet"), max_length=60, required=False,
        widget=forms.TextInput(attrs={"list": "bank-names", "autocomplete": "off"}),
    )  # fmt: skip
    tax_code = TypedText(
        label=_("Tax code"), max_length=30, required=False, help_text=_("On the invoice or at the foot of the website."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    seller_address = TypedText(label=_("Address"), max_length=300, required=False)
    unknown_seller = forms.BooleanField(label=_("I do not know anything about the seller"), required=False)
    # A scammer is no shop: other words, what leads to the money first, and nothing about goods on a shelf.
    CRIME_LABELS = {
        "bank_account": _("Scammer: account that received the money"),
        "bank": _("Scammer: bank or e-wallet"),
        "phone": _("Scammer: phone or Zalo number"),
        "link": _("Scammer: link, or account on a social network"),
        "seller_name": _("Scammer: the name they gave"),
        "tax_code": _("Scammer: tax code"),
        "seller_address": _("Scammer: address"),
        "unknown_seller": _("I do not know anything about the scammer"),
        "channel": _("Scammer: where did they reach you?"),
        "product": _("What did they offer or promise?"),
    }

    def arrange(self) -> None:
        if not self.is_crime:
            return
        self.fields = {name: self.fields[name] for name in self.CRIME_LABELS}
        for name, label in self.CRIME_LABELS.items():
            self.fields[name].label = label
        self.fields["product"].help_text = ""

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        known = any(said.get(name) or name in self.errors for name in WAYS_TO_IDENTIFY)
        if not known and not said.get("unknown_seller") and self.chosen_kind != Kind.FEEDBACK:
            self.add_error(
                "unknown_seller",
                _("Give one thing that leads to the scammer: an account, phone, link, name, tax code or address. If you know none, tick this box.")
                if self.is_crime else
                _("Give one thing that leads to the seller: a name, link, phone, account, tax code or address. If you know none, tick this box."),
            )  # fmt: skip
        return said


class StoryForm(StepForm):
    narrative = TypedText(
        label=_("What happened?"), max_length=10_000, rows=8,
        help_text=_("In your own words, in the order it happened: who said what, what you paid, what you received."),
        error_messages={"required": _("Please tell us what happened. Two or three sentences are enough.")},
    )  # fmt: skip
    wish = TypedText(label=_("What do you ask for?"), max_length=2000, rows=3, required=False,
                     help_text=_("For example: a refund, another item, an inspection."))  # fmt: skip
    occurred_on = PastDay(label=_("When did it happen?"), required=False,
                          help_text=_("Day/month/year, for example 05/11/2026. About right is good enough."))  # fmt: skip
    moved_on = PastDay(label=_("On which day did the money leave your account?"),
                       help_text=_("Day/month/year, for example 05/11/2026."))  # fmt: skip
    moved_time = ClockTime(label=_("At what time?"), help_text=_("Look in the banking app. For example 14:30."))
    amount = Amount(label=_("How much did you lose?"))

    def arrange(self) -> None:
        if self.money_just_moved:
            del self.fields["occurred_on"]
        else:
            del self.fields["moved_on"], self.fields["moved_time"]

    def to_keep(self, typed: dict[str, str]) -> dict[str, str]:
        """The day that was meant: “yesterday” is another day tomorrow."""
        days = {name: self.cleaned_data.get(name) for name in ("occurred_on", "moved_on")}
        said_in_words = {name: day for name, day in days.items() if day and not any(map(str.isdigit, typed[name]))}
        return typed | {name: day.strftime("%d/%m/%Y") for name, day in said_in_words.items()}

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        day, at = said.get("moved_on"), said.get("moved_time")
        if day and at:
            said["money_moved_at"] = instant(day, at)
            # A phone's clock may run a few minutes before ours.
            if said["money_moved_at"] > clock.now() + timedelta(minutes=10):
                self.add_error("moved_time", _("This time has not come yet. Please check it."))
        return said


class CheckForm(StepForm):
    """Sending: ``shown`` is the digest of what the citizen has just read."""

    shown = forms.CharField(max_length=64, widget=forms.HiddenInput)


class CodeForm(forms.Form):
    use_required_attribute = False
    code = forms.CharField(
        label=_("Tracking code"), max_length=200,
        help_text=_("The 26 letters and digits on your receipt. Dashes and spaces do not matter."),
        error_messages={"required": _("Type the code on your receipt.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip

    def clean_code(self) -> str:
        """What is wrong with the shape is said at once: that is reckoned from what was typed and reveals nothing."""
        code: str = self.cleaned_data["code"]
        if codes.normalise_code(code) is None:
            raise forms.ValidationError(_wrong_shape("".join(c for c in code if c.isalnum())))
        return code


def _wrong_shape(signs: str) -> str:
    """``signs``: the letters and digits that were typed."""
    if _CASE_NUMBER.fullmatch(signs.upper()):
        return gettext("This is the case number, which opens nothing. Type the tracking code: it stands on the receipt and has 26 letters and digits.")  # fmt: skip
    if len(signs) < codes.LENGTH:
        return gettext("The code is too short: only %(count)d of its 26 letters and digits are here.") % {"count": len(signs)}  # fmt: skip
    if len(signs) > codes.LENGTH:
        return gettext("The code is too long: there are %(count)d letters and digits here, and a code has 26.") % {"count": len(signs)}  # fmt: skip
    return gettext("There is a letter here that no code has: a code is made of digits and the letters A to Z, without accents.")  # fmt: skip


class WordsForm(forms.Form):
    """The citizen's words on a tracking page; ``purpose`` is one of `LABELS` and the prefix of the field."""

    LABELS = {
        "answer": _("Your answer"),
        "supplement": _("What you want to add"),
        "objection": _("Why you do not agree"),
        "withdrawal": _("Why?"),
    }
    use_required_attribute = False
    text = TypedText(max_length=10_000, rows=5, error_messages={"required": _("Please write something here.")})

    def __init__(self, purpose: str, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, prefix=purpose)
        self.fields["text"].label = self.LABELS[purpose]
        self.fields["text"].required = purpose != "withdrawal"
