"""What each move changes on the case: fields, nothing else. Which moves there are stands in `states.py`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django_fsm import RETURN_VALUE, ConcurrentTransitionMixin, transition

from agencies.models import Agency, Province, User
from events import clock
from workflows.states import MOVE, RESUME, RESUME_OR_RESOLVED, STAYS, Outcome, Stance, State, Track

if TYPE_CHECKING:
    from .case import Case


def move(name: str) -> Any:
    """django_fsm's transition as `states.py` declares it."""
    row = MOVE[name]
    # None is django_fsm's word for a move that stays where it is.
    varies = row.target in (RESUME, RESUME_OR_RESOLVED)
    destination = RETURN_VALUE(*State) if varies else None if row.target == STAYS else row.target
    return transition(field="state", source=list(row.sources), target=destination)


class CaseMoves(ConcurrentTransitionMixin, models.Model):
    """The transitions of `Case`, which has the fields."""

    if TYPE_CHECKING:
        state: Any
        track: str
        province: Province
        owner: Agency
        handler: User | None
        offered_to: Agency | None
        escalated_to: Agency | None
        proposed_by: User | None
        duplicate_of: Case | None
        resume_state: str
        resume_since: datetime | None
        state_since: datetime
        reminded_at: datetime | None
        withdrawal_wished_at: datetime | None
        respondent_stance: str
        outcome: str

    class Meta:
        abstract = True

    @move("accept")
    def accept(self) -> None:
        pass

    @move("refuse")
    def refuse(self) -> None:
        self.outcome = ""

    @move("refer")
    def refer(self, *, to: Agency) -> None:
        self._step_aside()
        self.offered_to = to

    @move("take_referral")
    def take_referral(self, *, province: Province | None = None) -> None:
        """``province``: where the case belongs from now on, where that is another."""
        assert self.offered_to is not None  # nosec B101: constraint case_offered_when_referred
        self.owner, self.handler = self.offered_to, None
        self.province = province or self.province
        self._end_offer()

    @move("return_referral")
    def return_referral(self) -> str:
        return self._come_back()

    @move("recall_referral")
    def recall_referral(self) -> str:
        return self._come_back()

    @move("overdue_referral")
    def overdue_referral(self, *, lead: Agency | None) -> None:
        self.escalated_to = lead

    @move("reassign_referral")
    def reassign_referral(self, *, to: Agency) -> None:
        self.offered_to, self.escalated_to = to, None

    @move("assign")
    def assign(self, *, handler: User) -> None:
        self.handler, self.proposed_by = handler, None

    @move("ask_complainant")
    def ask_complainant(self) -> None:
        self._step_aside()
        self.reminded_at = None

    @move("answer")
    def answer(self) -> str:
        return self._come_back()

    @move("give_up_waiting")
    def give_up_waiting(self, *, ends: bool) -> str:
        """Back to where it was; ``ends``: resolved, for want of the answer."""
        back = self._come_back()
        if not ends:
            return back
        self.outcome, self.resume_since = Outcome.NO_ANSWER_FROM_COMPLAINANT, None
        return str(State.RESOLVED)

    @move("send_to_respondent")
    def send_to_respondent(self) -> None:
        self.proposed_by = None

    @move("respond")
    def respond(self, *, stance: str) -> None:
        self.respondent_stance = stance

    @move("respondent_silent")
    def respondent_silent(self) -> None:
        self.respondent_stance = Stance.SILENT

    @move("open_negotiation")
    def open_negotiation(self) -> None:
        self.proposed_by = None

    @move("open_mediation")
    def open_mediation(self) -> None:
        self.proposed_by = None

    @move("record_settlement")
    def record_settlement(self, *, outcome: str) -> None:
        self.outcome = outcome

    @move("end_without_settlement")
    def end_without_settlement(self) -> None:
        pass

    @move("resolve")
    def resolve(self, *, outcome: str) -> None:
        self.outcome, self.proposed_by = outcome, None

    @move("propose_resolution")
    def propose_resolution(self, *, by: User) -> None:
        self.proposed_by = by

    @move("confirm_resolution")
    def confirm_resolution(self, *, outcome: str) -> None:
        self.outcome, self.proposed_by = outcome, None

    @move("return_proposal")
    def return_proposal(self) -> None:
        self.proposed_by = None

    @move("object")
    def object(self) -> None:
        self._open_again()

    @move("reopen")
    def reopen(self) -> None:
        self._open_again()

    @move("close")
    def close(self) -> None:
        pass

    @move("withdraw")
    def withdraw(self) -> None:
        self._end_offer()
        self.proposed_by = None

    @move("carry_on")
    def carry_on(self) -> None:
        self.withdrawal_wished_at = None

    @move("link_duplicate")
    def link_duplicate(self, *, primary: Case) -> None:
        self._end_offer()
        self.duplicate_of, self.outcome, self.proposed_by = primary, Outcome.DUPLICATE, None

    def _step_aside(self) -> None:
        """Leave the state for a while, to come back to it."""
        self.resume_state, self.resume_since = self.state, self.state_since
        self.proposed_by = None

    def _end_offer(self) -> None:
        self.offered_to, self.escalated_to, self.resume_state, self.resume_since = None, None, "", None

    def _open_again(self) -> None:
        self.outcome, self.duplicate_of = "", None

    def _come_back(self) -> str:
        """Where it was, with the time that had run there: a transfer does not stop the clock, waiting for
        the citizen does, except on the crime track (BLTTHS Đ147)."""
        waited = self.state == State.AWAITING_COMPLAINANT and self.track != Track.CRIME
        if waited and self.resume_since:
            self.resume_since += clock.now() - self.state_since
        back, self.resume_state = self.resume_state, ""
        self.offered_to, self.escalated_to = None, None
        return back
