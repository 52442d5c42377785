"""The supervisor's board at 500,000 cases against 5,000, on both profiles. Open cases stay as many: what grows is
what is settled.

    scripts/tool with_services -m bench.bench_board   BENCH_BOARD_CASES=500000 BENCH_BOARD_BASE=5000 BENCH_PROFILES=…

Each size is an installation of its own, asked through the whole site (Django's test client, signed in) by a process
of its own, the two in turns; compared are the medians.
"""

import json
import os
import sys
import time

from bench.bench_queue import fill, medians, multiply, tidy
from bench.report import Ratio, conclude, figure, size
from tests.assurance.installation import PROFILES, copy_of, prepared

TARGET = 1.3
PAGES = {"board": "/backoffice/board/", "province": "/backoffice/board/?view=province"}
MODULE = "bench.bench_board"

# The copies are history: closed, with nobody waiting for anything.
SETTLE = """
UPDATE workflows_case SET state = 'closed', resume_state = '', offered_to_id = NULL WHERE id > %s
"""


def grow(times: int) -> None:
    """In the installation this process is in: so many times the cases, all the new ones closed."""
    from django.db import connection

    from workflows.models import Case

    last = Case.objects.order_by("-pk").values_list("pk", flat=True)[0]
    multiply(times)
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, [last])
    tidy()


def serve_times() -> None:
    """Standard output: the pages, then the seconds of each page whose name is read from standard input."""
    from django.test import Client

    from agencies.models import Membership, User

    person = User.objects.get(email="supervisor@sct.dongthap.example")
    assert Membership.objects.filter(person=person, role="supervisor").exists()
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person)
    print(json.dumps(list(PAGES)), flush=True)
    for line in sys.stdin:
        began = time.perf_counter()
        answer = client.get(PAGES[line.strip()], secure=True)
        taken = time.perf_counter() - began
        assert answer.status_code == 200, f"{line.strip()}: {answer.status_code}"
        print(taken, flush=True)


def compare(profile: str, sizes: tuple[int, int]) -> Ratio:
    with prepared(profile) as small:
        began = time.monotonic()
        small.python("-m", MODULE, "fill", str(sizes[0]))
        with copy_of(small) as large:
            large.python("-m", MODULE, "grow", str(sizes[1] // sizes[0]))
            figure(f"{profile}: cases made in", time.monotonic() - began, "s")
            few, many = medians((small, large), MODULE)
    for page in few:
        figure(f"{profile}: {page}: {few[page] * 1000:.1f} → {many[page] * 1000:.1f} ms", many[page] / few[page], "×")
    worst = max(few, key=lambda page: many[page] / few[page])
    text = f"{profile}: board at {sizes[1]:,} / {sizes[0]:,} cases, worst page “{worst}”"
    return Ratio("bench_board", text, many[worst] / few[worst], TARGET, at_most=True)


def main() -> None:
    match sys.argv[1:]:
        case ["fill" | "grow" as what, number]:
            import django

            django.setup()
            {"fill": fill, "grow": grow}[what](int(number))
        case ["time"]:
            import django

            django.setup()
            serve_times()
        case _:
            sizes = size("BENCH_BOARD_BASE", 5_000), size("BENCH_BOARD_CASES", 500_000)
            profiles = os.environ.get("BENCH_PROFILES", " ".join(PROFILES)).split()
            conclude(*(compare(profile, sizes) for profile in profiles))


if __name__ == "__main__":
    main()
