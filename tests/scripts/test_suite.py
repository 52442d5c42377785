"""What `make test` counts, and which tests run where."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from scripts.console import ROOT
from scripts.suite import compile_tests, count, environment
from tests.conftest import long_files_first, runs_here
from tests.seconds import LONG

PROBE = """
import pytest

def test_pure(): pass

@pytest.mark.django_db
def test_database(): pass

@pytest.mark.django_db
@pytest.mark.profile_independent
def test_once(): pass

@pytest.mark.browser
@pytest.mark.django_db
def test_browser(): pass

@pytest.mark.both_profiles
def test_both(): pass

def test_redis(redis_url): pass

@pytest.mark.service("opensearch")
def test_opensearch(): pass
"""
NOBODY = {
    "DATABASE_URL": "postgresql://casemgr@127.0.0.1:1/casemgr",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "ELASTICSEARCH_URL": "http://127.0.0.1:1",
}


@pytest.fixture
def probe(tmp_path: Path):
    (tmp_path / "conftest.py").write_text("from tests.conftest import *\n", encoding="utf-8")
    (tmp_path / "test_probe.py").write_text(PROBE, encoding="utf-8")

    def run(*arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
        base = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "CASEMGR_"))}
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-c",
            "pyproject.toml",
            "--rootdir",
            ".",
            "-q",
            str(tmp_path),
        ]
        return subprocess.run(
            [*command, "-p", "no:cacheprovider", *arguments],
            cwd=ROOT, env={**base, **NOBODY, "CI": "", **env}, capture_output=True, text=True,
        )  # fmt: skip

    return run


def test_the_production_profile_repeats_only_what_touches_the_database(probe) -> None:
    listed = probe("--collect-only", CASEMGR_TEST_PROFILE="production").stdout
    assert {line.split("::")[1] for line in listed.splitlines() if "::" in line} == {
        "test_database",
        "test_both",
    }
    assert "2/7 tests collected" in listed


@pytest.mark.parametrize(
    ("file", "fixtures", "marked", "expected"),
    [
        ("tests/backoffice/test_x.py", ["db"], {}, False),
        ("tests/backoffice/test_x.py", ["transactional_db"], {}, True),
        ("tests/public/test_x.py", ["db"], {"django_db": {"transaction": True}}, True),
        ("tests/business/test_x.py", ["db"], {"both_profiles": {}}, True),
        ("tests/casemgr/test_x.py", ["db"], {}, True),
        ("tests/search/test_x.py", ["db"], {}, True),
    ],
)
def test_of_pages_that_commit_nothing_production_repeats_those_marked(file, fixtures, marked, expected) -> None:
    item = SimpleNamespace(
        path=ROOT / file,
        fixturenames=fixtures,
        get_closest_marker=lambda name: SimpleNamespace(kwargs=marked[name]) if name in marked else None,
    )
    assert runs_here(item, "production") is expected
    assert runs_here(item, "embedded")


def test_browsers_come_first_then_long_files_and_within_a_file_nothing_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    def item(file: str, name: str, *marks: str) -> SimpleNamespace:
        return SimpleNamespace(path=ROOT / file, name=name, get_closest_marker=lambda mark: mark in marks)

    monkeypatch.setattr("tests.conftest.LONG", {ROOT / "long": 20, ROOT / "longest": 30})
    items = [
        item("few", "b"), item("many", "b"), item("page", "a", "browser"), item("many", "a"), item("long", "a"),
        item("longest", "a"),
    ]  # fmt: skip
    ordered = [(one.path.name, one.name) for one in long_files_first(items)]
    assert ordered == [("page", "a"), ("longest", "a"), ("long", "a"), ("many", "b"), ("many", "a"), ("few", "b")]


def test_the_files_said_to_be_long_are_there() -> None:
    assert [file for file in LONG if not file.is_file()] == []


def test_what_the_tests_start_is_compiled_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    made = environment("production", tmp_path)
    assert "PYTHONDONTWRITEBYTECODE" not in made
    assert (made["CASEMGR_TEST_PROFILE"], made["CASEMGR_HOME"]) == ("production", str(tmp_path))


def test_tests_are_compiled_before_workers_begin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    (tmp_path / "test_probe.py").write_text(PROBE, encoding="utf-8")
    compile_tests([str(tmp_path)])
    assert [file.name.partition(".")[0] for file in tmp_path.glob("__pycache__/*-pytest-*.pyc")] == ["test_probe"]


@pytest.mark.parametrize(("ci", "workers", "code"), [("", "0", 0), ("true", "2", 1)])
def test_a_missing_service_is_counted_named_and_in_ci_a_failure(probe, ci: str, workers: str, code: int) -> None:
    done = probe("-n", workers, "-k", "redis or opensearch or pure", CI=ci)
    assert done.returncode == code, done.stdout
    assert "redis could not be had: 1 tests were not run" in done.stdout
    assert "opensearch could not be had: 1 tests were not run" in done.stdout
    assert "test_probe.py::test_redis" in done.stdout
    assert "1 passed, 2 skipped" in done.stdout


def test_counts_are_read_from_the_report_and_errors_count_as_failures(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite tests="10" failures="2" errors="1" skipped="3"/></testsuites>',
        encoding="utf-8",
    )
    assert count(report) == {"passed": 4, "failed": 3, "skipped": 3}
    assert count(tmp_path / "none.xml") == {"passed": 0, "failed": 0, "skipped": 0}
