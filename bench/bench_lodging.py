"""Lodging through the full stack on PostgreSQL, two uvicorn workers, against raw SQL inserts of the same rows.

    scripts/tool with_services -m bench.bench_lodging      BENCH_LODGINGS=600 BENCH_CLIENTS=4

Citizens in a process of their own fill in the form over HTTP; what is timed is the request that lodges (its
rows: complaint, complainant, indicators, case, event, deliveries, and the draft that is emptied). Against it
stand the very rows that it wrote, inserted by psycopg on one connection, one transaction for each lodging.
The whole visit (seven requests) is printed beside it.
"""

import cProfile
import io
import json
import os
import pstats
import subprocess
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from bench.report import Ratio, conclude, figure, size
from scripts.console import PYTHON, ROOT
from scripts.services.process import free_port
from tests.assurance import processes
from tests.assurance.installation import PRODUCTION, prepared

TARGET = 0.12
WORKERS = 2
ROUNDS = 3


def crowd(port: int, count: int, clients: int, group: int) -> tuple[float, float, float]:
    """Fill in ``count`` forms, then send them all: seconds of each, all clients at work; the server's own in the sending."""
    from tests.assurance.citizens import Browser, fill_in, hand_in

    filled: list[tuple[Browser, str]] = []

    def fill(numbers: range) -> None:
        for number in numbers:
            browser = Browser(port)
            filled.append((browser, fill_in(browser, number)))

    def post(mine: list[tuple[Browser, str]]) -> None:
        for browser, shown in mine:
            hand_in(browser, shown)

    first = 1 + int(time.time() * 10) % 10**6
    filling = _together(fill, [range(first + at, first + count, clients) for at in range(clients)])
    before = cpu_of(group)
    sending = _together(post, [filled[at::clients] for at in range(clients)])
    return filling, sending, cpu_of(group) - before


def _together(work, shares) -> float:
    """Seconds; whatever fails in a thread fails here."""
    began = time.perf_counter()
    with ThreadPoolExecutor(len(shares)) as pool:
        for done in [pool.submit(work, share) for share in shares]:
            done.result()
    return time.perf_counter() - began


def cpu_of(group: int) -> float:
    """Seconds that all processes of the group have used (proc(5), stat fields 14 and 15)."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12]) if int(fields[2]) == group else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def lodge(port: int, count: int, clients: int, group: int) -> tuple[float, float, float]:
    """`crowd` in a process of its own."""
    words = [str(PYTHON), "-m", "bench.bench_lodging", "crowd", *map(str, (port, count, clients, group))]
    filling, sending, cpu = json.loads(subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    return filling, sending, cpu


def rows_of_lodgings(lodgings: int) -> list[list[tuple[str, list]]]:
    """For each of the last lodgings: (INSERT statement, values), parents first."""
    from django.db import connection

    from bench.bench_import import stored_columns, written_tables

    owner = {
        "complaints_complaint": "id", "complaints_complainant": "complaint_id", "complaints_indicator": "complaint_id",
        "complaints_evidence": "complaint_id", "workflows_case": "complaint_id",
        "workflows_referral": "(SELECT complaint_id FROM workflows_case c WHERE c.id = t.case_id)",
        "events_event": "(SELECT complaint_id FROM workflows_case c WHERE 'case:' || c.id = t.stream)",
        "events_delivery": "(SELECT c.complaint_id FROM workflows_case c JOIN events_event e ON e.stream = 'case:' || c.id WHERE e.id = t.event_id)",
    }  # fmt: skip
    found: dict[int, list] = defaultdict(list)
    with connection.cursor() as cursor:
        for table in written_tables():
            columns = stored_columns(cursor, table)
            marks = ", ".join(["%s"] * (columns.count(",") + 1))
            cursor.execute(f"SELECT {owner[table]}, {columns} FROM {table} t ORDER BY t.id")
            for complaint, *values in cursor.fetchall():
                found[complaint].append((f"INSERT INTO {table} ({columns}) VALUES ({marks})", values))
        last = sorted(found)[-lodgings:]
    return [found[complaint] for complaint in last]


def insert(lodgings: list[list[tuple[str, list]]]) -> float:
    """Seconds of raw SQL: one connection, prepared statements, one transaction for each lodging; tables empty before."""
    import psycopg
    from django.db import connection

    from bench.bench_import import written_tables

    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(written_tables())} CASCADE")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as raw:
        began = time.perf_counter()
        for rows in lodgings:
            with raw.transaction():
                for statement, values in rows:
                    raw.execute(statement, values, prepare=True)
        return time.perf_counter() - began


def where_it_goes(count: int) -> str:
    """The sending request through all middleware in this process, profiled, by cumulated time."""
    from django.test import Client

    from tests.assurance.citizens import _SHOWN, CHECK, steps

    profile, taken = cProfile.Profile(), 0.0
    for number in range(count):
        client = Client(SERVER_NAME="127.0.0.1")
        for path, fields in steps(number).items():
            client.post(path, fields, secure=True)
        shown = _SHOWN.search(client.get(CHECK, secure=True).content.decode())
        assert shown, "the form is not complete"
        began = time.perf_counter()
        profile.runcall(client.post, CHECK, {"shown": shown[1]}, secure=True)
        taken += time.perf_counter() - began
    said = io.StringIO()
    pstats.Stats(profile, stream=said).sort_stats("cumulative").print_stats(
        r"casemgr|complaints|workflows|events|middleware|commit|template/base|execute\b"
    )
    return f"{taken / count * 1000:.1f} ms a sending, profiled\n" + "\n".join(said.getvalue().splitlines()[8:60])


def main() -> None:
    import sys

    if sys.argv[1:2] == ["crowd"]:
        print(json.dumps(crowd(*map(int, sys.argv[2:]))))
        return
    count, clients = size("BENCH_LODGINGS", 600), size("BENCH_CLIENTS", 4)
    with prepared(PRODUCTION) as installation:
        installation.enter()
        port = free_port(8125)
        server = processes.server(port, workers=WORKERS)
        try:
            server.start()
            lodge(port, 40, clients, server.pid)  # every worker has seen every page
            rounds, raw_rounds = [], []
            for _ in range(ROUNDS):
                rounds.append(lodge(port, count, clients, server.pid))
                lodgings = rows_of_lodgings(count)
                raw_rounds.append(insert(lodgings))
        finally:
            server.stop()
        told = where_it_goes(60)
    raw = min(raw_rounds)
    filling, sending, cpu = (min(turn[at] for turn in rounds) for at in (0, 1, 2))
    figure("rows of one lodging, on average", sum(map(len, lodgings)) / count, "rows")
    figure("raw SQL, one transaction each", count / raw, "lodgings/s")
    figure("full stack, the request that lodges", count / sending, "lodgings/s")
    figure("of which the server's processors work", cpu / count * 1000, "ms a lodging")
    figure("full stack, the whole visit of seven requests and the sending", count / (filling + sending), "visits/s")
    Path("build").mkdir(exist_ok=True)
    Path("build/bench_lodging.profile.txt").write_text(told)
    print(told)
    conclude(Ratio("bench_lodging", "lodging over HTTP, 2 workers / raw SQL of the same rows", raw / sending, TARGET))


if __name__ == "__main__":
    main()
