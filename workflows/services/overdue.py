"""An offer nobody answered in time: who is told, and who then decides."""

from __future__ import annotations

from copy import copy
from datetime import datetime

from django.db import transaction

from agencies.actors import Actor, System
from agencies.models import Agency
from events import clock
from workflows.clocks import timetable
from workflows.models import Audience, Case, Referral, RemarkKind
from workflows.services.moving import begin, finish, write_remark
from workflows.services.referral import end_offer, open_offer
from workflows.services.referral_terms import explain, require_receiver


@transaction.atomic
def overdue_referral(*, case_id: int, by: System, version: int | None = None) -> Case:
    """Escalate an open offer by the step that is next and due: both agencies' supervisors when its limit has passed,
    the lead agency of the province when the same limit has passed once more. Nothing due: nothing happens, so it may
    be called any number of times. Raises CaseNotFound, MoveNotAllowed (no open offer), StaleCase.

    The case's row lock makes two callers take turns; the second reads what the first did on the referral's row.
    """
    case = begin(case_id, "overdue_referral", by, version)
    referral = open_offer(case)
    due = next_step_at(case, referral)
    if due is None or clock.now() < due:
        return case
    if referral.overdue_at is None:
        _tell_supervisors(case, referral, by=by)
    else:
        _ask_lead(case, referral, by=by)
    return case


def next_step_at(case: Case, referral: Referral) -> datetime | None:
    """When the open offer is escalated next; None when it was to the end, or no limit runs."""
    if referral.overdue_at is None:
        return case.due_at
    if referral.lead_asked_at is not None:
        return None
    again = copy(case)
    again.state_since = referral.overdue_at
    return timetable(case.province_id).due_at(again)


def _tell_supervisors(case: Case, referral: Referral, *, by: System) -> None:
    referral.overdue_at = clock.now()
    referral.save(update_fields=["overdue_at"])
    case.overdue_referral(lead=None)
    finish(case, "case.referral_overdue", by=by, clock_goes_on=True, to=referral.target.code)


def _ask_lead(case: Case, referral: Referral, *, by: System) -> None:
    """Where the province has no lead agency, the supervisors are told once more and decide between them."""
    referral.lead_asked_at, referral.lead = clock.now(), lead_of(case)
    referral.save(update_fields=["lead_asked_at", "lead"])
    case.overdue_referral(lead=referral.lead)
    kind = "case.referral_escalated" if referral.lead else "case.referral_overdue"
    to = referral.lead or referral.target
    finish(case, kind, by=by, clock_goes_on=True, to=to.code, target=referral.target.code)


def lead_of(case: Case) -> Agency | None:
    return Agency.objects.filter(provinces=case.province_id, is_lead=True, is_active=True).order_by("code").first()


@transaction.atomic
def reassign_referral(
    *, case_id: int, by: Actor, version: int, to: Agency, reason: str, explanation: str = "", province: str = ""
) -> Case:
    """The lead agency's supervisor offers the case to another agency: the offer that was not answered ends, a new one
    begins with the same choice of what is shared and a limit of its own. Raises InvalidInput as `refer_case` does.
    """
    case = begin(case_id, "reassign_referral", by, version)
    elsewhere = require_receiver(case, to, province)
    remark = write_remark(case, reason, by=by, kind=RemarkKind.REASON, audience=Audience.SHARED, field="reason")
    why = explain(case, to, elsewhere, explanation, by=by)
    before = end_offer(case, Referral.State.REASSIGNED, remark)
    again = Referral.objects.create(
        case=case,
        sender=before.sender,
        target=to,
        shares_identity=before.shares_identity,
        shares_notes=before.shares_notes,
        shares_files=before.shares_files,
        reason=remark,
        explanation=why,
        paper=before.paper,
        track_before=before.track_before,
        to_province=elsewhere,
        offered_at=clock.now(),
    )
    again.files.set(before.files.all())
    case.reassign_referral(to=to)
    finish(case, "case.referral_reassigned", by=by, to=to.code, sender=before.target.code, remark=remark)
    return case
