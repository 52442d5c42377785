"""Server processes of the project: found again, ended, and never mistaken for somebody else's."""

import json
import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from scripts import services
from scripts.services import opensearch
from scripts.services.process import Process, Unavailable, free_port

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def process(tmp_path: Path):
    process = Process(tmp_path)
    yield process
    process.stop(signal.SIGKILL)


def test_a_process_is_known_to_run_until_it_is_stopped(process: Process) -> None:
    assert not process.running()
    process.launch(SLEEPER, port=1234)
    assert process.running()
    assert process.port == 1234
    assert process.stop(signal.SIGTERM)
    assert not process.running()
    assert not process.stop(signal.SIGTERM)


def test_an_id_that_now_belongs_to_another_process_is_left_alone(process: Process) -> None:
    record = {"pid": os.getpid(), "born": 1, "port": 1234}
    (process.folder / "process.json").write_text(json.dumps(record), encoding="utf-8")
    assert not process.running()
    assert not process.stop(signal.SIGKILL)  # or this test would have ended here


def test_a_process_that_ignores_the_signal_is_ended_by_force(process: Process) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    process.launch([sys.executable, "-c", deaf], port=1)
    while not process.log.read_text():
        pass
    assert process.stop(signal.SIGTERM, within=0.2)
    assert not process.running()


def test_a_taken_port_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) > port


def test_opensearch_is_the_newest_that_a_jdk_found_runs(tmp_path: Path) -> None:
    old, new = opensearch.Jdk(17, tmp_path / "17"), opensearch.Jdk(25, tmp_path / "25")
    assert opensearch.choose([old, new]) == (new, "3.8.0.0")
    assert opensearch.choose([old]) == (old, "2.19.1.0")
    with pytest.raises(Unavailable, match="JDK of 17"):
        opensearch.choose([opensearch.Jdk(11, tmp_path)])


def test_urls_of_running_services_are_read_and_the_environment_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgresql://mine")
    file = tmp_path / "env"
    assert services.environment(file) == {}
    file.write_text("DATABASE_URL=postgresql://theirs\nREDIS_URL=redis://h:1/0?a=b\n", encoding="utf-8")
    assert services.environment(file) == {"REDIS_URL": "redis://h:1/0?a=b"}
