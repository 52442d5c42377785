"""What follows when a time limit ends, or is about to: one table each, obligation → service.

A service is called as ``service(case_id=…, by=System("clocks"), version=None)`` in the transaction, and under the
case's lock, in which `clock.missed` (or `clock.warned`) is recorded; MoveNotAllowed means that there is nothing to do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workflows.services.conclusion import close_case
from workflows.services.overdue import overdue_referral
from workflows.services.responding import remind_respondent, respondent_silent
from workflows.services.waiting import propose_giving_up, remind_complainant
from workflows.states import State

Consequence = Callable[..., Any]

LAPSES: dict[str, Consequence] = {
    # Nobody objected in time. A late objection meets the lock, and finds the case closed.
    State.RESOLVED: close_case,
    State.REFUSED: close_case,
    State.REFERRED: overdue_referral,
    State.AWAITING_COMPLAINANT: propose_giving_up,
    State.AWAITING_RESPONDENT: respondent_silent,
}
# What tells the citizen or the business again, before their time is over.
REMINDERS: dict[str, Consequence] = {
    State.AWAITING_COMPLAINANT: remind_complainant,
    State.AWAITING_RESPONDENT: remind_respondent,
}
