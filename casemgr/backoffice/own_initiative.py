"""From an officer's form in the field to a case nobody lodged, once, with its files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from agencies.actors import Member
from casemgr.backoffice.assisted import province_of
from casemgr.backoffice.assisted_forms import categories, line
from casemgr.public.choices import channels, product_groups
from casemgr.public.fields import Amount, ClockTime, PastDay, TypedText, instant
from casemgr.public.lodging import identifiers
from complaints.lodgement import Lodgement
from complaints.models import Draft, Kind
from events import clock
from workflows.models import Case, Discovery
from workflows.services.own_initiative import Finding, open_own_initiative

ONLINE = (Discovery.Source.LIVESTREAM, Discovery.Source.SHOP)
_KINDS = [(Kind.VIOLATION, Kind.VIOLATION.label), (Kind.CRIME, Kind.CRIME.label), (Kind.CONSUMER, Kind.CONSUMER.label)]


class OwnInitiativeForm(forms.Form):
    use_required_attribute = False

    key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    source = forms.ChoiceField(
        label=_("How you found it"), choices=Discovery.Source, widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it was found.")},
    )  # fmt: skip
    where = line(
        _("Link of the livestream, page or article"), 500,
        attrs={"autocapitalize": "off", "spellcheck": "false", "inputmode": "url"},
    )  # fmt: skip
    seen_on = PastDay(label=_("Seen on"))
    seen_time = ClockTime(label=_("at what time"))
    narrative = TypedText(
        label=_("What you found"), max_length=10_000, rows=6,
        help_text=_("What was offered or done, by whom, where, and how you know. Numbers and links in the text are found by themselves."),
        error_messages={"required": _("Write down what you found. Two or three sentences are enough.")},
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("Track"), choices=_KINDS, initial=Kind.VIOLATION)
    category = forms.ChoiceField(label=_("Category"), choices=categories, required=False)
    urgent = forms.BooleanField(label=_("Urgent"), required=False)

    seller_name = line(_("Name of the seller, shop or page"), 300)
    link = line(_("Link or account name"), 500, attrs={"autocapitalize": "off", "spellcheck": "false"})
    phone = line(_("Seller's phone or Zalo number"), 60, inputmode="tel")
    bank_account = line(_("Account that received the money"), 40)
    tax_code = line(_("Tax code"), 30, inputmode="numeric")
    barcode = line(_("Barcode"), 60, inputmode="numeric")
    seller_address = line(_("Seller's address"), 300)
    product_group = forms.ChoiceField(label=_("Kind of goods or service"), choices=product_groups, required=False)
    channel = forms.ChoiceField(label=_("Sold or offered through"), choices=channels, required=False)
    product = line(_("Product or service"), 300)
    brand = line(_("Brand"), 200)
    price = Amount(label=_("Price"))

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("seen_on") and said.get("seen_time"):
            said["seen_at"] = instant(said["seen_on"], said["seen_time"])
            if said["seen_at"] > clock.now():
                self.add_error("seen_time", _("This time has not come yet. Please check it."))
        if said.get("source") in (*ONLINE, Discovery.Source.PRESS) and not said.get("where"):
            self.add_error("where", _("Write the link, so that others can look at it too."))
        return said


@transaction.atomic
def open_case(form: OwnInitiativeForm, draft: Draft, actor: Member) -> Case:
    """Open what the valid form says. The draft keeps the ids of the files that went with it, so that a second tap
    has the same content. Raises as `open_own_initiative`."""
    locked = Draft.objects.select_for_update().get(pk=draft.pk)
    uploads = locked.data.get("lodged")
    if uploads is None:
        uploads = list(locked.uploads.values_list("pk", flat=True))
    case = open_own_initiative(by=actor, found=finding(form.cleaned_data, uploads, actor))
    locked.data = {"lodged": uploads}
    locked.save(update_fields=["data", "updated_at"])
    return case


def finding(said: dict[str, Any], uploads: list[int], actor: Member) -> Finding:
    """Online, the page it was seen on leads to the seller unless another link is given."""
    if said["source"] in ONLINE and not said["link"]:
        said = said | {"link": said["where"]}
    copied = ("kind", "narrative", "product", "brand", "price", "seller_name", "seller_address")
    lodgement = Lodgement(
        province=province_of(actor),
        idempotency_key=said["key"],
        category=said["category"] or None,
        product_group=said["product_group"] or None,
        channel=said["channel"] or None,
        occurred_on=said["seen_on"],
        identifiers=tuple((kind, raw) for _field, kind, raw in identifiers(said)),
        uploads=tuple(uploads),
        **{name: said[name] for name in copied},
    )
    return Finding(lodgement, said["source"], said["seen_at"], said["where"], said["urgent"])
