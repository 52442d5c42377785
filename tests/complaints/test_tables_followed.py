"""A workbook's rows are taken while the child still reads it."""

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from django.utils import translation

from complaints import tables
from complaints.tables import Row, TableRefused, read_rows


@pytest.fixture(autouse=True)
def child(monkeypatch):
    monkeypatch.setattr(tables, "_CHILD", "tests.complaints.telling_child")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "so.xlsx"
    path.write_bytes(b"PK\x03\x04")
    with path.open("rb") as opened:
        yield opened


def taken(rows: Iterator[Row]) -> tuple[list[int], str]:
    """The numbers of the rows, and the refusal."""
    numbers = []
    try:
        numbers.extend(row.number for row in rows)
    except TableRefused as refusal:
        return numbers, str(refusal)
    return numbers, ""


def is_alive(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def open_files() -> list[str]:
    folder = "/proc/self/fd"
    links = [f"{folder}/{name}" for name in os.listdir(folder)]
    return sorted(os.readlink(link) for link in links if os.path.lexists(link))


def test_rows_come_before_the_child_has_ended(file):
    with closing(read_rows(file, "waits")) as rows:
        pid = int(next(rows).cells[0])
        assert next(rows) == Row(2, ["một hai"])
        assert is_alive(pid)


@pytest.mark.parametrize("ended", ["closed", "dropped", "failed on"])
def test_a_reading_that_is_left_ends_its_child(file, ended):
    before, threads = open_files(), threading.active_count()
    rows = read_rows(file, "waits")
    pid = int(next(rows).cells[0])
    if ended == "failed on":
        with pytest.raises(ZeroDivisionError), closing(rows):
            next(rows).number // 0
    elif ended == "closed":
        rows.close()
    else:
        del rows
    # Gone, and no zombie either: a signal would still reach one.
    assert not is_alive(pid)
    assert (open_files(), threading.active_count()) == (before, threads)


def test_a_reading_that_was_never_begun_starts_nothing(file):
    threads = threading.active_count()
    with closing(read_rows(file, "waits")):
        assert threading.active_count() == threads


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [("fails", "hỏng"), ("cut", "hỏng"), ("cut quietly", "hỏng"), ("refuses", str(tables.MOST_COLUMNS))],
)
def test_what_ends_badly_is_refused_after_its_whole_rows(file, wish, sentence):
    numbers, refusal = taken(read_rows(file, wish))
    assert numbers == [1, 2]
    assert sentence in refusal


def test_half_a_line_waits_for_its_other_half(file):
    assert list(read_rows(file, "half"))[1] == Row(2, ["một hai"])


def test_a_child_without_end_is_ended(file, monkeypatch):
    monkeypatch.setattr(tables, "_SECONDS", 1)
    began = time.monotonic()
    rows = read_rows(file, "waits")
    pid = int(next(rows).cells[0])
    numbers, refusal = taken(rows)
    assert (numbers, bool(refusal), is_alive(pid)) == ([2], True, False)
    assert time.monotonic() - began < 20


def test_who_takes_rows_slowly_keeps_no_place_from_others(file):
    with contextlib.ExitStack() as stack:
        for _ in range(5):
            rows = stack.enter_context(closing(read_rows(file, "short")))
            assert next(rows).number == 1


def test_a_refusal_speaks_the_language_of_who_takes_the_rows(file):
    with translation.override("en"):
        assert "damaged" in taken(read_rows(file, "fails"))[1]
