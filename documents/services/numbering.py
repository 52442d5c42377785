"""Taking and voiding the numbers of official documents."""

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from documents.decree30 import DOCUMENT_TYPES
from documents.models import NumberRegister, RegisteredNumber


class NumberAlreadyVoided(Exception):
    """The number was voided before; its first reason stands."""


@transaction.atomic
def take_number(
    *, agency: Agency, year: int, document_type: str, purpose: str, by: User | None = None
) -> RegisteredNumber:
    """Take the next number of ``agency``'s register of ``year``: 1, 2, 3, … without gaps or repeats.

    The register's row is locked until the surrounding transaction ends (SQLite has no row locks: there the
    IMMEDIATE transaction already holds the only write lock), so a number that is rolled back is given to
    the next taker. ``by`` is ``None`` when a job takes it.

    Raises ``ValueError`` for a type that Decree 30 does not know.
    """
    if document_type not in DOCUMENT_TYPES:
        raise ValueError(f"unknown document type {document_type!r}")
    register = _locked_register(agency, year, document_type)
    register.last_number += 1
    register.save(update_fields=["last_number"])
    return RegisteredNumber.objects.create(register=register, number=register.last_number, purpose=purpose, taken_by=by)


def _locked_register(agency: Agency, year: int, document_type: str) -> NumberRegister:
    # Two first takers of a year both try to create the row; the unique constraint lets one win.
    register, _created = NumberRegister.objects.get_or_create(agency=agency, year=year, document_type=document_type)
    return NumberRegister.objects.select_for_update(of=("self",)).get(pk=register.pk)


@transaction.atomic
def void_number(*, number_id: int, reason: str) -> RegisteredNumber:
    """Mark a number as not used. It stays in the register and is not given again.

    Raises ``RegisteredNumber.DoesNotExist``, ``ValueError`` without a reason, ``NumberAlreadyVoided``.
    """
    if not reason.strip():
        raise ValueError(_("Say why the number is not used."))
    number = RegisteredNumber.objects.select_for_update(of=("self",)).get(pk=number_id)
    if number.voided_reason:
        raise NumberAlreadyVoided(str(number))
    number.voided_reason = reason.strip()
    number.save(update_fields=["voided_reason"])
    return number
