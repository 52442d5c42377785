"""Forms about businesses: the register, and what is sent to one. Shape only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casemgr.backoffice.file_choices import file_choices
from casemgr.backoffice.forms import NO_CHOICE, MoveForm, long_text
from casemgr.business.forms import ResponseFields
from casemgr.public.fields import Amount, PastDay, TypedText
from complaints.models import Complainant, Derivative, Evidence, IndicatorKind, Respondent, RespondentContact
from workflows.models import Case
from workflows.selectors.respondents import respondents_of
from workflows.services.register import RegisterEntry
from workflows.services.sending import Sharing, without_identity
from workflows.texting import is_configured

_LINES = {"shops": IndicatorKind.SHOP, "websites": IndicatorKind.URL, "phones": IndicatorKind.PHONE}


def _lines(label: Any, hint: Any) -> TypedText:
    return TypedText(label=label, max_length=20_000, rows=3, required=False, help_text=hint)


class RegisterForm(forms.Form):
    """An entry of the register. A tax code that does not check is kept: the page warns."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = TypedText(label=_("Name"), max_length=300)
    tax_code = TypedText(label=_("Tax code"), max_length=40, required=False, help_text=_("10, 12 or 13 digits."))
    is_individual = forms.BooleanField(
        label=_("An individual seller"),
        required=False,
        help_text=_("Address and numbers are then personal data, shown only to those who handle a case about them."),
    )
    address = TypedText(label=_("Address"), max_length=300, required=False)
    shops = _lines(_("Shops and accounts"), _("One a line: the address of the shop's or account's page."))
    websites = _lines(_("Websites"), _("One a line."))
    phones = _lines(_("Phone numbers"), _("One a line: numbers the business is known by."))
    language = forms.ChoiceField(label=_("Language of our messages"), choices=Respondent.Language)

    @classmethod
    def of(cls, respondent: Respondent) -> RegisterForm:
        """Filled with what stands."""
        rows = list(respondent.identifiers.all())
        lines = {name: "\n".join(r.raw for r in rows if _line_of(r.kind) == name) for name in _LINES}
        names = ("version", "name", "tax_code", "is_individual", "address", "language")
        return cls(initial={name: getattr(respondent, name) for name in names} | lines)

    def entry(self) -> RegisterEntry:
        told = self.cleaned_data
        pairs = [
            (kind.value, line.strip())
            for name, kind in _LINES.items()
            for line in told[name].splitlines()
            if line.strip()
        ]
        names = ("name", "tax_code", "is_individual", "address", "language")
        return RegisterEntry(**{name: told[name] for name in names}, identifiers=tuple(pairs))


def _line_of(kind: str) -> str:
    return {IndicatorKind.SHOP: "shops", IndicatorKind.PHONE: "phones"}.get(IndicatorKind(kind), "websites")


def _channels() -> list[tuple[str, str]]:
    return [(value, capfirst(str(label))) for value, label in RespondentContact.Channel.choices]


class ContactForm(forms.Form):
    channel = forms.ChoiceField(label=_("Kind"), choices=_channels)
    value = TypedText(label=_("Address or number"), max_length=254)
    person = TypedText(label=_("Contact person"), max_length=120, required=False)
    verified = forms.BooleanField(
        label=_("I made sure that this is the business's own"),
        required=False,
        help_text=_(
            "By its registration, or a call to a number found elsewhere. One-time codes go only to such addresses."
        ),
    )


class DocumentForm(forms.Form):
    document_seen = TypedText(
        label=_("Document seen"),
        max_length=200,
        help_text=_("For example: business registration 1400123456, issued 05/03/2021, original."),
    )


class RegisterSearchForm(forms.Form):
    q = TypedText(label=_("Name, tax code, phone, shop or web address"), max_length=300, required=False)


