"""One key is one complaint: many tries at once, from two processes, with one body; another body is refused."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import defaultdict

from scripts.console import PYTHON, ROOT
from tests.assurance.outcome import Outcome

TRIES, PROCESSES = 20, 2


def run(runs: int) -> Outcome:
    """``runs`` keys, `TRIES` concurrent tries each, over `PROCESSES` processes."""
    from complaints import codes

    outcome = Outcome(runs)
    crowd = [
        subprocess.Popen([str(PYTHON), "-m", "tests.assurance.idempotency"], cwd=ROOT, text=True,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(PROCESSES)
    ]  # fmt: skip
    for _ in range(runs):
        _one_key(codes.new_idempotency_key(), crowd, outcome)
    for process in crowd:
        process.communicate(timeout=60)
    return outcome


def _one_key(key: str, crowd: list[subprocess.Popen[str]], outcome: Outcome) -> None:
    from complaints import codes
    from complaints.models import Complaint
    from events.models import Event
    from workflows.errors import KeyReused
    from workflows.services.intake import lodge_complaint

    for process in crowd:
        process.stdin.write(f"{key}\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
    said: dict[str, int] = defaultdict(int)
    for process in crowd:
        for _ in range(TRIES // PROCESSES):
            said[process.stdout.readline().strip()] += 1  # type: ignore[union-attr]
    stored = Complaint.objects.filter(key_hash=codes.key_hash(key))
    cases = stored.filter(case__isnull=False).count()
    outcome.check(cases == 1, f"{cases} cases of one key")
    outcome.check(len(said) == 1 and not any(line.startswith("!") for line in said), f"different answers: {dict(said)}")
    events = Event.objects.filter(stream__in=[f"case:{row.case.pk}" for row in stored], kind="case.lodged").count()
    outcome.check(events == 1, f"{events} case.lodged events of one key")
    try:
        lodge_complaint(lodgement(key, "Một câu chuyện khác."))
    except KeyReused:
        return
    outcome.failures.append("another body under the same key was taken")


def lodgement(key: str, narrative: str = "Tôi mua hàng nhưng không nhận được."):
    from complaints.lodgement import Lodgement, Person

    person = Person(name="Trần Thị Mẫu", phone="0987654321")
    return Lodgement(province="82", narrative=narrative, idempotency_key=key, kind="consumer", person=person)


def _try(key: str, start: threading.Barrier) -> None:
    from django.db import connection

    from workflows.services.intake import lodge_complaint

    start.wait()
    try:
        receipt = lodge_complaint(lodgement(key))
        line = f"{receipt.code} {receipt.case_number}"
    except Exception as error:
        line = f"! {type(error).__name__}: {error}".replace("\n", " ")
    finally:
        connection.close()
    sys.stdout.write(line + "\n")


def main() -> None:
    """A process of the crowd: a key a line in, the answers of its tries out."""
    import django

    django.setup()
    for line in sys.stdin:
        start = threading.Barrier(TRIES // PROCESSES)
        tries = [threading.Thread(target=_try, args=(line.strip(), start)) for _ in range(start.parties)]
        for one in tries:
            one.start()
        for one in tries:
            one.join()
        sys.stdout.flush()


if __name__ == "__main__":
    main()
