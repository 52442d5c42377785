"""Scheduled work of the workflow."""

from datetime import timedelta

from agencies.actors import System
from events import clock
from events.registry import scheduled
from workflows.errors import MoveNotAllowed
from workflows.models import Case
from workflows.services.conclusion import close_case
from workflows.states import State

BATCH = 500


@scheduled("workflows.close_after_objection_window", every=timedelta(minutes=15))
def close_after_objection_window() -> None:
    """Close what nobody objected to in time. The lock in `close_case` decides against a late objection."""
    over = Case.objects.filter(state__in=[State.RESOLVED, State.REFUSED], due_at__lt=clock.now())
    for case_id in over.order_by("due_at").values_list("pk", flat=True)[:BATCH]:
        try:
            close_case(case_id=case_id, by=System("close_after_objection_window"), version=None)
        except MoveNotAllowed:
            continue
