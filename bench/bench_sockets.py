"""2,000 open pages on one server process: from a commit to the message, memory, the checks of rights, a storm of reconnects.

    scripts/tool with_services -m bench.bench_sockets      BENCH_SOCKETS=2000 BENCH_RATE=50 BENCH_SECONDS=20

Production profile: PostgreSQL, Redis, one web process, one relay that works the lane `notify`; all of it and the crowd of
clients on this machine. Each event concerns 20 people with one page each. Measured is from the commit of the event,
before anybody was told, to the message in the client: relay, rows, Redis, rights and socket lie between. Compared with
the channel layer by itself (`bench/bare_sockets.py`): the same sockets, rate and fan-out, from sending to the client.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvloop

from bench.report import Ratio, conclude, figure, size
from bench.socket_crowd import HOST, CrowdSocket, cpu_of, open_all, request_of, resident_kb
from casemgr.management.commands.serve import uvicorn_options
from scripts.console import PYTHON, ROOT
from scripts.services.process import free_port
from tests.assurance import processes
from tests.assurance.installation import PRODUCTION, prepared

SOCKETS, RATE, SECONDS, FAN_OUT = size("BENCH_SOCKETS", 2000), size("BENCH_RATE", 50), size("BENCH_SECONDS", 20), 20
GROUPS = SOCKETS // FAN_OUT
IDLE_SECONDS, QUIET_SECONDS = 10, 8
STORM_SECONDS, LATEST_SECONDS, SOCKET_KB = 20.0, 1.5, 100.0
# As the pages: half a second, and up to two more.
RECONNECT_WITHIN = 2.5


def cut(waits: list[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(waits, n=100)
    return cuts[49], cuts[98]


# -- the installation -------------------------------------------------------------------------------------------


def furnish() -> None:
    """GROUPS agencies with a case and FAN_OUT people each, each with a session: cookies on standard output."""
    from bench.socket_province import furnish as make

    print(json.dumps(make(GROUPS, FAN_OUT)))


def produce(ledger: Path, seconds: int) -> None:
    """Events at the rate, a group after the other; when each was committed goes to the ledger."""
    from bench.socket_province import commit_event

    began, lines = time.monotonic(), []
    for number in range(RATE * seconds):
        time.sleep(max(0.0, began + number / RATE - time.monotonic()))
        commit_event(number % GROUPS)
        lines.append(f"{number % GROUPS} {time.monotonic()}")
    ledger.write_text("\n".join(lines), encoding="utf-8")
    print(f"{RATE * seconds / (time.monotonic() - began):.1f}", file=sys.stderr)


@contextmanager
def running(*programs: processes.Program) -> Iterator[None]:
    for program in programs:
        program.start()
    try:
        yield
    finally:
        for program in programs:
            program.kill()


# -- the channel layer by itself --------------------------------------------------------------------------------


async def bare(port: int) -> dict[str, tuple[float, float]]:
    """Median and p99 by how the layer is asked: one group for an event, or one for each person."""
    waits: list[float] = []
    greeted = 0

    def heard(socket: CrowdSocket, message: dict[str, Any], when: float) -> None:
        nonlocal greeted
        if "at" in message:
            waits.append(when - message["at"])
        else:
            greeted += 1

    requests = [request_of(port, f"/ws/bare/{number}/") for number in range(SOCKETS)]
    await open_all(port, requests, [None] * SOCKETS, heard, within=SOCKETS / 200)
    while greeted < SOCKETS:
        await asyncio.sleep(0.2)
    found = {}
    for how in ("event", "person"):
        waits.clear()
        words = ["-m", "bench.bare_sockets", *map(str, (RATE, SECONDS, GROUPS, FAN_OUT)), how]
        sender = await asyncio.create_subprocess_exec(PYTHON, *words, cwd=ROOT)
        await sender.wait()
        await asyncio.sleep(3)
        figure(f"bare layer, a group for each {how}: messages of {RATE * SECONDS * FAN_OUT}", len(waits), "")
        found[how] = cut(waits)
    return found


# -- the site ---------------------------------------------------------------------------------------------------


class Live:
    """The crowd on the site's own socket."""

    def __init__(self, port: int, cookies: list[str]) -> None:
        self.port, self.cookies = port, cookies
        self.cursors = [0] * len(cookies)
        self.greeted: set[int] = set()
        self.heard_at: dict[tuple[int, int], float] = {}  # (socket, cursor) → when
        self.codes: set[int | None] = set()

    async def open(self, within: float) -> None:
        self.greeted.clear()
        requests = [request_of(self.port, "/ws/inbox/", cookie) for cookie in self.cookies]
        hellos = [json.dumps({"hello": cursor}).encode() for cursor in self.cursors]
        self.sockets = await open_all(self.port, requests, list(hellos), self._heard, within=within)
        while len(self.greeted) < len(self.cookies):
            self.codes |= {socket.code for socket in self.sockets if socket.lost}
            if self.codes - {None}:
                raise SystemExit(f"sockets were closed: {self.codes}")
            await asyncio.sleep(0.05)

    def _heard(self, socket: CrowdSocket, message: dict[str, Any], when: float) -> None:
        if message["kind"] == "hello":
            self.greeted.add(socket.number)
        else:
            self.heard_at[socket.number, message["cursor"]] = when
        self.cursors[socket.number] = message["cursor"]

    async def serve(self, ledger: Path) -> list[float]:
        """Seconds from each commit to each message of it."""
        before = list(self.cursors)
        producer = await asyncio.create_subprocess_exec(
            PYTHON, "-m", "bench.bench_sockets", "produce", str(ledger), str(SECONDS), cwd=ROOT
        )
        await producer.wait()
        await asyncio.sleep(
            QUIET_SECONDS
        )  # two sweeps: what a message did not bring, they do, and it counts as late as it is
        commits: dict[int, list[float]] = defaultdict(list)
        for line in ledger.read_text(encoding="utf-8").splitlines():
            group, at = line.split()
            commits[int(group)].append(float(at))
        return [
            self.heard_at.get((socket, before[socket] + number), float("inf")) - at
            for group, times in commits.items()
            for number, at in enumerate(times, 1)
            for socket in range(group * FAN_OUT, (group + 1) * FAN_OUT)
        ]

    async def storm(self) -> tuple[float, list[float], int]:
        """All are cut at once. Seconds until all are greeted; seconds of each page fetched meanwhile; failed ones."""
        for socket in self.sockets:
            socket.transport.abort()
        await asyncio.sleep(0.5)
        began = time.monotonic()
        opening = asyncio.create_task(self.open(RECONNECT_WITHIN))
        taken, failed = [], 0
        while not opening.done():
            try:
                taken.append(await asyncio.to_thread(self._fetch))
            except (OSError, urllib.error.HTTPError):
                failed += 1
            await asyncio.sleep(0.1)
        await opening
        return time.monotonic() - began, taken, failed

    def _fetch(self) -> float:
        headers = {"Cookie": self.cookies[0], "X-Forwarded-Proto": "https"}
        began = time.monotonic()
        address = f"http://{HOST}:{self.port}/backoffice/"
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=30) as answer:
            answer.read()
        return time.monotonic() - began


