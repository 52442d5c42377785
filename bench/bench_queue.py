"""The queue page at 500,000 cases against 5,000, on both profiles: every tab, its first page and the next one.

    scripts/tool with_services -m bench.bench_queue   BENCH_QUEUE_CASES=500000 BENCH_QUEUE_BASE=5000 BENCH_PROFILES=…

Each size is an installation of its own, asked through the whole site (Django's test client, signed in) by a
process of its own, the two in turns; compared are the medians.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import time

from bench.report import Ratio, conclude, figure, size
from scripts.console import PYTHON, ROOT
from tests.assurance.installation import PROFILES, Installation, copy_of, prepared

TARGET = 1.3
WARM_UP, REQUESTS = 2, 25
TABS = ("mine", "agency", "offered", "waiting", "overdue", "settled", "receipts")

# Two years of work at one busy agency: most is settled, the rest stands everywhere in the table.
LIVE_IT = """
UPDATE workflows_case SET
  state = CASE WHEN id % 20 < 9 THEN 'closed' WHEN id % 20 < 12 THEN 'resolved' WHEN id % 20 < 14 THEN 'lodged'
               WHEN id % 20 < 15 THEN 'accepted' WHEN id % 20 < 16 THEN 'awaiting_complainant'
               WHEN id % 20 < 17 THEN 'referred' ELSE 'investigating' END,
  resume_state = CASE WHEN id % 20 IN (15, 16) THEN 'accepted' ELSE '' END,
  owner_id = CASE WHEN id % 100 = 16 THEN %(police)s ELSE %(sct)s END,
  offered_to_id = CASE WHEN id % 20 <> 16 THEN NULL WHEN id % 100 = 16 THEN %(sct)s ELSE %(police)s END,
  handler_id = CASE WHEN id % 20 >= 17 THEN %(handler)s END,
  urgent = (id % 37 = 0), vulnerable = (id % 23 = 0)
"""


def fill(base: int) -> None:
    """In the installation this process is in: cases lodged as everybody lodges, then moved about."""
    from django.db import connection

    _lodge(base)
    with connection.cursor() as cursor:
        cursor.execute(_literal(LIVE_IT))
    tidy()


def multiply(times: int) -> None:
    """Every complaint and case so many times, by the database itself."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        _multiply(cursor, times - 1)
    tidy()


def tidy() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _lodge(base: int) -> None:
    from datetime import timedelta

    from casemgr.demo import content, variation
    from events import clock
    from workflows.services.intake import lodge_batch

    stories, now = content.stories(), clock.now()
    for start in range(0, base, 100):
        with clock.frozen(now - timedelta(days=700) * (1 - start / base)):
            lodge_batch([variation.vary(stories, n, clock.now()) for n in range(start, min(start + 100, base))])


def _literal(statement: str) -> str:
    from agencies.models import Agency, User

    of = dict(Agency.objects.values_list("code", "pk"))
    handler = User.objects.get(email="handler@sct.dongthap.example").pk
    for name, value in (("police", of["congan"]), ("sct", of["sct"]), ("handler", handler)):
        statement = statement.replace(f"%({name})s", str(value))
    return statement


def _multiply(cursor, times: int) -> None:
    """``times`` more of each, spread a little in time; keys and numbers made unique."""
    from django.db import connection

    from complaints.models import Complaint
    from workflows.models import Case

    postgresql = connection.vendor == "postgresql"
    hashed = "md5(t.id || '-' || n.n)" if postgresql else "lower(hex(randomblob(16)))"
    step = "t.id + n.n * {rows}"
    rows = {model: model.objects.count() for model in (Complaint, Case)}
    first = {model: model.objects.order_by("pk").first().pk for model in rows}
    assert len({*rows.values()}) == 1, "every complaint has its case"
    assert len({*first.values()}) == 1, "complaints and cases were numbered alike"
    new_id = step.format(rows=rows[Case])
    made = {
        Complaint: {
            "id": new_id,
            "code_hash": f"'c' || {hashed}",
            "key_hash": f"'k' || {hashed}",
            "source_id": f"'q' || ({new_id})",
        },
        Case: {"id": new_id, "complaint_id": new_id, "number": f"'82-' || ({new_id})"},
    }
    shifted = "t.{0} - n.n * interval '7 minutes'" if postgresql else "datetime(t.{0}, '-' || (n.n * 7) || ' minutes')"
    for name in ("lodged_at", "due_at"):
        made[Case][name] = shifted.format(name)
    for model, changed in made.items():
        names = [field.column for field in model._meta.concrete_fields if not field.generated]
        values = [changed.get(name, f't."{name}"') for name in names]
        cursor.execute(
            f"WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {times}) "
            f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) "
            f"SELECT {', '.join(values)} FROM {model._meta.db_table} t CROSS JOIN n WHERE t.id < {first[model] + rows[model]}"
        )


