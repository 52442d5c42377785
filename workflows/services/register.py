"""The register of businesses: entering one, changing it, where it is reached, its account.

Every verb locks the business's row first; a merged entry is not changed any more, its merge is undone first.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from agencies.models import Province
from complaints.business_names import name_key
from complaints.identifiers import normalise
from complaints.models import IndicatorKind, Respondent, RespondentContact, RespondentIdentifier
from events import clock
from events.services.recording import record_event
from workflows import policy
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed, WorkflowError

MOST_IDENTIFIERS = 100


@dataclass(frozen=True)
class RegisterEntry:
    """``identifiers``: pairs (IndicatorKind value, text as typed)."""

    name: str
    tax_code: str = ""
    is_individual: bool = False
    address: str = ""
    language: str = "vi"
    identifiers: tuple[tuple[str, str], ...] = ()


@transaction.atomic
def enter_respondent(*, by: Member, province: Province, entry: RegisterEntry) -> Respondent:
    """A new entry, whether or not one like it exists: two entries are merged later by somebody who has looked.
    Raises InvalidInput."""
    _require_keeper(by)
    respondent = Respondent(province=province, created_at=clock.now())
    _write(respondent, entry)
    respondent.save()
    _replace_identifiers(respondent, entry)
    record_event(respondent.stream, "respondent.entered", by=by)
    return respondent


@transaction.atomic
def change_respondent(*, respondent_id: int, by: Member, version: int, entry: RegisterEntry) -> Respondent:
    """Raises InvalidInput, CaseNotFound; WorkflowError when someone changed it since ``version``."""
    respondent = locked(respondent_id, by)
    if respondent.version != version:
        raise InvalidInput("version", _("Someone changed this entry while you were on the page. Look at it again."))
    _write(respondent, entry)
    respondent.version += 1
    respondent.save()
    _replace_identifiers(respondent, entry)
    record_event(respondent.stream, "respondent.changed", by=by, version=respondent.version)
    return respondent


@transaction.atomic
def add_contact(
    *, respondent_id: int, by: Member, channel: str, value: str, person: str = "", verified: bool = False
) -> RespondentContact:
    """``verified``: the officer made sure that it is the business's own. An address that is known already keeps its
    row. Raises InvalidInput."""
    respondent = locked(respondent_id, by)
    found, made = RespondentContact.objects.get_or_create(
        respondent=respondent, channel=channel, value=_contact_value(channel, value), defaults={"person": person}
    )
    if made:
        record_event(respondent.stream, "respondent.changed", by=by, contact=found.pk)
    return verify_contact(contact_id=found.pk, by=by) if verified and found.verified_at is None else found


@transaction.atomic
def verify_contact(*, contact_id: int, by: Member) -> RespondentContact:
    contact = RespondentContact.objects.filter(pk=contact_id).first()
    if contact is None:
        raise _unknown()
    respondent = locked(contact.respondent_id, by)
    contact.refresh_from_db()
    if contact.verified_at is None:
        contact.verified_at, contact.verified_by = clock.now(), by.person
        contact.save(update_fields=["verified_at", "verified_by"])
        record_event(respondent.stream, "respondent.contact_verified", by=by, contact=contact.pk)
    return contact


@transaction.atomic
def open_account(*, respondent_id: int, by: Member, document_seen: str) -> Respondent:
    """The officer has seen that the business is who it says, by which document. Needs a verified e-mail address."""
    respondent = locked(respondent_id, by)
    if not document_seen.strip():
        raise InvalidInput("document_seen", _("Write which document you saw: kind, number, date."))
    mail = RespondentContact.Channel.EMAIL
    if not respondent.contacts.filter(channel=mail).exclude(verified_at=None).exists():
        raise InvalidInput("document_seen", _("Verify an e-mail address of the business first: it signs in with it."))
    respondent.verified_at, respondent.verified_by = clock.now(), by.person
    respondent.document_seen, respondent.suspended_at = document_seen.strip()[:200], None
    respondent.version += 1
    respondent.save()
    record_event(respondent.stream, "respondent.account_opened", by=by)
    return respondent


@transaction.atomic
def suspend_account(*, respondent_id: int, by: Member, resume: bool = False) -> Respondent:
    """At the next request the business is out of its account; links sent to it go on holding. ``resume`` ends it."""
    respondent = locked(respondent_id, by)
    if respondent.verified_at is None:
        raise MoveNotAllowed(_("This business has no account."))
    respondent.suspended_at = None if resume else clock.now()
    respondent.version += 1
    respondent.save()
    record_event(respondent.stream, "respondent.account_resumed" if resume else "respondent.account_suspended", by=by)
    return respondent


def locked(respondent_id: int, by: Member) -> Respondent:
    """The entry, locked. Raises CaseNotFound, MoveNotAllowed when it was merged into another or is not theirs."""
    respondent = Respondent.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=respondent_id).first()
    if respondent is None:
        raise _unknown()
    _require_keeper(by)
    if respondent.merged_into_id is not None:
        raise MoveNotAllowed(_("This entry was merged into another. Undo the merge to change it."))
    return respondent


def _unknown() -> WorkflowError:
    return CaseNotFound(_("There is no such business, or it is not yours to see."))


def _require_keeper(by: Member) -> None:
    if not policy.may_keep_register(by):
        raise MoveNotAllowed(_("Only people who handle cases keep the register of businesses."))


def _write(respondent: Respondent, entry: RegisterEntry) -> None:
    name = " ".join(entry.name.split())
    if not name:
        raise InvalidInput("name", _("Please write the name of the business."))
    if len(entry.identifiers) > MOST_IDENTIFIERS:
        raise InvalidInput("shops", _("At most %(n)d lines.") % {"n": MOST_IDENTIFIERS})
    respondent.name, respondent.name_key = name[:300], name_key(name)
    respondent.tax_code = normalise("tax_code", entry.tax_code).value[:20] if entry.tax_code.strip() else ""
    respondent.is_individual, respondent.address = entry.is_individual, entry.address.strip()[:300]
    respondent.language = entry.language


def _replace_identifiers(respondent: Respondent, entry: RegisterEntry) -> None:
    wanted: dict[tuple[str, str], str] = {}
    for kind, raw in entry.identifiers:
        found = normalise(kind, raw)
        if found.value:
            wanted.setdefault((IndicatorKind(kind).value, found.value[:500]), found.raw[:500])
    kept = set()
    for row in respondent.identifiers.all():
        if (row.kind, row.value) in wanted:
            kept.add((row.kind, row.value))
        else:
            row.delete()
    RespondentIdentifier.objects.bulk_create(
        RespondentIdentifier(respondent=respondent, kind=kind, value=value, raw=raw)
        for (kind, value), raw in wanted.items()
        if (kind, value) not in kept
    )


def _contact_value(channel: str, value: str) -> str:
    if channel == RespondentContact.Channel.PHONE:
        found = normalise("phone", value)
        if found.warnings and not found.value.startswith("+"):
            raise InvalidInput("value", str(found.warnings[0]))
        return found.value[:254]
    try:
        validate_email(value.strip())
    except ValidationError as error:
        raise InvalidInput("value", _("Write an e-mail address, for example info@shop.vn.")) from error
    return value.strip().lower()
