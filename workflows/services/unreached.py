"""What became of messages to a business: that one did not arrive, and that its address is right all the same."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from agencies.actors import Member, System
from events import clock
from events.models import Event
from events.services.sending import confirm_address
from workflows import policy
from workflows.errors import CaseNotFound, MoveNotAllowed
from workflows.models import Case, RespondentLink
from workflows.services.moving import record

UNREACHED = "case.respondent_unreached"


@transaction.atomic
def note_unreached(*, contact_id: int, message_id: int) -> int:
    """Put on record, in each case that has a link at this address now, that a message to it did not arrive; in how many.
    The case's lock lets a repeated delivery find what the first one wrote."""
    holding = RespondentLink.objects.filter(revoked_at=None, expires_at__gt=clock.now())
    cases = holding.filter(Q(contact=contact_id) | Q(code_contact=contact_id)).values("case")
    noted = 0
    for case in Case.objects.filter(pk__in=cases).select_for_update(of=("self",)).order_by("pk"):
        if not Event.objects.filter(stream=case.stream, kind=UNREACHED, data__message=message_id).exists():
            record(case, UNREACHED, by=System("workflows.unreached"), contact=contact_id, message=message_id)
            noted += 1
    return noted


@transaction.atomic
def confirm_business_address(*, case_id: int, link_id: int, by: Member) -> bool:
    """Whoever deals with the business says that the link's addresses are right: they are written to again. Whether one was
    doubted. Raises CaseNotFound, MoveNotAllowed."""
    case = Case.objects.visible_to(by).locked(case_id)
    if not policy.may_deal_with_respondent(by, case):
        raise MoveNotAllowed(_("Only the handler of the case and a supervisor deal with the business."))
    link = case.respondent_links.select_related("contact", "code_contact").filter(pk=link_id).first()
    if link is None:
        raise CaseNotFound(_("There is no such case, or it is not yours to see."))
    doubted = [contact for contact in {link.contact, link.code_contact} if confirm_address(contact.value)]
    for contact in doubted:
        record(case, "case.respondent_address_confirmed", by=by, contact=contact.pk)
    return bool(doubted)
