"""Which business a complaint is about, as the handler found."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from complaints.models import ComplaintRespondent
from events import clock
from workflows import policy
from workflows.errors import MoveNotAllowed
from workflows.models import Case
from workflows.services.moving import record
from workflows.services.register import locked


@transaction.atomic
def name_respondent(*, case_id: int, by: Member, respondent_id: int) -> ComplaintRespondent:
    """Naming the same one again changes nothing. The locks on the case and on the entry keep a merge of this moment
    from leaving the row behind. Raises CaseNotFound, MoveNotAllowed."""
    case = _case(case_id, by)
    respondent = locked(respondent_id, by)
    found, made = ComplaintRespondent.objects.get_or_create(
        complaint_id=case.complaint_id,
        respondent=respondent,
        defaults={"named_by": by.person, "named_at": clock.now()},
    )
    if made:
        record(case, "case.respondent_named", by=by, respondent=respondent.pk)
    return found


@transaction.atomic
def remove_respondent(*, case_id: int, by: Member, respondent_id: int) -> None:
    """Not once it was written to: then the row says to whom."""
    case = _case(case_id, by)
    if case.respondent_links.filter(respondent=respondent_id).exists():
        raise MoveNotAllowed(_("A link was sent to this business: it stays on the case."))
    gone, _counts = ComplaintRespondent.objects.filter(complaint=case.complaint_id, respondent=respondent_id).delete()
    if gone:
        record(case, "case.respondent_removed", by=by, respondent=respondent_id)


def _case(case_id: int, by: Member) -> Case:
    case = Case.objects.visible_to(by).locked(case_id)
    if not policy.may_deal_with_respondent(by, case):
        raise MoveNotAllowed(_("Only the handler of the case and a supervisor deal with the business."))
    return case
