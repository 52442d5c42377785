"""Signals within a process: none is lost between two looks."""

import threading

import pytest

from events import wake


@pytest.fixture(autouse=True)
def _own(monkeypatch):
    monkeypatch.setattr(wake, "_signalled", {})


def test_a_signal_is_for_whom_it_names():
    seen = wake.generation()
    wake.signal(["mail", "index"])
    assert wake.signalled(seen, ["index", "alerts"]) == {"index"}
    assert wake.signalled(wake.generation(), ["index", "alerts"]) == set()
    wake.signal()
    assert wake.signalled(wake.generation() - 1, ["index", "alerts"]) == {"index", "alerts"}


def test_whoever_reads_the_generation_of_a_signal_finds_whom_it_named(monkeypatch):
    """A reader between the number and the names would take the signal for one it has heard."""
    counted, go_on, read = threading.Event(), threading.Event(), []

    class Noting(dict):
        def update(self, *args, **named):
            counted.set()
            go_on.wait(5)
            super().update(*args, **named)

    monkeypatch.setattr(wake, "_signalled", Noting())
    began = wake.generation()
    signaller = threading.Thread(target=wake.signal, args=[["index"]])
    signaller.start()
    assert counted.wait(5)
    reader = threading.Thread(target=lambda: read.append(wake.generation()))
    reader.start()
    reader.join(0.3)
    assert read == []
    go_on.set()
    for thread in (signaller, reader):
        thread.join(5)
    assert read == [began + 1]
    assert wake.signalled(began, ["index"]) == {"index"}
