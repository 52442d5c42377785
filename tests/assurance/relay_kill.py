"""Effects happen once: relays are killed without warning while they work off what is owed."""

from __future__ import annotations

import os
import random
import time

from tests.assurance import checks, processes
from tests.assurance.outcome import Outcome

BATCH = 100
PATIENCE_SECONDS = 1800.0


def run(runs: int) -> Outcome:
    """``runs`` lodgings (one event each, every fifth two), two relays at once (embedded: one), kill -9 of each in turn."""
    embedded = os.environ["DJANGO_SETTINGS_MODULE"].endswith("embedded")
    outcome = Outcome(runs)
    lodge(runs)
    relays = [processes.relay(number) for number in range(1, 2 if embedded else 3)]
    try:
        for relay in relays:
            relay.start()
        kills = _kill_until_done(relays)
    finally:
        for relay in relays:
            relay.kill()
    outcome.remarks.append(f"{processes.deliver_all()} deliveries leased or waiting at the end, ended by hand")
    outcome.remarks.append(f"{kills} × kill -9; {_tries()} deliveries were begun more than once")
    checks.everyone_was_told(outcome)
    checks.everything_is_indexed(outcome)
    return outcome


def lodge(runs: int) -> None:
    from datetime import timedelta

    from complaints import codes
    from complaints.lodgement import Lodgement
    from events import clock
    from workflows.services.intake import lodge_batch

    moved_at = clock.now() - timedelta(hours=2)
    said = [
        Lodgement(
            province="82",
            narrative=f"Phiếu thử số {number}. Chuyển tiền xong bị chặn liên lạc.",
            idempotency_key=codes.new_idempotency_key(),
            kind="consumer" if number % 5 else "crime",
            money_moved_at=None if number % 5 else moved_at,
            is_anonymous=True,
        )
        for number in range(runs)
    ]
    for start in range(0, runs, BATCH):
        lodge_batch(said[start : start + BATCH])


def _owed() -> int:
    from events.models import Delivery

    return Delivery.objects.filter(state=Delivery.State.DUE).count()


def _tries() -> int:
    from events.models import Delivery

    return Delivery.objects.filter(attempts__gt=1).count()


def _kill_until_done(relays: list[processes.Program]) -> int:
    """Until nothing is left but what killed relays had leased; how many kills."""
    kills, still, before, deadline = 0, 0, -1, time.monotonic() + PATIENCE_SECONDS
    while (owed := _owed()) and still < 4 and time.monotonic() < deadline:
        still = still + 1 if owed == before else 0
        before = owed
        time.sleep(random.uniform(0, 0.7))
        relay = relays[kills % len(relays)]
        relay.kill()
        relay.start()
        kills += 1
    return kills
