"""How a business reads on the page, and what of an individual seller is shown."""

from __future__ import annotations

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from casemgr.backoffice.presentation import fact, moment
from complaints.identifiers import defang
from complaints.models import IndicatorKind, Respondent, RespondentContact
from complaints.policy import mask_email, mask_phone
from workflows.models import Case

_HIDDEN = "•••"


def may_see_person(respondent: Respondent, cases: list[Case]) -> bool:
    """An individual's address and numbers are personal data: only for those who may see a case about them."""
    return not respondent.is_individual or bool(cases)


def facts_of(respondent: Respondent, *, shows_person: bool) -> list[dict[str, Any]]:
    rows: dict[str, list[str]] = {}
    for row in respondent.identifiers.order_by("kind", "pk"):
        rows.setdefault(row.kind, []).append(_identifier(row.kind, row.raw, shows_person))
    shown = [fact(capfirst(IndicatorKind(kind).label), ", ".join(texts)) for kind, texts in rows.items()]
    address = respondent.address if shows_person or not respondent.address else _HIDDEN
    return [
        fact(_("Tax code"), respondent.tax_code if shows_person or not respondent.tax_code else _HIDDEN),
        fact(_("Address"), address),
        fact(_("Kind"), _("an individual seller") if respondent.is_individual else _("a business")),
        *shown,
        fact(_("Account"), _account(respondent)),
    ]


def _identifier(kind: str, raw: str, shows_person: bool) -> str:
    if kind == IndicatorKind.PHONE:
        return raw if shows_person else mask_phone(raw)
    return defang(raw) if "." in raw else raw


def _account(respondent: Respondent) -> str:
    if respondent.verified_at is None:
        return _("no account")
    if respondent.suspended_at:
        return _("suspended since %(when)s") % {"when": moment(respondent.suspended_at)}
    return _("open; seen: %(document)s") % {"document": respondent.document_seen}


def contact_rows(respondent: Respondent, *, shows_person: bool) -> list[dict[str, Any]]:
    return [
        {
            "pk": contact.pk,
            "value": contact.value if shows_person else _masked(contact),
            "person": contact.person if shows_person else "",
            "channel": contact.get_channel_display(),
            "verified_at": contact.verified_at,
            "verified_by": contact.verified_by,
        }
        for contact in respondent.contacts.select_related("verified_by")
    ]


def _masked(contact: RespondentContact) -> str:
    is_mail = contact.channel == RespondentContact.Channel.EMAIL
    return mask_email(contact.value) if is_mail else mask_phone(contact.value)
