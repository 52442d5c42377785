"""Deadlines happen once: whoever runs the clocks is killed without warning, over what fell due in forty days."""

from __future__ import annotations

import os
import random
import sys
import time
from collections import Counter, defaultdict
from datetime import timedelta

from scripts.console import PYTHON
from tests.assurance import processes
from tests.assurance.outcome import Outcome

DOWN = timedelta(days=40)
PATIENCE_SECONDS, PAUSE_SECONDS = 3600.0, 0.4
RUNNING = b"running the clocks"


def run(runs: int) -> Outcome:
    """``runs`` cases, every fourth refused, left alone for forty days; then one or two workers (embedded: one) that
    run the clocks, killed at random moments until nothing is due."""
    outcome = Outcome(runs)
    refused = _leave_alone(runs)
    kills = _kill_until_done()
    outcome.remarks.append(f"{kills} × kill -9 while the clocks ran")
    _check_clocks(outcome)
    _check_closed(outcome, refused)
    return outcome


def _leave_alone(runs: int) -> list[int]:
    """The cases refused, by id."""
    from agencies.actors import member
    from complaints import codes
    from events import clock
    from tests.assurance.idempotency import lodgement
    from workflows.services.acceptance import refuse_case
    from workflows.services.intake import lodge_batch

    supervisor, refused = member("supervisor@sct.dongthap.example"), []
    with clock.frozen(clock.now() - DOWN):
        for start in range(0, runs, 100):
            said = [lodgement(codes.new_idempotency_key()) for _ in range(min(100, runs - start))]
            for receipt in lodge_batch(said)[::4]:
                refuse_case(
                    case_id=receipt.case_id,
                    by=supervisor,
                    version=1,
                    reason="no_evidence",
                    explanation="Thiếu chứng cứ.",
                )
                refused.append(receipt.case_id)
    return refused


def _kill_until_done() -> int:
    embedded = os.environ["DJANGO_SETTINGS_MODULE"].endswith("embedded")
    workers = [_worker(number) for number in range(1, 2 if embedded else 3)]
    kills, pause, done, deadline = 0, PAUSE_SECONDS, _done(), time.monotonic() + PATIENCE_SECONDS
    try:
        for worker in workers:
            worker.start()
        while _owed() and time.monotonic() < deadline:
            time.sleep(random.uniform(0, pause))
            worker = workers[kills % len(workers)]
            worker.kill()
            worker.start()
            kills += 1
            # On a machine with other work nothing may be done in so little time.
            before, done = done, _done()
            pause = PAUSE_SECONDS if done > before else 1.5 * pause
    finally:
        for worker in workers:
            worker.kill()
    return kills


def _worker(number: int) -> processes.Program:
    program = processes.Program(f"clocks-{number}", [str(PYTHON), "-u", "-m", "tests.assurance.clocks_kill"])
    program.ready = lambda: RUNNING in program.log.read_bytes()[program.begins :]
    return program


def _owed() -> bool:
    from events import clock
    from workflows.models import Clock

    return Clock.objects.filter(next_at__lte=clock.now()).exists()


def _done() -> int:
    from events.models import Event

    return Event.objects.count()


def _check_clocks(outcome: Outcome) -> None:
    """Of each clock that was left alone: ended once, each rung once and in order, and the stream's chain whole."""
    from events.chain import first_fault
    from events.models import Event
    from workflows.models import Case, Clock, EscalationStep

    rungs = sorted(set(EscalationStep.objects.values_list("position", flat=True)))
    told: dict[int, list[str]] = defaultdict(list)
    for event in Event.objects.filter(kind__in=["clock.missed", "clock.escalated", "clock.warned"]).order_by("pk"):
        told[event.data["clock"]].append(f"{event.kind}{event.data.get('position', '')}")
    for row in Clock.objects.open().filter(obligation="lodged"):
        expected = ["clock.missed", *(f"clock.escalated{position}" for position in rungs)]
        said = [kind for kind in told[row.pk] if kind != "clock.warned"]
        outcome.check(said == expected, f"clock {row.pk}: {said} instead of {expected}")
    for clock_id, kinds in told.items():
        twice = [kind for kind, count in Counter(kinds).items() if count > 1]
        outcome.check(not twice, f"clock {clock_id}: {twice} came more than once")
    for case in Case.objects.iterator():
        events = list(Event.objects.filter(stream=case.stream).order_by("sequence"))
        outcome.check(first_fault(events) is None, f"case {case.pk}: the chain of its events is broken")
    outcome.remarks.append(f"{sum(map(len, told.values()))} deadline events of {len(told)} clocks")


def _check_closed(outcome: Outcome, refused: list[int]) -> None:
    from events.models import Event
    from workflows.models import Case

    closed = Counter(Event.objects.filter(kind="case.closed").values_list("data__case", flat=True))
    for case in Case.objects.filter(pk__in=refused):
        outcome.check(
            (case.state, closed[case.pk]) == ("closed", 1),
            f"case {case.pk}: {case.state}, closed {closed[case.pk]} times",
        )
    outcome.check(set(closed) == set(refused), "a case was closed that nobody refused")


def main() -> None:
    """Run the clocks until killed."""
    import django

    django.setup()
    from workflows.services.running import run_clocks

    print(RUNNING.decode(), flush=True)
    while True:
        if not run_clocks():
            time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