async def live(port: int, pid: int, cookies: list[str], ledger: Path) -> dict[str, float]:
    crowd = Live(port, cookies)
    await asyncio.to_thread(crowd._fetch)  # whatever a first page loads belongs to the base
    base = resident_kb(pid)
    await crowd.open(within=SOCKETS / 200)
    await asyncio.sleep(2)
    each = (resident_kb(pid) - base) / SOCKETS
    used = cpu_of(pid)
    await asyncio.sleep(IDLE_SECONDS)
    idle = (cpu_of(pid) - used) / IDLE_SECONDS
    used, began = cpu_of(pid), time.monotonic()
    waits = await crowd.serve(ledger)
    busy = (cpu_of(pid) - used) / (time.monotonic() - began - QUIET_SECONDS)
    settled, taken, failed = await crowd.storm()
    median, slow = cut([wait for wait in waits if wait != float("inf")])
    missing = sum(wait == float("inf") for wait in waits)
    return {
        "base": base, "each": each, "idle": idle, "busy": busy, "median": median, "slow": slow, "count": len(waits), "missing": missing,
        "settled": settled, "pages": len(taken), "failed": failed, "page": max(taken, default=0.0),
    }  # fmt: skip


def report(found: dict[str, float], alone: dict[str, tuple[float, float]]) -> None:
    for how, (median, slow) in alone.items():
        figure(f"bare layer, a group for each {how}: median", median * 1000, "ms")
        figure(f"bare layer, a group for each {how}: p99", slow * 1000, "ms")
    figure(f"commit to message, {found['count']:.0f} messages: median", found["median"] * 1000, "ms")
    figure("commit to message: p99", found["slow"] * 1000, "ms")
    figure("messages that never came", found["missing"], "")
    figure("memory of the server before", found["base"] / 1024, "MB")
    figure(f"memory for each of {SOCKETS} idle sockets", found["each"], "kB")
    figure("processor for checking the rights of idle sockets", found["idle"] * 100, "% of a core")
    figure("processor of the server while it serves the messages", found["busy"] * 100, "% of a core")
    figure("all reconnected after", found["settled"], "s")
    figure("pages fetched meanwhile, the slowest", found["page"], "s")
    figure("pages fetched meanwhile / failed", found["pages"], f"/ {found['failed']:.0f}")
    name = "bench_sockets"
    conclude(
        Ratio(name, "p99 of commit to message, s", found["slow"], LATEST_SECONDS, at_most=True),
        Ratio(
            name, "that p99 / bare layer's, a group for each event", found["slow"] / alone["event"][1], 2, at_most=True
        ),
        Ratio(
            name,
            "that p99 / bare layer's, a group for each person",
            found["slow"] / alone["person"][1],
            2,
            at_most=True,
        ),
        Ratio(name, "messages that never came", found["missing"], 0, at_most=True),
        Ratio(name, "kB for each idle socket", found["each"], SOCKET_KB, at_most=True),
        Ratio(name, "seconds until a storm settles", found["settled"], STORM_SECONDS, at_most=True),
        Ratio(name, "pages that failed meanwhile", found["failed"], 0, at_most=True),
    )


