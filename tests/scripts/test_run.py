"""`make run` does again only what changed, and everything for a new or deleted folder."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from scripts import run

WHOLE = ["migrate", "load_reference", "load_demo", "relay"]


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The commands asked of manage.py; `migrate` leaves a database file as the real one does."""
    calls: list[str] = []

    def manage(command: str, *_: str) -> str:
        calls.append(command)
        if command == "migrate":
            (tmp_path / "casemgr.sqlite3").touch()
        return ""

    monkeypatch.setattr(run, "manage", manage)
    return calls


def test_a_new_folder_is_filled_once(done: list[str], tmp_path: Path) -> None:
    run.fill(tmp_path)
    assert done == WHOLE
    run.fill(tmp_path)
    assert done == WHOLE


def test_a_deleted_database_is_filled_again_though_the_stamps_remain(done: list[str], tmp_path: Path) -> None:
    run.fill(tmp_path)
    (tmp_path / "casemgr.sqlite3").unlink()
    run.fill(tmp_path)
    assert done == WHOLE * 2


def test_a_step_that_failed_is_tried_again_and_those_before_it_are_not(
    done: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run.manage

    def broken(command: str, *words: str) -> str:
        if command == "load_demo":
            raise SystemExit(1)
        return whole(command, *words)

    monkeypatch.setattr(run, "manage", broken)
    with pytest.raises(SystemExit):
        run.fill(tmp_path)
    monkeypatch.setattr(run, "manage", whole)
    run.fill(tmp_path)
    assert done == WHOLE


def test_new_migrations_are_run_on_a_filled_folder_and_the_demo_is_not_loaded_twice(
    done: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.fill(tmp_path)
    unchanged = run.digest
    monkeypatch.setattr(run, "digest", lambda *parts: unchanged(*parts) + "changed")
    run.fill(tmp_path)
    assert done[len(WHOLE) :] == ["migrate", "load_reference"]


def test_static_files_get_the_names_real_servers_know_whoever_asks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A test's server, too, is set up as in real use; what was collected otherwise is collected again."""
    asked: list[Mapping[str, str]] = []

    def collect(command: Sequence[object], *, env: Mapping[str, str]) -> None:
        asked.append(env)
        (tmp_path / "static").mkdir(exist_ok=True)
        if len(asked) > 1:
            (tmp_path / "static" / "staticfiles.json").touch()

    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "casemgr.settings.test")
    monkeypatch.setattr(run, "STATIC_BUILD", tmp_path / "static")
    monkeypatch.setattr(run, "run", collect)
    for _ in range(3):
        run.collect_static()
    assert [env["DJANGO_SETTINGS_MODULE"] for env in asked] == ["casemgr.settings.embedded"] * 2
