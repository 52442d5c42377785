"""Asking the business in: a link of its own for the room, the mediation or the minutes."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from complaints.models import RespondentContact
from workflows import policy
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed
from workflows.models import Case, Purpose, RespondentLink, Room
from workflows.services.links import make_link


def invite_business(
    case: Case, purpose: Purpose, *, by: Member, respondent_id: int | None = None
) -> RespondentLink | None:
    """A link for the business asked last (or the one named), where its last one went, inside the caller's transaction
    and lock on the case. None when the business was never reached by a link: the handler then invites it."""
    links = RespondentLink.objects.filter(case=case, code_contact__verified_at__isnull=False)
    if respondent_id is None:
        asked = RespondentLink.objects.filter(case=case, awaited=True)
        respondent_id = asked.values_list("respondent", flat=True).first()
    if respondent_id is not None:
        links = links.filter(respondent_id=respondent_id)
    last = links.select_related("contact", "code_contact").order_by("-id").first()
    if last is None:
        return None
    return make_link(case, purpose=purpose, contact=last.contact, code_contact=last.code_contact, by=by).link


@transaction.atomic
def invite_to_room(*, room_id: int, by: Member, contact: RespondentContact) -> RespondentLink:
    """The handler asks the business in at this address, or another of the same business. Raises InvalidInput for an
    address that was not verified, or of a business that has no part in the complaint."""
    found = Room.objects.visible_to(by).select_related("invitation").filter(pk=room_id).first()
    if found is None:
        raise CaseNotFound(_("There is no such case, or it is not yours to see."))
    case = Case.objects.visible_to(by).locked(found.case_id)
    if not policy.may_deal_with_respondent(by, case):
        raise MoveNotAllowed(_("Only the handler of the case and a supervisor deal with the business."))
    room = Room.objects.select_for_update(of=("self",)).get(pk=room_id)
    if not contact.respondent.complaints.filter(complaint=case.complaint_id).exists():
        raise InvalidInput("contact", _("Choose an address of the business complained of."))
    if room.invitation and room.invitation.respondent_id != contact.respondent_id:
        raise InvalidInput("contact", _("This room is another business's."))
    purpose = Purpose.MEDIATION if room.is_mediation else Purpose.NEGOTIATION
    link = make_link(case, purpose=purpose, contact=contact, by=by).link
    room.invitation = link
    room.save(update_fields=["invitation"])
    return link
