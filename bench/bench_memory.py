"""Peak memory of the embedded server (site, sockets, relay, index in one process) after 1,000 lodgings over HTTP.

.venv/bin/python -m bench.bench_memory      BENCH_LODGINGS=1000
"""

import re
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from bench.report import Ratio, conclude, figure, size
from scripts.console import PYTHON, ROOT
from scripts.services.process import free_port
from tests.assurance import processes
from tests.assurance.citizens import Ledger
from tests.assurance.installation import EMBEDDED, prepared

TARGET_MB = 250.0
PARTS = 5
PATIENCE_SECONDS = 600.0


def resident(pid: int, what: str) -> float:
    """``VmHWM`` (peak) or ``VmRSS`` (now) of the process and its children, in MB (proc(5))."""
    pids = [pid, *map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]
    total = 0
    for number in pids:
        with suppress(OSError):  # a child that has ended meanwhile
            found = re.search(rf"{what}:\s+(\d+) kB", Path(f"/proc/{number}/status").read_text())
            total += int(found[1]) if found else 0
    return total / 1024


def wait_until_delivered() -> None:
    from events.models import Delivery

    deadline = time.monotonic() + PATIENCE_SECONDS
    while Delivery.objects.filter(state=Delivery.State.DUE).exists():
        if time.monotonic() > deadline:
            raise SystemExit("the relay did not come to its end")
        time.sleep(0.5)


def main() -> None:
    count = size("BENCH_LODGINGS", 1000)
    with prepared(EMBEDDED) as installation:
        installation.enter()
        port, ledger = free_port(8130), Ledger(installation.home / "ledger.jsonl")
        server = processes.server(port)
        try:
            server.start()
            figure("after the start", resident(server.pid, "VmRSS"), "MB")
            began = time.perf_counter()
            for first in range(1, count + 1, count // PARTS):
                words = ["lodge", str(port), str(ledger.path), "--first", str(first), "--count", str(count // PARTS)]
                subprocess.run([str(PYTHON), "-m", "tests.assurance.citizens", *words], cwd=ROOT, check=True)
                figure(f"after {first - 1 + count // PARTS} lodgings", resident(server.pid, "VmRSS"), "MB")
            taken = time.perf_counter() - began
            wait_until_delivered()
            now, peak = resident(server.pid, "VmRSS"), resident(server.pid, "VmHWM")
        finally:
            server.stop()
        lodged, troubles = len(ledger.receipts()), ledger.troubles()
    if lodged != count:
        raise SystemExit(f"{lodged} of {count} lodged: {troubles[:3]}")
    figure(f"{count} whole visits with receipt, indexed and told", count / taken, "visits/s")
    figure("now", now, "MB")
    figure("peak", peak, "MB")
    conclude(
        Ratio("bench_memory", f"peak MB of the embedded server after {count} lodgings", peak, TARGET_MB, at_most=True)
    )


if __name__ == "__main__":
    main()
