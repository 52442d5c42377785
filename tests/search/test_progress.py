"""What the commands that go through all cases tell of how far they are, and how fast."""

from io import StringIO

import pytest
from django.core.management import call_command

from search import services
from search.management import progress
from tests import factories

pytestmark = pytest.mark.django_db


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def four_cases(deliver, monkeypatch):
    """Each a batch that takes a quarter of a second; nothing else takes any time."""
    for number in range(4):
        factories.case(idempotency_key=f"{number:032x}")
    deliver()
    now = [0.0]

    def slow(work):
        def done(*asked):
            now[0] += 0.25
            return work(*asked)

        return done

    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    monkeypatch.setattr(services, "prepare", slow(services.prepare))
    monkeypatch.setattr(services, "_expected", slow(services._expected))
    monkeypatch.setattr(services, "BATCH", 1)
    monkeypatch.setattr(services, "KEPT_EVERY", 1)


def told(command: str, err: StringIO | None = None) -> tuple[str, list[str]]:
    out, err = StringIO(), err or StringIO()
    call_command(command, stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue().splitlines()


def test_the_rate_is_what_was_written_in_the_time(four_cases):
    assert told("rebuild_index")[0] == "4 cases indexed, 4 a second"


def test_without_a_terminal_there_is_a_line_every_ten_seconds(four_cases, monkeypatch):
    assert progress.EVERY == 10
    assert told("rebuild_index")[1] == []
    monkeypatch.setattr(progress, "EVERY", 0.5)
    assert told("rebuild_index")[1] == ["2 of 4 cases, 4 a second", "4 of 4 cases, 4 a second"]
    assert told("check_index")[1] == ["2 of 4 cases, 4 a second", "4 of 4 cases, 4 a second"]


def test_on_a_terminal_there_is_a_bar_and_no_line(four_cases, monkeypatch, capfd):
    monkeypatch.setattr(progress, "EVERY", 0)
    assert told("rebuild_index", Terminal()) == ("4 cases indexed, 4 a second", [])
    assert "4/4" in capfd.readouterr().err


def test_what_was_there_already_is_not_counted_into_the_rate(four_cases, monkeypatch):
    seen: list[int] = []

    def stop(done: int) -> None:
        seen.append(done)
        if sum(seen) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        services.rebuild(stop)
    monkeypatch.setattr(progress, "EVERY", 0)
    assert told("rebuild_index") == ("4 cases indexed, 1 of them now, 4 a second", ["4 of 4 cases, 4 a second"])


def test_of_no_cases_there_is_no_rate(index):
    assert told("rebuild_index")[0] == "0 cases indexed"
