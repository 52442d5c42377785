"""What is made from the code is current, and says so when it is not: variables, states, moves, words, limits."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from casemgr.settings.environment import VARIABLES
from tests.docs.pages import PACKAGES, ROOT
from workflows.documentation import with_blocks
from workflows.states import MOVES, State

# --- environment -------------------------------------------------------------------------------------------


def read_by(path: Path) -> Iterator[str]:
    """Names of variables a module reads: through `environment`, or past it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            ours = node.func.attr in {"read", "read_list", "read_or_make"} and _named(node.func.value) == "environment"
            past = node.func.attr in {"get", "setdefault", "getenv"} and _named(node.func.value) in {"environ", "os"}
            if (ours or past) and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value
        if isinstance(node, ast.Subscript) and _named(node.value) == "environ" and isinstance(node.slice, ast.Constant):
            yield node.slice.value


def _named(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def test_every_variable_read_has_a_row_and_every_row_is_read():
    of_tests = {ROOT / "casemgr" / "settings" / "test.py"}
    sources = {path for package in PACKAGES for path in (ROOT / package).rglob("*.py")} - of_tests
    found = {name for path in sources for name in read_by(path)}
    # environment.home() reads its own, by name.
    assert found | {"CASEMGR_HOME"} == {variable.name for variable in VARIABLES} | {"DJANGO_SETTINGS_MODULE"}


def test_variables_read_past_the_table_are_seen(tmp_path):
    (tmp_path / "x.py").write_text("import os\nos.environ.get('SECRET_DOOR')\nos.environ['BACK_DOOR']\n")
    assert set(read_by(tmp_path / "x.py")) == {"SECRET_DOOR", "BACK_DOOR"}


def test_environment_table_and_example_are_current():
    call_command("document_environment", check=True, verbosity=0)


def test_an_old_environment_table_is_noticed(tmp_path, settings):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "operations.md").write_text("<!-- made: environment -->\nold\n<!-- end -->\n")
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match=r"operations\.md, \.env\.example out of date"):
        call_command("document_environment", check=True)
    call_command("document_environment")
    call_command("document_environment", check=True)
    example = (tmp_path / ".env.example").read_text()
    assert [
        line[1:].partition("=")[0]
        for line in example.splitlines()
        if line.startswith("#") and "=" in line[:40] and line[1] != " "
    ] == [variable.name for variable in VARIABLES]


# --- the machine -------------------------------------------------------------------------------------------


def test_states_moves_words_and_limits_are_current():
    call_command("document_states", check=True, verbosity=0)


def test_an_old_machine_is_noticed(tmp_path, settings):
    page = (ROOT / "docs" / "domain.md").read_text(encoding="utf-8")
    (tmp_path / "docs").mkdir()
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs" / "domain.md").write_text(page.replace("lodged --> accepted: accept", ""), encoding="utf-8")
    with pytest.raises(CommandError, match="out of date"):
        call_command("document_states", check=True)
    call_command("document_states")
    assert (tmp_path / "docs" / "domain.md").read_text(encoding="utf-8") == page
    (tmp_path / "docs" / "domain.md").write_text("no markers", encoding="utf-8")
    with pytest.raises(CommandError, match="marked"):
        call_command("document_states")


def test_blocks_keep_what_is_around_them():
    page = "before\n<!-- made: a -->\nold\n<!-- end -->\nafter\n"
    assert with_blocks(page, {"a": "new | \\1"}) == "before\n<!-- made: a -->\nnew | \\1\n<!-- end -->\nafter\n"


def test_diagram_and_table_know_every_state_and_move():
    text = (ROOT / "docs" / "domain.md").read_text(encoding="utf-8")
    diagram = text.partition("```mermaid")[2].partition("```")[0]
    for state in State:
        assert f" as {state}\n" in diagram
    for move in MOVES:
        assert re.search(rf"[ (]{move.name}[,)\n]", diagram), move.name
        assert f"| `{move.name}` |" in text
