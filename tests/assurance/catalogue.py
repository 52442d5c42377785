"""The properties: where each is run, how often by `make assurance`, how often by `make test`."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from tests.assurance.installation import EMBEDDED, PRODUCTION, PROFILES
from tests.assurance.outcome import Outcome


@dataclass(frozen=True)
class Property:
    """``module`` has ``run(runs)``. ``full`` and ``small`` are numbers of runs; small 0: not in `make test`."""

    name: str
    module: str
    full: int
    small: int
    profiles: tuple[str, ...] = PROFILES

    def run(self, runs: int) -> Outcome:
        outcome: Outcome = import_module(f"tests.assurance.{self.module}").run(runs)
        return outcome


PROPERTIES = (
    Property("intake-kill", "intake_kill", full=10_000, small=10),
    Property("idempotency-key", "idempotency", full=1_000, small=2),
    Property("moves-race", "moves_race", full=5_000, small=25),
    Property("ownership-race", "ownership_race", full=5_000, small=12),
    Property("relay-kill", "relay_kill", full=10_000, small=16),
    Property("clocks-kill", "clocks_kill", full=2_000, small=6),
    Property("files-rows", "files_rows", full=500, small=6),
    Property("audit-chain", "audit_chain", full=1_000, small=100, profiles=(EMBEDDED,)),
    Property("state-machine", "state_machine", full=2_000, small=8, profiles=(EMBEDDED,)),
    Property("engine-kill", "engine_kill", full=50, small=0, profiles=(PRODUCTION,)),
    Property("live-resync", "live_resync", full=50, small=2),
    Property("search-authorised", "search_authorised", full=10_000, small=20),
    Property("bulletin-bytes", "bulletin_bytes", full=1_000, small=2),
)
BY_NAME = {row.name: row for row in PROPERTIES}
