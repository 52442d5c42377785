"""Writing a letter: shape only; what may be sent is decided by the service."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casemgr.public.fields import TypedText
from documents.decree30 import Authority
from workflows.models import Case, LetterKind, LetterTemplateVersion
from workflows.models.letter import BODY_LIMIT, SUBJECT_LIMIT
from workflows.services.letter_drafts import Draft
from workflows.services.letters import Written

_LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
AUTHORITIES = [
    ("", _("signs in their own office")),
    (Authority.DEPUTY.name, _("KT. – a deputy for the head")),
    (Authority.COLLECTIVE.name, _("TM. – for a collective body")),
    (Authority.BY_ORDER.name, _("TL. – by order")),
    (Authority.BY_PROXY.name, _("TUQ. – by proxy")),
]
_SUBJECT, _OFFICIAL = (
    ("subject",),
    ("addressee", "signatory_title", "signatory_name", "signatory_authority", "signatory_instead_of"),
)


class LetterForm(forms.Form):
    """``version`` is the case's as the page showed it, ``made_from`` the template's; ``key`` makes a form sent twice
    one letter."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    made_from = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    key = forms.UUIDField(widget=forms.HiddenInput)
    language = forms.ChoiceField(widget=forms.HiddenInput, choices=_LANGUAGES)
    addressee = TypedText(
        label=_("Addressee"), max_length=SUBJECT_LIMIT, help_text=_("As it is printed after “Kính gửi”.")
    )
    subject = TypedText(label=_("Subject"), max_length=SUBJECT_LIMIT)
    text = TypedText(
        label=_("Text"), max_length=BODY_LIMIT, rows=14,
        help_text=_("An empty line begins a new paragraph. At most 9,000 characters."),
    )  # fmt: skip
    signatory_title = TypedText(label=_("Office of who signs"), max_length=80, help_text=_("For example: Giám đốc."))
    signatory_name = TypedText(label=_("Name of who signs"), max_length=80)
    signatory_authority = forms.ChoiceField(label=_("How they sign"), choices=AUTHORITIES, required=False)
    signatory_instead_of = TypedText(
        label=_("In whose stead"), max_length=80, required=False,
        help_text=_("Only with KT., TM., TL. or TUQ.: the office or body signed for."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, kind: str, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id="letter-%s")
        self.kind = kind
        unused = (*(_SUBJECT if kind == LetterKind.QUICK else ()), *(() if kind == LetterKind.OFFICIAL else _OFFICIAL))
        for name in unused:
            del self.fields[name]

    def written(self) -> Written:
        given = self.cleaned_data
        signatory = {
            name.removeprefix("signatory_"): given[name]
            for name in _OFFICIAL
            if name.startswith("signatory_") and given.get(name)
        }
        return Written(given["text"], given.get("subject", ""), given.get("addressee", ""), signatory)


def empty_form(case: Case, made_from: LetterTemplateVersion, draft: Draft, signatory: dict[str, str]) -> LetterForm:
    """The form of a letter nobody touched yet."""
    initial = {
        "version": case.version,
        "made_from": made_from.pk,
        "key": uuid.uuid4(),
        "language": draft.language,
        "addressee": draft.addressee,
        "subject": draft.subject,
        "text": draft.text,
    }
    signed = {f"signatory_{name}": value for name, value in signatory.items()}
    return LetterForm(kind=made_from.template.kind, initial=initial | signed)
