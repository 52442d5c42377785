"""The clocks of a case follow its moves: started, paused, resumed, met or cancelled, each recorded.

Everything here runs inside the move's transaction, under the row lock on the case; the partial constraint
`clock_one_open` is what holds even without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from agencies.actors import Actor
from events import clock as time
from events.services.recording import Happening, record_events
from workflows.clocks import Timetable, local_day, next_of, reckon, timetable
from workflows.models import Case, Clock, ExtensionRule
from workflows.obligations import HANDLING, Occasion, pauses
from workflows.states import State, Track

_UNRECEIVED = (State.LODGED, State.REFERRED, State.AWAITING_COMPLAINANT)


def told(case: Case, kind: str, row: Clock, by: Actor, **more: Any) -> Happening:
    """What the log says of a clock. State and version as in every event of a case."""
    about = {"clock": row.pk, "obligation": row.obligation, "due": row.due_at.isoformat()}
    data = {"case": case.pk, "state": str(case.state), "version": case.version, **about, **more}
    return Happening(case.stream, f"clock.{kind}", by, data)


@dataclass
class Follower:
    """The clocks of one locked case, changed and told together. ``came_back``: to the state it was in before."""

    case: Case
    by: Actor
    table: Timetable
    at: datetime
    came_back: bool = False
    clocks: dict[str, Clock] = field(default_factory=dict)
    happenings: list[Happening] = field(default_factory=list)

    def follow(self) -> None:
        standing = self._standing()
        left_negotiating = str(State.NEGOTIATING) in self.clocks and State.NEGOTIATING not in standing
        for obligation, row in list(self.clocks.items()):
            if obligation in State.values and obligation not in standing:
                self.end(row)
        for obligation, since in standing.items():
            self._carry_on(obligation, since)
        self._reporter()
        if left_negotiating and self.case.state in (State.INVESTIGATING, State.RESOLVED):
            self.start(Occasion.REPORT_NEGOTIATION, self.at)
        if self.case.state in (State.CLOSED, State.WITHDRAWN):
            for row in list(self.clocks.values()):
                self.end(row, Clock.Ending.CANCELLED)
        own = self.clocks.get(str(self.case.state))
        self.case.due_at = own.due_at if own else None

    def _standing(self) -> dict[str, datetime]:
        """Obligation → since when: the state the case is in, and the one it will come back to."""
        case = self.case
        found = {}
        if case.resume_state and case.resume_since:
            found[str(case.resume_state)] = case.resume_since
        return found | {str(case.state): case.state_since}

    def _carry_on(self, obligation: str, since: datetime) -> None:
        """Start, keep, pause or resume. Another track counts from the same start by its own limit."""
        row, case = self.clocks.get(obligation), self.case
        away = obligation == case.resume_state
        if row and not away and not self.came_back:
            # The same step, begun anew: whoever has it now has the whole time, and who had it did not do it.
            self.end(row, Clock.Ending.CANCELLED)
            row = None
        if row and row.track != case.track:
            if row.paused_at and not away:
                self._stop_standing(row, row.paused_at, since)
            self.end(row, Clock.Ending.CANCELLED)
            row = self.start(obligation, row.started_at, before=row)
        elif row is None:
            row = self.start(obligation, since)
        if row is None:
            return
        waits = away and case.state == State.AWAITING_COMPLAINANT and obligation in HANDLING and pauses(case.track)
        if waits and row.paused_at is None:
            self._pause(row)
        elif not waits and row.paused_at is not None:
            self._resume(row, row.paused_at, since)

    def _pause(self, row: Clock) -> None:
        row.paused_at, row.next_at = self.case.state_since, None
        row.save(update_fields=["paused_at", "next_at"])
        self.happenings.append(told(self.case, "paused", row, self.by))

    def _resume(self, row: Clock, stands_since: datetime, since: datetime) -> None:
        """``since`` is the start put off by the wait, as the case itself reckons it: one truth, to the microsecond."""
        self._stop_standing(row, stands_since, since)
        self.reckon(row)
        row.save(update_fields=["paused_for", "stood", "paused_at", "due_at", "warn_at", "next_at"])
        self.happenings.append(told(self.case, "resumed", row, self.by))

    def _stop_standing(self, row: Clock, stands_since: datetime, since: datetime) -> None:
        row.stand(stands_since, self.at)
        row.paused_for, row.paused_at = max(since - row.started_at, row.paused_for), None

    def _reporter(self) -> None:
        """TTLT 01/2017: within three working days from lodging, on the crime track, until it is accepted."""
        row, case = self.clocks.get(Occasion.TELL_REPORTER), self.case
        unreceived = case.state in _UNRECEIVED and case.resume_state in ("", State.LODGED)
        if row and case.track != Track.CRIME:
            self.end(row, Clock.Ending.CANCELLED)
        elif row and not unreceived:
            self.end(row)
        elif row is None and unreceived and case.track == Track.CRIME:
            self.start(Occasion.TELL_REPORTER, case.lodged_at)

    def start(self, obligation: str, since: datetime, *, before: Clock | None = None) -> Clock | None:
        """A new clock, unless no rule sets a limit or one runs already. It stood as the one ``before`` it did."""
        if obligation in self.clocks:
            return self.clocks[obligation]
        row = new_clock(self.case, self.table, obligation, since, before)
        if row is None:
            return None
        row.save(force_insert=True)
        self.clocks[obligation] = row
        self.happenings.append(told(self.case, "started", row, self.by))
        return row

    def end(self, row: Clock, ending: str = "") -> None:
        case = self.case
        ending = ending or (Clock.Ending.CANCELLED if _fell_away(case, row) else Clock.Ending.MET)
        row.ended_at, row.ending, row.next_at = self.at, ending, None
        row.save(update_fields=["ended_at", "ending", "next_at"])
        del self.clocks[row.obligation]
        self.happenings.append(told(case, str(ending), row, self.by))

    def reckon(self, row: Clock) -> None:
        reckon(row, self.table, self.case.owner_id, steps_of(row))


def _fell_away(case: Case, row: Clock) -> bool:
    """What the case left without having done it: it ended otherwise, or another agency took it over."""
    if case.state == State.WITHDRAWN or (
        case.state == State.CLOSED and row.obligation not in (State.RESOLVED, State.REFUSED)
    ):
        return True
    return case.state == State.ACCEPTED and row.obligation in HANDLING and row.obligation != State.LODGED


def new_clock(
    case: Case, table: Timetable, obligation: str, since: datetime, before: Clock | None = None
) -> Clock | None:
    """Not yet stored; None where no rule sets a limit. It stood as the one ``before`` it did."""
    rule = table.rule_for(case, local_day(since), obligation)
    if rule is None:
        return None
    row = Clock(case=case, rule=rule, obligation=obligation, track=case.track, started_at=since)
    if before:
        row.paused_for, row.stood = before.paused_for, before.stood
    reckon(row, table, case.owner_id)
    return row


def steps_of(row: Clock) -> list[ExtensionRule]:
    if not row.extended:
        return []
    return [granted.rule for granted in row.extensions.select_related("rule").order_by("step")]


def follow(case: Case, *, by: Actor, came_back: bool) -> list[Happening]:
    """Let the case's clocks follow the move just made, and set its `due_at`; what is to be recorded after it."""
    follower = follower_of(case, by, came_back=came_back)
    follower.follow()
    return follower.happenings


