"""Writing down, as a case moves, what its agency owed and did, while the limit that ran is still known."""

from __future__ import annotations

from datetime import datetime

from events import clock
from workflows.models import Case, Milestone, Remark
from workflows.states import State

_BY_STATE = {State.RESOLVED: Milestone.Kind.ANSWERED, State.REFUSED: Milestone.Kind.REFUSED}
_BY_EVENT = {"case.referral_taken": Milestone.Kind.TAKEN}
ANSWERS = tuple(_BY_STATE.values())


def reach(case: Case, event: str, *, remark: Remark | None) -> None:
    """Called by `moving.finish` of a case that has moved and whose time limit is still that of the step it left."""
    kind = _BY_EVENT.get(event) or _BY_STATE.get(State(case.state))
    if kind is None:
        return
    words = remark if kind in ANSWERS else None
    Milestone.objects.create(
        case=case, agency=case.owner, kind=kind, words=words, reached_at=clock.now(), due_at=limit_of(case)
    )


def limit_of(case: Case) -> datetime | None:
    """When the step that ends now had to end. The one place to change when limits become rows of their own."""
    return case.due_at
