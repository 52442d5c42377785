"""Lodging for someone at the counter or on the phone: the citizen's steps on one page, in the officer's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Commune
from casemgr.public import places
from casemgr.public.choices import Choices, channels, product_groups
from casemgr.public.fields import Amount, ClockTime, PastDay, TypedText, instant
from casemgr.public.forms import WAYS_TO_IDENTIFY
from complaints.models import AnonymityReason, Category, Kind, Origin, Vulnerability
from events import clock

ORIGINS = [(Origin.COUNTER, _("At the counter")), (Origin.PHONE, _("By phone"))]
NAMED, ANONYMOUS = "named", "anonymous"
_NO_HELP = {"autocomplete": "off"}


def categories() -> Choices:
    """Categories in use, under the heading they are part of."""
    rows = list(Category.objects.filter(retired=False))
    parents = {row.parent_id for row in rows}
    labels = {row.code: str(row) for row in rows}
    grouped: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        if row.code not in parents:
            grouped.setdefault(labels.get(row.parent_id or "", ""), []).append((row.code, str(row)))
    alone = grouped.pop("", [])
    return [("", str(_("Choose, or leave empty"))), *alone, *grouped.items()]


def line(label: Any, length: int, *, required: bool = False, inputmode: str = "", **options: Any) -> TypedText:
    """One line of text nobody's browser remembers: the next person at the counter is somebody else."""
    attrs = _NO_HELP | ({"inputmode": inputmode} if inputmode else {}) | options.pop("attrs", {})
    return TypedText(label=label, max_length=length, required=required, widget=forms.TextInput(attrs=attrs), **options)


