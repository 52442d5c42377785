"""A letter before anyone touched it: the template filled in for a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localtime

from agencies.actors import Member
from events import clock
from workflows import policy
from workflows.models import Case, LetterKind, LetterTemplateVersion
from workflows.placeholders import IDENTIFYING, Filled, fill, names_in
from workflows.services.access import show_identity
from workflows.states import Outcome


@dataclass(frozen=True)
class Draft:
    """A letter before anyone touched it. ``missing``: names of fields without a value."""

    language: str
    subject: str
    text: str
    addressee: str
    missing: tuple[str, ...]


def draft_letter(case: Case, version: LetterTemplateVersion, by: Member) -> Draft:
    """The template filled in for this case, in the citizen's language where the template has it; official paper is
    Vietnamese. A template that names the sender makes this a look at the identity, recorded as such."""
    language = letter_language(case, version)
    subject, text = (getattr(version, f"{part}_{language}") for part in ("subject", "text"))
    addressee = "Ông/Bà {{complainant_name}}" if version.template.kind == LetterKind.OFFICIAL else ""
    with translation.override(language):
        values = _values(case, by, {name for part in (subject, text, addressee) for name in names_in(part)})
        filled = [fill(part, values) for part in (subject, text, addressee)]
    return Draft(language, filled[0].text, filled[1].text, filled[2].text, _missing(filled))


def letter_language(case: Case, version: LetterTemplateVersion) -> str:
    wanted = case.complaint.language
    return "en" if wanted == "en" and version.text_en and version.template.kind != LetterKind.OFFICIAL else "vi"


def _missing(filled: list[Filled]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in filled for name in part.missing))


def _values(case: Case, by: Member, wanted: set[str]) -> Mapping[str, str]:
    complaint = case.complaint
    return {
        "case_number": case.number,
        "lodged_on": _day(case.lodged_at),
        "today": _day(clock.now()),
        "due_on": _day(case.due_at),
        "objection_until": _day(case.objection_until),
        "agency": by.agency.name,
        "agency_phone": by.agency.phone,
        "agency_address": by.agency.address,
        "officer": by.person.name,
        "handler": case.handler.name if case.handler else "",
        "to_agency": case.offered_to.name if case.offered_to else "",
        "complainant_name": _sender(case, by) if wanted & IDENTIFYING else "",
        "seller": complaint.seller_name,
        "product": complaint.product,
        "amount": "" if complaint.amount is None else f"{complaint.amount:,}".replace(",", ".") + " đồng",
        "outcome": str(Outcome(case.outcome).label) if case.outcome else "",
        "answer_link": tracking_page(),
    }


def _sender(case: Case, by: Member) -> str:
    if case.complaint.is_anonymous or not policy.may_see_identity(by, case):
        return ""
    complainant = show_identity(case_id=case.pk, by=by)
    return complainant.name if complainant else ""


def _day(moment: datetime | None) -> str:
    return localtime(moment).strftime("%d/%m/%Y") if moment else ""


def tracking_page() -> str:
    """Where a letter is read, without the code."""
    return str(settings.PUBLIC_URL + reverse("public:track"))
