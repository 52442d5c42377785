"""Links for a business: made, sent again, revoked. The secret is returned once and stored nowhere."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Actor, Business, Member
from complaints.models import Respondent, RespondentContact
from events import clock
from workflows import link_codes, policy
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed
from workflows.models import Case, Purpose, RespondentLink
from workflows.services.moving import record

LIFETIME = timedelta(days=60)


class SentLink(NamedTuple):
    link: RespondentLink
    code: str


def make_link(
    case: Case,
    *,
    purpose: Purpose,
    contact: RespondentContact,
    by: Actor,
    code_contact: RespondentContact | None = None,
    shown: dict[str, Any] | None = None,
    answer_by: datetime | None = None,
    awaited: bool = False,
    lifetime: timedelta = LIFETIME,
) -> SentLink:
    """A new link, mailed by the outbox. ``case`` is locked by the caller, in whose transaction this runs: two links of
    one purpose to one business never hold at once, the earlier ones are revoked. ``code_contact``: where the one-time
    codes go, ``contact`` when none is named. ``awaited``: the case waits for this business's answer, and for no other's.
    Raises InvalidInput unless the address of the codes is verified.
    """
    code_contact = code_contact or contact
    # Locked, so that a merge of this very moment takes the link along or comes after it.
    respondent = Respondent.objects.select_for_update(of=("self",)).get(pk=contact.respondent_id)
    if respondent.merged_into_id is not None:
        raise InvalidInput("contact", _("This business was merged into another. Choose that one."))
    if code_contact.verified_at is None:
        raise InvalidInput("code_contact", _("One-time codes go only to an address that was verified."))
    if contact.respondent_id != code_contact.respondent_id:
        raise InvalidInput("code_contact", _("Both addresses must be the same business's."))
    at, nonce = clock.now(), secrets.token_hex(16)
    _living(case, contact.respondent_id, purpose).update(revoked_at=at)
    if awaited:
        case.respondent_links.filter(awaited=True).update(awaited=False)
    link = RespondentLink.objects.create(
        case=case,
        respondent_id=contact.respondent_id,
        purpose=purpose,
        contact=contact,
        code_contact=code_contact,
        nonce=nonce,
        code_hash=link_codes.hash_of(nonce),
        shown=shown or {},
        sent_by=by.person if isinstance(by, Member) else None,
        created_at=at,
        expires_at=at + lifetime,
        answer_by=answer_by,
        awaited=awaited,
    )
    record(case, "case.respondent_link_sent", by=by, link=link.pk, purpose=str(purpose))
    return SentLink(link, link_codes.secret_of(link))


@transaction.atomic
def revoke_link(*, case_id: int, link_id: int, by: Member) -> RespondentLink:
    """From its next request on, whoever is in by this link is out. Revoking twice is revoking once."""
    case, link = _case_and_link(case_id, link_id, by)
    if link.revoked_at is None:
        link.revoked_at = clock.now()
        link.save(update_fields=["revoked_at"])
        record(case, "case.respondent_link_revoked", by=by, link=link.pk)
    return link


def revoke_links(case: Case, *, by: Actor) -> None:
    """All that still hold: whoever has the case from now on decides anew what a business hears of it. The caller holds
    the case's lock."""
    now = clock.now()
    for link in case.respondent_links.filter(revoked_at=None, expires_at__gt=now):
        link.revoked_at = now
        link.save(update_fields=["revoked_at"])
        record(case, "case.respondent_link_revoked", by=by, link=link.pk)


@transaction.atomic
def resend_link(*, case_id: int, link_id: int, by: Member) -> SentLink:
    """The same content under a new secret; the old one ends."""
    case, link = _case_and_link(case_id, link_id, by)
    return make_link(
        case,
        purpose=Purpose(link.purpose),
        contact=link.contact,
        code_contact=link.code_contact,
        by=by,
        shown=link.shown,
        answer_by=link.answer_by,
        awaited=link.awaited,
    )


def end_sessions(*, link: RespondentLink | None = None, contact: RespondentContact | None = None) -> None:
    """Of a link, or of an account's address: whoever is in by it comes in anew. The link itself holds on."""
    rows: list[Any] = [link, contact]
    for row in filter(None, rows):
        row.left_at = clock.now()
        row.save(update_fields=["left_at"])


def require_result_link(case: Case, by: Business) -> None:
    """Whoever objects for the business was told this result, by a link that holds: one that told an earlier result
    says nothing of the latest. Raises CaseNotFound."""
    link = case.respondent_links.filter(pk=by.link_id, purpose=Purpose.RESULT).first()
    told_since = case.resolutions.order_by("-resolved_at").values_list("resolved_at", flat=True).first()
    earlier = link is not None and told_since is not None and link.created_at < told_since
    if link is None or earlier or not link.holds_at(clock.now()):
        raise CaseNotFound(_("This link does not hold. Please compare the code, or ask the agency for a new link."))


def _case_and_link(case_id: int, link_id: int, by: Member) -> tuple[Case, RespondentLink]:
    """Both, the case locked. Raises CaseNotFound, MoveNotAllowed."""
    case = Case.objects.visible_to(by).locked(case_id)
    if not policy.may_deal_with_respondent(by, case):
        raise MoveNotAllowed(_("Only the handler of the case and a supervisor deal with the business."))
    link = case.respondent_links.select_related("contact", "code_contact").filter(pk=link_id).first()
    if link is None:
        raise CaseNotFound(_("There is no such case, or it is not yours to see."))
    return case, link


def _living(case: Case, respondent_id: int, purpose: Purpose) -> Any:
    return case.respondent_links.filter(respondent_id=respondent_id, purpose=purpose, revoked_at=None)