def serve_times() -> None:
    """Standard output: the pages, then the seconds of each page whose name is read from standard input."""
    from django.test import Client

    from agencies.models import User

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(email="handler@sct.dongthap.example"))
    pages = {tab: f"/backoffice/?tab={tab}" for tab in TABS}
    for tab in ("agency", "settled"):
        following = re.search(r'href="(\?[^"]*page=[^"]+)"', client.get(pages[tab], secure=True).content.decode())
        assert following, f"{tab} has one page only"
        pages[f"{tab}, next page"] = "/backoffice/" + following[1].replace("&amp;", "&")
    print(json.dumps(list(pages)), flush=True)
    for line in sys.stdin:
        began = time.perf_counter()
        answer = client.get(pages[line.strip()], secure=True)
        taken = time.perf_counter() - began
        assert answer.status_code == 200, f"{line.strip()}: {answer.status_code}"
        print(taken, flush=True)


class Clock:
    """A process of the installation that times the pages of ``module`` one by one."""

    def __init__(self, place: Installation, module: str) -> None:
        self.process = subprocess.Popen(
            [str(PYTHON), "-m", module, "time"], cwd=ROOT, env=dict(place.env), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self.pages: list[str] = json.loads(self._read())

    def seconds(self, page: str) -> float:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{page}\n")
        self.process.stdin.flush()
        return float(self._read())

    def _read(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("a page could not be timed: see above")
        return line

    def end(self) -> None:
        self.process.communicate(timeout=60)


def medians(places: tuple[Installation, Installation], module: str = "bench.bench_queue") -> list[dict[str, float]]:
    """Median seconds of each page at either place, asked in turns, so that a busy moment hits both."""
    clocks = [Clock(place, module) for place in places]
    pages = clocks[0].pages
    taken = [{page: [] for page in pages} for _ in clocks]
    for turn in range(WARM_UP + REQUESTS):
        for page in pages:
            for clock, times in zip(clocks, taken, strict=True):
                seconds = clock.seconds(page)
                if turn >= WARM_UP:
                    times[page].append(seconds)
    for clock in clocks:
        clock.end()
    return [{page: statistics.median(times[page]) for page in pages} for times in taken]


def compare(profile: str, sizes: tuple[int, int]) -> Ratio:
    with prepared(profile) as small:
        began = time.monotonic()
        small.python("-m", "bench.bench_queue", "fill", str(sizes[0]))
        with copy_of(small) as large:
            large.python("-m", "bench.bench_queue", "multiply", str(sizes[1] // sizes[0]))
            figure(f"{profile}: cases made in", time.monotonic() - began, "s")
            few, many = medians((small, large))
    for page in few:
        figure(f"{profile}: {page}: {few[page] * 1000:.1f} → {many[page] * 1000:.1f} ms", many[page] / few[page], "×")
    worst = max(few, key=lambda page: many[page] / few[page])
    text = f"{profile}: queue at {sizes[1]:,} / {sizes[0]:,} cases, worst tab “{worst}”"
    return Ratio("bench_queue", text, many[worst] / few[worst], TARGET, at_most=True)


def main() -> None:
    match sys.argv[1:]:
        case ["fill" | "multiply" as what, number]:
            import django

            django.setup()
            {"fill": fill, "multiply": multiply}[what](int(number))
        case ["time"]:
            import django

            django.setup()
            serve_times()
        case _:
            sizes = size("BENCH_QUEUE_BASE", 5_000), size("BENCH_QUEUE_CASES", 500_000)
            profiles = os.environ.get("BENCH_PROFILES", " ".join(PROFILES)).split()
            conclude(*(compare(profile, sizes) for profile in profiles))


if __name__ == "__main__":
    main()