def follower_of(case: Case, by: Actor, *, came_back: bool = False) -> Follower:
    rows = Clock.objects.open().filter(case=case).select_related("rule")
    return Follower(case, by, timetable(case.province_id), time.now(), came_back, {row.obligation: row for row in rows})


def first_clocks(case: Case, table: Timetable) -> list[Clock]:
    """What begins with the lodging; not yet stored."""
    owed: Iterable[str] = [str(State.LODGED), *([Occasion.TELL_REPORTER] if case.track == Track.CRIME else [])]
    return [row for row in (new_clock(case, table, obligation, case.lodged_at) for obligation in owed) if row]


@transaction.atomic
def start_obligation(case: Case, obligation: Occasion, *, by: Actor) -> None:
    """Something happened that asks for ``obligation``; the caller holds the case's lock."""
    follower = follower_of(case, by)
    follower.start(obligation, follower.at)
    record_events(follower.happenings)


@transaction.atomic
def meet_obligation(case: Case, obligation: Occasion, *, by: Actor) -> None:
    """What was owed is done; nothing where no such clock runs. The caller holds the case's lock."""
    _end_obligation(case, obligation, Clock.Ending.MET, by)


@transaction.atomic
def drop_obligation(case: Case, obligation: Occasion, *, by: Actor) -> None:
    """What was owed is owed no more; nothing where no such clock runs. The caller holds the case's lock."""
    _end_obligation(case, obligation, Clock.Ending.CANCELLED, by)


def _end_obligation(case: Case, obligation: Occasion, ending: str, by: Actor) -> None:
    follower = follower_of(case, by)
    if row := follower.clocks.get(obligation):
        follower.end(row, ending)
    record_all(follower.happenings)


@transaction.atomic
def agree_on(case: Case, due_at: datetime, *, by: Actor) -> None:
    """The sides' own day in place of the rule's limit of the present state; the caller holds the case's lock."""
    case.due_at = due_at
    case.save()
    follower = follower_of(case, by)
    row = follower.clocks.get(str(case.state))
    if row is None:
        return
    before, row.due_at, row.warn_at = row.due_at, due_at, follower.table.warn_at(row.rule, due_at)
    upcoming = next_of(row, follower.table)
    row.next_at = upcoming[0] if upcoming else None
    row.save(update_fields=["due_at", "warn_at", "next_at"])
    record_events([told(case, "moved", row, by, due_before=before.isoformat())])


def record_all(happenings: Sequence[Happening]) -> None:
    if happenings:
        record_events(happenings)
