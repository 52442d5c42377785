"""Runs the properties and prints `property · runs · failures` for each; see the package."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterable

from scripts.console import say
from tests.assurance.catalogue import BY_NAME, PROPERTIES, Property
from tests.assurance.installation import PROFILES, Installation, copy_of, prepared
from tests.assurance.outcome import SHOWN, Outcome


def run_apart(row: Property, runs: int, installation: Installation) -> Outcome:
    """In a process of its own; one that breaks is one failure."""
    try:
        said = installation.python("-m", "tests.assurance.run", row.name, str(runs))
    except subprocess.CalledProcessError as error:
        return Outcome(runs, [f"it ended with {error.returncode}: see above"])
    return Outcome.from_json(said.splitlines()[-1])


def report(row: Property, profile: str, outcome: Outcome, seconds: float) -> None:
    print(f"{row.name} ({profile}) · {outcome.runs} · {len(outcome.failures)}", flush=True)
    for remark in outcome.remarks:
        say(f"  {remark}")
    for failure in outcome.failures[:SHOWN]:
        print(f"  ✗ {failure}", flush=True)
    say(f"  {seconds:.0f} s")


def run_profile(profile: str, rows: Iterable[Property], runs: int | None, *, small: bool) -> int:
    """How many failures there were."""
    wanted = [row for row in rows if profile in row.profiles and not (small and not row.small)]
    if not wanted:
        return 0
    failures = 0
    with prepared(profile) as original:
        for row in wanted:
            began = time.monotonic()
            with copy_of(original) as installation:
                outcome = run_apart(row, runs or (row.small if small else row.full), installation)
            report(row, profile, outcome, time.monotonic() - began)
            failures += len(outcome.failures)
    return failures


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.assurance")
    parser.add_argument("--only", action="append", choices=list(BY_NAME), help="this property (repeatable)")
    parser.add_argument("--profile", choices=PROFILES, help="on this profile only")
    parser.add_argument("--runs", type=int, help="this many runs instead of the full figure")
    parser.add_argument("--small", action="store_true", help="the numbers that `make test` runs")
    given = parser.parse_args()
    rows = [BY_NAME[name] for name in given.only] if given.only else PROPERTIES
    profiles = [given.profile] if given.profile else PROFILES
    failures = sum(run_profile(profile, rows, given.runs, small=given.small) for profile in profiles)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
