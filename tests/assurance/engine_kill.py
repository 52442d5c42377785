"""The search server is killed in the middle of its writes: intake goes on, searching says that it is away, and once
it is back nothing is missing from the index. A server of this run alone: others go on using theirs."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from pathlib import Path

from scripts.console import ROOT
from scripts.services.opensearch import OpenSearch
from scripts.services.process import free_port
from tests.assurance import checks, processes
from tests.assurance.outcome import Outcome

BATCH = 60
# A delivery that failed is tried again after a while; healed means: by itself, in this time.
HEALED_WITHIN = 300.0
PORT = 9275


def run(runs: int) -> Outcome:
    """``runs`` kill -9 of the server while the relay writes to it."""
    from django.conf import settings

    outcome = Outcome(runs)
    folder = Path(tempfile.mkdtemp(prefix="engine-"))
    server, url = _server(folder)
    os.environ["ELASTICSEARCH_URL"] = settings.ELASTICSEARCH_URL = url
    relay = processes.relay()
    try:
        server.start()
        relay.start()
        slowest = max(_once(outcome, server, number) for number in range(runs))
        outcome.remarks.append(f"the slowest index was whole {slowest:.0f} s after the server was started again")
        checks.everything_is_indexed(outcome)
    finally:
        relay.kill()
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
    return outcome


def _server(folder: Path) -> tuple[processes.Program, str]:
    found = OpenSearch(ROOT / ".services")
    found.prepare()
    port = free_port(PORT)
    words = [
        found.jdk.java, "-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-cp", f"{found.library}/*",
        "org.codelibs.opensearch.runner.OpenSearchRunner", "-basePath", folder / "data", "-numOfNode", "1",
        "-baseHttpPort", port - 1, "-clusterName", f"casemgr-{port}",
    ]  # fmt: skip
    return processes.Program(
        "opensearch", [str(word) for word in words], lambda: _answers(port)
    ), f"http://127.0.0.1:{port}"


def _answers(port: int) -> bool:
    import urllib.request

    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{port}/_cluster/health?wait_for_status=yellow", timeout=2
        ) as said:
            return bool(said.status == 200)
    except OSError:
        return False


def _once(outcome: Outcome, server: processes.Program, number: int) -> float:
    """Seconds from the server's return to a whole index."""
    from agencies.actors import member
    from search.selectors import find_cases
    from tests.assurance.relay_kill import lodge

    lodge(BATCH)
    time.sleep(random.uniform(0, 1.2))
    server.kill()
    lodge(5)
    answer = find_cases(member("handler@sct.dongthap.example"), "chuyển tiền")
    outcome.check(answer.degraded, f"kill {number}: the search did not say that the engine is away")
    server.start()
    back = time.monotonic()
    while _owed() and time.monotonic() < back + HEALED_WITHIN:
        time.sleep(0.2)
    taken = time.monotonic() - back
    outcome.check(not _owed(), f"kill {number}: {_owed()} writes are owed {taken:.0f} s after the server's return")
    return taken


def _owed() -> int:
    from events.models import Delivery
    from search.handlers import INDEX

    return Delivery.objects.filter(handler=INDEX).exclude(state=Delivery.State.DONE).count()
