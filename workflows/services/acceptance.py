"""Accepting, refusing, assigning."""

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Actor, Member
from agencies.models import Membership, Role, User
from workflows.errors import InvalidInput
from workflows.models import Audience, Case, RemarkKind
from workflows.services.classification import reclassify
from workflows.services.moving import begin, finish, write_remark
from workflows.states import RefusalReason, State, Track


@transaction.atomic
def accept_case(*, case_id: int, by: Actor, version: int, track: str = "", category: str = "") -> Case:
    """The agency owns the case; the intake officer confirms its track and category, or changes them.

    Raises InvalidInput as `reclassify` does.
    """
    case = begin(case_id, "accept", by, version)
    chosen = reclassify(case, track=track, category=category)
    case.accept()
    finish(case, "case.accepted", by=by, **chosen)
    return case


@transaction.atomic
def refuse_case(*, case_id: int, by: Actor, version: int, reason: str, explanation: str) -> Case:
    """Not accepted, for a reason of the closed list (Luật 19/2023 Đ58), with where to go instead.

    Raises InvalidInput for a reason outside the list, or none where the crime track forbids it.
    """
    case = begin(case_id, "refuse", by, version)
    if reason not in RefusalReason.values:
        raise InvalidInput("reason", _("Choose a reason of the list."))
    if case.track == Track.CRIME and reason in (RefusalReason.NOT_CONSUMER, RefusalReason.NO_CAPACITY):
        raise InvalidInput("reason", _("A crime report is never refused because of who reports it."))
    remark = write_remark(
        case, explanation, by=by, kind=RemarkKind.OUTCOME, audience=Audience.CITIZEN, field="explanation"
    )
    case.refuse()
    finish(case, "case.refused", by=by, reason=reason, remark=remark)
    return case


@transaction.atomic
def assign_case(*, case_id: int, by: Actor, version: int, handler: User) -> Case:
    """Give the case to a handler of the owner agency. Raises InvalidInput when ``handler`` is not one, or is
    another person than ``by`` and ``by`` no supervisor."""
    case = begin(case_id, "assign", by, version)
    if isinstance(by, Member) and not by.has(Role.SUPERVISOR) and handler.pk != by.person.pk:
        raise InvalidInput("handler", _("Only a supervisor gives a case to somebody else."))
    belongs = Membership.objects.filter(
        person=handler, agency=case.owner, role=Role.HANDLER, revoked_at=None, person__is_active=True
    )
    # The membership row stays locked until the assignment commits: a revocation waits or was seen.
    if not belongs.select_for_update().exists():
        raise InvalidInput("handler", _("Choose a handler of the agency that owns the case."))
    before, goes_on = case.handler_id, case.state == State.INVESTIGATING
    case.assign(handler=handler)
    # Another handler has the time that is left: else each change would put the time limit off.
    finish(case, "case.assigned", by=by, clock_goes_on=goes_on, handler=handler.pk, handler_before=before)
    return case
