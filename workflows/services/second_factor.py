"""One-time codes: issued, mailed by the outbox, tried. Limits are of the link or the contact, never of an address."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Sum

from agencies.actors import Actor, Business, System
from complaints.models import RespondentContact
from events import clock
from events.services.recording import record_event
from workflows import link_codes
from workflows.models import Case, OneTimeCode, RespondentLink
from workflows.services.moving import record

VALID = timedelta(minutes=10)
TRIES = 5
# Codes an hour to one contact for one purpose; a seventh has to wait.
CODES_AN_HOUR = 6
# Wrong codes a day for one account: anybody may type its address, so what they may guess is little.
TRIES_A_DAY = 20
# Wrong codes in a link's whole life: a million possibilities, twenty tries.
LINK_FAILURES = 20


@transaction.atomic
def issue_code(*, contact_id: int, link_id: int | None = None) -> OneTimeCode | None:
    """A new code; the earlier ones end with it. None when too many were asked for in this hour.

    The lock on the contact makes the count exact when several are asked for at once.
    """
    contact = RespondentContact.objects.select_for_update().select_related("respondent").get(pk=contact_id)
    mine = OneTimeCode.objects.filter(contact=contact, link=link_id)
    at = clock.now()
    if mine.filter(issued_at__gt=at - timedelta(hours=1)).count() >= CODES_AN_HOUR:
        return None
    if link_id is None and _tries_today(contact) >= TRIES_A_DAY:
        return None
    mine.filter(used_at=None, expires_at__gt=at).update(expires_at=at)
    code = OneTimeCode.objects.create(
        contact=contact, link_id=link_id, nonce=secrets.token_hex(16), issued_at=at, expires_at=at + VALID
    )
    record_event(contact.respondent.stream, "respondent.code_asked", by=System("second_factor"), code=code.pk)
    return code


def standing_code(*, contact_id: int, link_id: int | None = None) -> OneTimeCode | None:
    """The code that may still be tried."""
    codes = OneTimeCode.objects.filter(contact=contact_id, link=link_id, used_at=None, expires_at__gt=clock.now())
    return codes.filter(tries__lt=TRIES).order_by("-issued_at", "-pk").first()


@transaction.atomic
def try_code(*, contact_id: int, typed: str, link_id: int | None = None) -> bool:
    """Whether the digits were right; they are right once. Each wrong try is counted under the lock of the contact,
    so that a thousand tries at once are still five."""
    RespondentContact.objects.select_for_update().get(pk=contact_id)
    code = standing_code(contact_id=contact_id, link_id=link_id)
    if code is None:
        return False
    if not link_codes.matches(code, typed):
        code.tries += 1
        code.save(update_fields=["tries"])
        _count_failure(link_id)
        return False
    code.used_at = clock.now()
    code.save(update_fields=["used_at"])
    if link_id:
        RespondentLink.objects.filter(pk=link_id, used_at=None).update(used_at=code.used_at)
    return True


def _tries_today(contact: RespondentContact) -> int:
    today = OneTimeCode.objects.filter(contact=contact, link=None, issued_at__gt=clock.now() - timedelta(days=1))
    return today.aggregate(n=Sum("tries"))["n"] or 0


def _count_failure(link_id: int | None) -> None:
    """A link whose codes were wrong too often is revoked; the case's people see why."""
    if link_id is None:
        return
    link = RespondentLink.objects.select_for_update().get(pk=link_id)
    link.failures += 1
    locks = link.failures >= LINK_FAILURES and link.revoked_at is None
    if locks:
        link.revoked_at = clock.now()
    link.save(update_fields=["failures", "revoked_at"])
    if locks:
        _record_lock(link)


def _record_lock(link: RespondentLink) -> None:
    by: Actor = Business(link.case_id, link.pk)
    case = Case.objects.visible_to(by).get(pk=link.case_id)
    record(case, "case.respondent_link_locked", by=by, link=link.pk)
