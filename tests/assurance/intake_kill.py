"""Acknowledged means stored: citizens lodge over HTTP while server and relays are killed without warning."""

from __future__ import annotations

import os
import random
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path

from scripts.console import PYTHON, ROOT
from scripts.services.process import free_port
from tests.assurance import checks, processes
from tests.assurance.citizens import Ledger, story
from tests.assurance.outcome import Outcome
from tests.assurance.processes import Program

THREADS = 4
RELAYS = 2


def run(runs: int, *, kills: int | None = None) -> Outcome:
    """``runs`` lodgings with ``kills`` kill -9 (one in a hundred lodgings) of server or relay, at random moments."""
    outcome, ledger = Outcome(runs), Ledger(Path(os.environ["CASEMGR_HOME"]) / "ledger.jsonl")
    port = free_port(8120 + os.getpid() % 15)
    programs = _programs(port)
    try:
        for program in programs:
            program.start()
        done = threading.Event()
        citizens = threading.Thread(target=_citizens, args=("lodge", port, ledger, runs, done))
        citizens.start()
        killed = _kill_at_random(programs, ledger, runs, kills or max(1, runs // 100), done)
        citizens.join()
        outcome.remarks.append(", ".join(f"{n} × kill -9 {name}" for name, n in sorted(killed.items())))
        unknown = len(ledger.sent().keys() - ledger.receipts().keys())
        _citizens("settle", port, ledger, 0, threading.Event())
        outcome.remarks.append(f"{unknown} unknown outcomes settled by a retry")
    finally:
        for program in programs:
            program.stop()
    outcome.remarks.append(f"{processes.deliver_all()} deliveries leased or waiting at the end, ended by hand")
    _check(outcome, ledger, runs)
    return outcome


def _programs(port: int) -> list[Program]:
    """Embedded: the relay lives in the server and dies with it."""
    embedded = os.environ["DJANGO_SETTINGS_MODULE"].endswith("embedded")
    relays = [] if embedded else [processes.relay(number) for number in range(1, RELAYS + 1)]
    return [processes.server(port), *relays]


def _citizens(what: str, port: int, ledger: Ledger, number: int, done: threading.Event) -> None:
    """In a process of their own, which knows the server's port and nothing else of it."""
    words = [what, str(port), str(ledger.path), "--count", str(number), "--threads", str(THREADS)]
    try:
        subprocess.run([str(PYTHON), "-m", "tests.assurance.citizens", *words], cwd=ROOT, check=True)
    finally:
        done.set()


def _kill_at_random(
    programs: list[Program], ledger: Ledger, runs: int, kills: int, done: threading.Event
) -> Counter[str]:
    """Spread over the run by what the ledger says was sent; within that, at any moment of a request."""
    killed: Counter[str] = Counter()
    for number in range(kills):
        while _sent(ledger) < runs * (number + 0.3) / kills and not done.is_set():
            time.sleep(0.02)
        time.sleep(random.uniform(0, 0.25))
        # In turn, so that each is killed as often as the others.
        program = programs[number % len(programs)]
        program.kill()
        program.start()
        killed[program.name] += 1
    return killed


def _sent(ledger: Ledger) -> int:
    return ledger.path.read_bytes().count(b'"sent"') if ledger.path.exists() else 0


def _check(outcome: Outcome, ledger: Ledger, runs: int) -> None:
    outcome.failures += ledger.troubles()
    _check_lodged(outcome, ledger, runs)
    checks.everyone_was_told(outcome)
    checks.everything_is_indexed(outcome)
    _check_found(outcome, runs)


def _check_lodged(outcome: Outcome, ledger: Ledger, runs: int) -> None:
    from complaints import codes
    from complaints.models import Complaint
    from workflows.models import Case

    stored: Counter[str] = Counter()
    hashes: dict[str, str] = {}
    for narrative, code_hash in Complaint.objects.values_list("narrative", "code_hash"):
        stored[narrative] += 1
        hashes[narrative] = code_hash
    receipts = ledger.receipts()
    for number in range(1, runs + 1):
        found, shown = stored[story(number)], receipts.get(number, set())
        outcome.check(found == 1, f"citizen {number}: {found} complaints instead of 1")
        outcome.check(len(shown) == 1, f"citizen {number}: {len(shown)} different receipts instead of 1")
        outcome.check(
            {codes.code_hash(code) for code in shown} == {hashes.get(story(number))},
            f"citizen {number}: the receipt's code opens no complaint of theirs",
        )
    outcome.check(sum(stored.values()) == Case.objects.count(), "complaints and cases do not agree")


def _check_found(outcome: Outcome, runs: int) -> None:
    from agencies.actors import member
    from search.selectors import find_cases

    reader = member("intake@sct.dongthap.example")
    for number in random.sample(range(1, runs + 1), min(runs, 300)):
        hits = [hit.case.complaint.narrative for hit in find_cases(reader, f"{number:07d}").hits]
        outcome.check(hits == [story(number)], f"searching {number:07d} found {len(hits)} cases")
