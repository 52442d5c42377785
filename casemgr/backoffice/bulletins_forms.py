"""Forms of bulletins and warnings: shape only; what may be said is decided by the services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bulletins.item_fields import FIELDS, REQUIRED, UNTITLED
from bulletins.models import Audience, Bulletin, BulletinVersion, NamedBy, PeriodKind, WarningItem
from bulletins.models_items import LINE_LIMIT, TEXT_LIMIT
from bulletins.spans import Span
from casemgr.backoffice.drafts import KeptInput
from casemgr.backoffice.letters_forms import AUTHORITIES
from casemgr.public.fields import DATE_FORMATS, Amount, PastDay, TypedText
from complaints.models import Category, Channel, ProductGroup
from documents.decree30 import Urgency

_LONG = {
    "text": 6, "risk": 3, "how_it_goes": 6, "how_to_recognise": 4, "what_to_do": 4, "identifiers": 4,
    "responsibility": 3, "reply": 4,
}  # fmt: skip
_HINTS = {
    "identifiers": _(
        "Links lose their address, long numbers their middle when they are printed. You write them as they are."
    ),
    "business": _("Only with a decision, or on the agency's own responsibility; and after asking for its reply."),
    "barcode": _("The digits under the bars."),
    "what_to_do": _(
        "Needed before the bulletin gets its number. For example: stop using it, keep the package and the receipt, report it."
    ),
}
NO_NAMES = _("What is wrong with it, in a few words; no names, phone numbers or addresses of citizens.")
_BEFORE_REVIEW = _("Needed before the bulletin is sent to review: nothing is edited there.")


class BeginForm(forms.Form):
    """A period by any of its days."""

    period_kind = forms.ChoiceField(label=_("Period"), choices=PeriodKind, widget=forms.RadioSelect, initial="month")
    day = PastDay(label=_("Any day of the period"), help_text=_("Day/month/year, for example 05/11/2026."))
    audience = forms.ChoiceField(label=_("For whom"), choices=Audience, initial=Audience.PUBLIC)
    title = TypedText(label=_("Title"), max_length=200, required=False, help_text=_("Empty: named after the period."))
    known = forms.RegexField(r"^\d{1,9}(,\d{1,9}){0,99}$", required=False, widget=forms.HiddenInput)

    def beside(self) -> set[int]:
        """The bulletins of the period the page told of."""
        return {int(number) for number in self.cleaned_data["known"].split(",") if number}

    def knowing(self, bulletins: Iterable[Bulletin]) -> BeginForm:
        """The same words, from a page that tells of these."""
        known = ",".join(str(bulletin.pk) for bulletin in bulletins)
        return BeginForm({**self.data.dict(), "known": known})  # type: ignore[attr-defined]

    def span(self) -> Span:
        return Span.holding(self.cleaned_data["period_kind"], self.cleaned_data["day"])


class NeededLater(TypedText):
    """A draft is kept without it, and goes no further: so it is not marked as optional."""

    needed_later = True


class VersionForm(forms.Form):
    """The bulletin's own words. ``revision`` is the one the page showed."""

    revision = forms.IntegerField(widget=KeptInput, min_value=1)
    title = TypedText(label=_("Title"), max_length=200)
    what_changed = TypedText(
        label=_("What the correction changes, and why"), max_length=2_000, rows=3, help_text=_("The public reads it.")
    )
    introduction = TypedText(label=_("Introduction"), max_length=TEXT_LIMIT, rows=4, required=False)
    urgency = forms.ChoiceField(
        label=_("Urgency"), required=False, choices=[("", _("none")), *((one.name, one.mark) for one in Urgency)]
    )
    signatory_title = NeededLater(
        label=_("Office of who signs"), max_length=80, required=False, help_text=_BEFORE_REVIEW
    )
    signatory_name = NeededLater(label=_("Name of who signs"), max_length=80, required=False, help_text=_BEFORE_REVIEW)
    signatory_authority = forms.ChoiceField(label=_("How they sign"), choices=AUTHORITIES, required=False)
    signatory_instead_of = TypedText(label=_("In whose stead"), max_length=80, required=False)
    recipients = TypedText(label=_("Recipients, one a line"), max_length=2_000, rows=5, required=False)

    def __init__(self, data: Any = None, *, version: BulletinVersion) -> None:
        initial = {name: getattr(version, name) for name in self.base_fields}
        super().__init__(data, initial=initial, auto_id="bulletin-%s")
        if not version.is_correction:
            del self.fields["what_changed"]

    def texts(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}


class ItemForm(forms.Form):
    """A warning of one kind: the fields that kind has, in their order."""

    revision = forms.IntegerField(widget=KeptInput, min_value=1, required=False)

    def __init__(self, data: Any = None, *, kind: str, item: WarningItem | None = None) -> None:
        initial = {name: getattr(item, name) for name in (*FIELDS[kind], "revision")} if item else {}
        if initial.get("title") == UNTITLED:
            initial["title"] = ""
        super().__init__(data, initial=initial, auto_id="warning-%s")
        for name in FIELDS[kind]:
            self.fields[name] = _field(name, required=name in REQUIRED[kind])

    def given(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}


def _field(name: str, *, required: bool) -> forms.Field:
    column: Any = WarningItem._meta.get_field(name)
    label, hint = _sentence(column.verbose_name), _HINTS.get(name, "")
    if name in ("product_group", "scam", "channel"):
        return forms.ModelChoiceField(_rows(name), label=label, required=required, empty_label=_("none"))
    if name == "named_by":
        return forms.ChoiceField(label=label, choices=NamedBy.choices, required=False)
    if name.endswith(("_on", "_date")):
        widget = forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input-short"})
        return forms.DateField(label=label, required=required, input_formats=DATE_FORMATS, widget=widget)
    if name == "sanction_amount":
        return Amount(label=label)
    limit = TEXT_LIMIT if name in _LONG else column.max_length or LINE_LIMIT
    kind = NeededLater if name == "what_to_do" else TypedText
    return kind(label=label, max_length=limit, rows=_LONG.get(name, 0), required=required, help_text=hint)


def _sentence(words: Any) -> str:
    text = str(words)
    return text[:1].upper() + text[1:]


def _rows(name: str) -> Any:
    if name == "scam":
        return Category.objects.filter(Q(parent="FRAUD") | Q(pk="FRAUD"), retired=False)
    return (ProductGroup if name == "product_group" else Channel).objects.filter(retired=False)


class WrittenForm(forms.Form):
    """A reason, or a hash, with the revision the page showed."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = TypedText(label=_("Reason"), max_length=2_000, rows=3)

    def __init__(self, data: Any = None, *, revision: int, label: Any = "", hint: Any = "", asks: bool = True) -> None:
        super().__init__(data, initial={"revision": revision}, auto_id="move-%s")
        if not asks:
            del self.fields["reason"]
            return
        self.fields["reason"].label = label or self.fields["reason"].label
        self.fields["reason"].help_text = hint


class TakeDownForm(forms.Form):
    reason = TypedText(
        label=_("Why it comes down; the agency alone reads it"), max_length=2_000, rows=3,
        help_text=NO_NAMES,
    )  # fmt: skip
