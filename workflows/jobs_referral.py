"""Scheduled work of transfers."""

from datetime import timedelta

from agencies.actors import System
from events.registry import scheduled
from workflows.errors import MoveNotAllowed
from workflows.models import Referral
from workflows.services.overdue import overdue_referral

BATCH = 500


@scheduled("workflows.ask_lead_agency", every=timedelta(minutes=5))
def ask_lead_agency() -> None:
    """The second step of an offer nobody answers: the limit has passed once more since the supervisors were told.
    `overdue_referral` decides under the case's lock whether it is due."""
    waiting = Referral.objects.filter(state=Referral.State.OFFERED, overdue_at__isnull=False, lead_asked_at=None)
    for case_id in waiting.order_by("overdue_at").values_list("case_id", flat=True)[:BATCH]:
        try:
            overdue_referral(case_id=case_id, by=System("ask_lead_agency"))
        except MoveNotAllowed:
            continue