def main() -> None:
    match sys.argv[1:]:
        case ["furnish"]:
            import django

            django.setup()
            furnish()
        case ["produce", ledger, seconds]:
            import django

            django.setup()
            produce(Path(ledger), int(seconds))
        case _:
            measure()


def measure() -> None:
    with prepared(PRODUCTION) as place:
        cookies = json.loads(place.python("-m", "bench.bench_sockets", "furnish").splitlines()[-1])
        place.enter()
        port = free_port(8140)
        uvicorn = [PYTHON, "-m", "uvicorn", "bench.bare_sockets:application", "--host", HOST, "--port", port,
                   "--no-access-log", "--log-level", "error", "--lifespan", "off",
                   "--ws", uvicorn_options()["ws"]]  # fmt: skip
        with running(processes.Program("bare", list(map(str, uvicorn)))):
            alone = uvloop.run(bare(port))
        site = processes.Program(
            "site",
            [str(PYTHON), str(ROOT / "manage.py"), "serve", "--port", str(port)],
            lambda: processes.answers(port),
        )
        relay = processes.Program("relay", [str(PYTHON), "-u", str(ROOT / "manage.py"), "relay", "--lane", "notify"])
        relay.ready = lambda: b"relay working lanes" in relay.log.read_bytes()[relay.begins :]
        with running(site, relay):
            found = uvloop.run(live(port, site.pid, cookies, place.home / "ledger"))
    report(found, alone)


if __name__ == "__main__":
    main()