class AssistedForm(forms.Form):
    """What the citizen tells. Shape only; ``lodge_complaint`` decides what becomes of it."""

    use_required_attribute = False

    key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    warned = forms.BooleanField(required=False, widget=forms.HiddenInput)
    origin = forms.ChoiceField(
        label=_("How do they reach you?"), choices=ORIGINS, widget=forms.RadioSelect,
        error_messages={"required": _("Choose counter or phone.")},
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Kind of submission"), choices=Kind.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose the kind that fits best; the agency that accepts the case can correct it.")},
    )  # fmt: skip
    category = forms.ChoiceField(label=_("Category"), choices=categories, required=False)

    narrative = TypedText(
        label=_("What happened, as they tell it"), max_length=10_000, rows=8,
        help_text=_("In their words, in the order it happened. Read it back to them before you send it."),
        error_messages={"required": _("Write down what happened. Two or three sentences are enough.")},
    )  # fmt: skip
    wish = TypedText(label=_("What they ask for"), max_length=2000, rows=2, required=False)
    occurred_on = PastDay(
        label=_("Happened on"), required=False, help_text=_("Day/month/year, for example 05/11/2026.")
    )
    amount = Amount(label=_("Loss"))
    moved_on = PastDay(label=_("Money left the account on"), required=False,
                       help_text=_("Only when it left by deceit: the report then counts as a report of fraud."))  # fmt: skip
    moved_time = ClockTime(label=_("at what time"), required=False, help_text=_("For example 14:30."))

    seller_name = line(_("Name of the seller, shop or page"), 300)
    link = line(_("Link or account name"), 500, attrs={"autocapitalize": "off", "spellcheck": "false"})
    phone = line(_("Seller's phone or Zalo number"), 60, inputmode="tel")
    bank_account = line(_("Account that received the money"), 40)
    bank = line(_("Bank or e-wallet"), 60, attrs={"list": "bank-names"})
    tax_code = line(_("Tax code"), 30, inputmode="numeric")
    seller_address = line(_("Seller's address"), 300)
    unknown_seller = forms.BooleanField(label=_("Nothing is known about the seller"), required=False)
    product_group = forms.ChoiceField(label=_("Kind of goods or service"), choices=product_groups, required=False)
    channel = forms.ChoiceField(label=_("Sold or offered through"), choices=channels, required=False)
    product = line(_("Product or service"), 300)
    brand = line(_("Brand"), 200)
    price = Amount(label=_("Price"))
    barcode = line(_("Barcode"), 60, inputmode="numeric")

    commune = line(
        _("Ward or commune where they live"), 120, help_text=_("The old name will do as well, with or without accents.")
    )
    commune_code = forms.CharField(max_length=5, required=False, widget=forms.HiddenInput)
    commune_choice = forms.CharField(
        label=_("Which of these places do they mean?"), max_length=5, required=False, widget=forms.RadioSelect
    )
    identity = forms.ChoiceField(
        label=_("Do they give their name?"), initial=NAMED, widget=forms.RadioSelect,
        choices=[(NAMED, _("Yes")), (ANONYMOUS, _("No, they stay anonymous"))],
        help_text=_("A consumer complaint needs a name, because somebody has to settle with the seller."),
        error_messages={"required": _("Choose whether they give their name.")},
    )  # fmt: skip
    anonymity_reason = forms.ChoiceField(
        label=_("If anonymous in a report of fraud: why?"), required=False,
        choices=[("", _("Choose, or leave empty")), *AnonymityReason.choices],
    )  # fmt: skip
    person_name = line(_("Full name"), 120)
    person_phone = line(_("Phone"), 40, inputmode="tel")
    person_email = forms.EmailField(
        label=_("E-mail"), max_length=254, required=False, widget=forms.EmailInput(attrs=_NO_HELP),
        error_messages={"invalid": _("Write the address as name@example.com.")},
    )  # fmt: skip
    person_address = line(_("Address"), 300)
    may_share_with_business = forms.BooleanField(label=_("The business may be told who complains"), required=False)
    vulnerability = forms.ChoiceField(
        label=_("Vulnerable person"), required=False, choices=Vulnerability.choices,
        help_text=_("Only what they declare themselves; they are then helped first (Article 8 of the consumer protection law)."),
    )  # fmt: skip
    consent = forms.BooleanField(
        label=_("I told them what the data is used for and who reads it, and they agreed."),
        help_text=_("Recorded as consent given orally, to you, at this agency."),
        error_messages={"required": _("Without their consent the report may not be received. Ask them, then tick this box.")},
    )  # fmt: skip

    @property
    def is_anonymous(self) -> bool:
        return bool(self.cleaned_data.get("identity") == ANONYMOUS)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        said["money_moved_at"] = self._moved_at(said)
        said["place"] = self._place(said)
        self._check_seller(said)
        if self.is_anonymous:
            self._check_anonymity(said)
        else:
            self._check_person(said)
        return said

    def _moved_at(self, said: Mapping[str, Any]) -> Any:
        day, at = said.get("moved_on"), said.get("moved_time")
        if bool(day) != bool(at) and not self.errors.keys() & {"moved_on", "moved_time"}:
            self.add_error("moved_on" if at else "moved_time", _("Give both the day and the time."))
        if not (day and at):
            return None
        moved = instant(day, at)
        # A phone's clock may run a few minutes before ours.
        if moved > clock.now() + timedelta(minutes=10):
            self.add_error("moved_time", _("This time has not come yet. Please check it."))
        return moved

    def _place(self, said: Mapping[str, Any]) -> Commune | None:
        found = places.resolve(said.get("commune", ""), said.get("commune_code", ""), said.get("commune_choice", ""))
        if not isinstance(found, list):
            return found
        self.fields["commune_choice"].widget.choices = [
            *((place.commune.pk, places.described(place)) for place in found),
            (places.KEEP_AS_TYPED, _("None of these: keep what I typed")),
        ]
        self.add_error("commune_choice", _("There are several places like that. Choose the one they mean."))
        return None

    def _check_seller(self, said: Mapping[str, Any]) -> None:
        known = any(said.get(name) or name in self.errors for name in WAYS_TO_IDENTIFY)
        if not known and not said.get("unknown_seller") and said.get("kind") not in (Kind.FEEDBACK, None):
            self.add_error(
                "unknown_seller",
                _("Write one thing that leads to the seller: a name, link, phone, account, tax code or address. If nothing is known, tick this box."),
            )  # fmt: skip

    def _check_anonymity(self, said: Mapping[str, Any]) -> None:
        is_crime = said.get("kind") == Kind.CRIME or said.get("money_moved_at")
        if said.get("kind") == Kind.CONSUMER and not is_crime:
            self.add_error(
                "identity",
                _(
                    "A consumer complaint needs a name. Without one, lodge it as a report of illegal goods or as feedback."
                ),
            )
        if is_crime and not said.get("anonymity_reason") and "anonymity_reason" not in self.errors:
            self.add_error("anonymity_reason", _("Choose a reason; “I do not want to say” is one."))

    def _check_person(self, said: Mapping[str, Any]) -> None:
        if not said.get("person_name") and "person_name" not in self.errors:
            self.add_error("person_name", _("Write their name, or record that they stay anonymous."))