class RespondForm(MoveForm, ResponseFields):
    """What the business answered by letter, by telephone or at the counter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stance"].label = gettext("What the business says")
        self.fields["note"].help_text = gettext("How and when the answer came, and what the sender need not read.")


class JudgeForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    has_good_reason = forms.TypedChoiceField(
        label=_("Is the reason good?"),
        choices=[("yes", _("Yes: the business may refuse")), ("no", _("No: negotiation may be opened"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    explanation = long_text(_("Why"), rows=3)


class _AddressForm(forms.Form):
    """Where a message goes: an address of a business named on the case, and where its one-time codes go."""

    contact = forms.TypedChoiceField(label=_("Send the link to"), coerce=int)
    code_contact = forms.TypedChoiceField(
        label=_("Send one-time codes to"),
        coerce=int,
        required=False,
        empty_value=None,
    )

    case: Case
    _verified: set[int]

    def offer_addresses(self) -> None:
        contacts = [(r, c) for r in respondents_of(self.case) for c in r.contacts.all() if _reachable(c)]
        options = [(c.pk, _mark(c) + f"{r.name}: {c.value}") for r, c in contacts]
        verified = [(c.pk, f"{r.name}: {c.value}") for r, c in contacts if c.verified_at]
        self._verified = {c.pk for _r, c in contacts if c.verified_at}
        self.fields["contact"].choices = options  # type: ignore[attr-defined]
        if len(self._verified) < len(contacts):
            self.fields["contact"].help_text = _where_to_verify(self.case, contacts)
        if not self._verified:
            del self.fields["code_contact"]
            return
        self.fields["code_contact"].choices = [NO_CHOICE, *verified]  # type: ignore[attr-defined]
        self.fields["code_contact"].help_text = (
            gettext("A verified address. Empty: the same as the link's.")
            if len(self._verified) == len(contacts)
            else gettext("A verified address. Needed when the link goes to one that is not verified.")
        )

    def clean(self) -> dict[str, Any]:
        """Told where it is chosen, not after the preview."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        said.setdefault("code_contact", None)
        contact = said.get("contact")
        if contact is not None and contact not in self._verified and not said["code_contact"]:
            self.add_error(
                "contact",
                gettext(
                    "One-time codes go to verified addresses only. Choose one for them, or verify this address on the business's page."
                ),
            )
        return said


def _where_to_verify(case: Case, contacts: list[tuple[Respondent, RespondentContact]]) -> str:
    pages = {
        respondent.pk: (reverse("backoffice:business", args=[respondent.pk]), case.number, respondent.name)
        for respondent, contact in contacts
        if not contact.verified_at
    }
    links = format_html_join(", ", '<a href="{}?case={}#contacts-title">{}</a>', pages.values())
    return format_html("{} {}", gettext("Addresses are verified on the page of the business:"), links)


def _reachable(contact: RespondentContact) -> bool:
    return contact.channel == RespondentContact.Channel.EMAIL or is_configured()


def _mark(contact: RespondentContact) -> str:
    """In front: a narrow list cuts off what comes last."""
    return "" if contact.verified_at else gettext("(not verified)") + " "


class SendForm(MoveForm, _AddressForm):
    """What the business will see, chosen and worded by the handler."""

    story = long_text(
        _("The story, as the business reads it"),
        rows=10,
        help_text=_("A proposal without the sender's name and contact. Take out whatever else gives the sender away."),
    )
    wish = long_text(_("What the sender asks for"), rows=3, required=False)
    product = TypedText(label=_("Product or service"), max_length=300, required=False)
    price = Amount(label=_("Price (đồng)"))
    occurred_on = PastDay(label=_("Happened on"), required=False)
    pictures = forms.TypedMultipleChoiceField(
        label=_("Pictures to show"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Made anew, without place, time and device. Look at each: a name or face may be in it."),
    )
    with_identity = forms.BooleanField(label=_("Tell the business who complains (the sender agreed)"), required=False)

    field_order = ("version", "contact", "code_contact", "story", "wish", "product", "price", "occurred_on", "pictures")

    def __init__(self, *args: Any, pictures: list[Derivative], complainant: Complainant | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_addresses()
        labels = dict(file_choices(self.case, Evidence.objects.filter(pk__in=[p.evidence_id for p in pictures])))
        self.fields["pictures"].choices = [(p.pk, labels[p.evidence_id]) for p in pictures]  # type: ignore[attr-defined]
        if not pictures:
            del self.fields["pictures"]
        if not (complainant and complainant.may_share_with_business):
            del self.fields["with_identity"]
        self._propose(complainant)

    def _propose(self, complainant: Complainant | None) -> None:
        complaint = self.case.complaint
        self.initial.setdefault("story", without_identity(complaint.narrative, complainant))
        self.initial.setdefault("wish", without_identity(complaint.wish, complainant))
        for name in ("product", "price"):
            self.initial.setdefault(name, getattr(complaint, name))
        day = complaint.occurred_on
        self.initial.setdefault("occurred_on", day.strftime("%d/%m/%Y") if day else "")

    def sharing(self) -> Sharing:
        told = self.cleaned_data
        return Sharing(
            story=told["story"],
            wish=told["wish"],
            product=told["product"],
            price=told["price"],
            occurred_on=told["occurred_on"],
            pictures=tuple(told.get("pictures", ())),
            with_identity=told.get("with_identity", False),
        )


class ResultForm(_AddressForm):
    text = long_text(
        _("What the business is told"),
        rows=6,
        help_text=_("The result and its reasons, and what the business has to do."),
    )

    field_order = ("contact", "code_contact", "text")

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.offer_addresses()
