"""What is missing is named exactly, and installed only by whoever may."""

import pytest

from scripts import packages
from scripts.packages import Package

THERE = Package("there", lambda: True)
GONE = Package("gone", lambda: False)


def test_what_is_missing_is_listed() -> None:
    assert packages.missing([THERE, GONE]) == ["gone"]


def test_without_the_right_to_install_the_exact_command_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(packages, "_as_root", lambda: None)
    packages.install([THERE])
    with pytest.raises(SystemExit):
        packages.install([THERE, GONE])
    said = capsys.readouterr().err
    assert "sudo apt-get update && sudo apt-get install --no-install-recommends gone" in said


def test_every_package_of_the_project_is_here() -> None:
    """This suite runs after `make` installed them, so each must be recognised as present."""
    assert packages.missing(packages.RUNTIME + packages.TESTS) == []
