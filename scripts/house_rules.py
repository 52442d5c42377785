"""The house rules that no linter knows, over every file that is, or would be, committed.

    .venv/bin/python -m scripts.house_rules

A rule looks at one file and yields (line, what is wrong). A breach fails the run; a long file is only warned of.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.console import ROOT

APPLICATION = (
    "casemgr/", "search/", "notifications/", "bulletins/", "workflows/", "complaints/", "documents/", "agencies/",
    "events/",
)  # fmt: skip
MAX_LINES = 300
HAVE_TRANSITIONS = {"Case", "BulletinVersion"}
THIS_RULEBOOK = ("scripts/house_rules.py", "tests/scripts/test_house_rules.py")
Finding = tuple[int, str]


@dataclass(frozen=True)
class Source:
    """A file as a rule sees it: path relative to the root, text, and its tree when it is Python."""

    path: str
    text: str

    @property
    def is_application(self) -> bool:
        return self.path.startswith(APPLICATION) and "/migrations/" not in self.path

    def nodes(self) -> Iterator[ast.AST]:
        return ast.walk(ast.parse(self.text)) if self.path.endswith(".py") else iter(())

    def lines(self) -> Iterator[tuple[int, str]]:
        return enumerate(self.text.splitlines(), 1)


def states_move_only_by_transitions(source: Source) -> Iterator[Finding]:
    """A queryset's update(state=…) or bulk_update(…, ["state"]) goes past django_fsm, the log and the version.

    Other models have a plain field of that name; those are written through their class (`Referral.objects`), and
    `events`, which knows no case, has deliveries.
    """
    guarded = source.is_application and not source.path.startswith("events/")
    for node in source.nodes() if guarded else ():
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        root = _leftmost_name(node.func)
        if _writes_state(node, node.func.attr) and (root in HAVE_TRANSITIONS or not root[:1].isupper()):
            yield node.lineno, "a state is changed by its transition, not by update()"


def _writes_state(call: ast.Call, method: str) -> bool:
    if method == "update":
        return any(keyword.arg == "state" for keyword in call.keywords)
    arguments = (*call.args, *(keyword.value for keyword in call.keywords)) if method == "bulk_update" else ()
    parts = (part for argument in arguments for part in ast.walk(argument))
    return any(isinstance(part, ast.Constant) and part.value == "state" for part in parts)


def _leftmost_name(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def no_signals(source: Source) -> Iterator[Finding]:
    for node in source.nodes() if source.is_application else ():
        imported = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if isinstance(node, ast.Import):
            imported = [name.name for name in node.names]
        if any(name == "django.dispatch" or name.startswith("django.db.models.signals") for name in imported):
            yield getattr(node, "lineno", 1), "no signals: effects are handlers of the outbox"


def no_save_overrides(source: Source) -> Iterator[Finding]:
    for node in source.nodes() if source.is_application else ():
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.FunctionDef) and part.name == "save":
                    yield (
                        part.lineno,
                        f"{node.name}.save(): a change is a verb in services/, not a save() override",
                    )


def no_registry_hosts(source: Source) -> Iterator[Finding]:
    hosts = r"pypi\.org|registry\.npmjs\.org|repo1?\.maven\.(org|apache\.org)|files\.pythonhosted\.org|deb\.debian\.org"
    yield from _matching(source, hosts, "names a package registry's host")


def stands_alone(source: Source) -> Iterator[Finding]:
    if not source.path.startswith(("tests/", "bench/")):
        yield from _matching(source, r"\.\./shared\b|/work/(shared|brief|main)\b", "points outside the project")


def nothing_left_to_do(source: Source) -> Iterator[Finding]:
    yield from _matching(source, r"\b(TODO|FIXME|XXX)\b", "is a note to oneself: do it, or open an issue")


def safe_has_a_reason(source: Source) -> Iterator[Finding]:
    """`|safe`, `{% autoescape off %}`, mark_safe and SafeString need `safe: why` on the line or the one above."""
    is_page = source.path.startswith("templates/") and not source.path.endswith(".txt")
    if not (source.is_application or is_page):
        return
    pattern = re.compile(r"\|\s*safe(seq)?\b|autoescape\s+off|\bmark_safe\(|\bSafeString\(|\bSafeText\(")
    before = ""
    for number, line in source.lines():
        if pattern.search(line) and "safe: " not in line and "safe: " not in before:
            yield number, "escaping is switched off without a `safe: reason`"
        before = line


def no_inline_script_or_style(source: Source) -> Iterator[Finding]:
    """The content security policy refuses them, so they would only seem to work. Paper and mail have no policy."""
    if source.path.startswith("templates/") and not source.path.startswith(
        ("templates/bulletins/", "templates/documents/", "templates/mail/")
    ):
        yield from _matching(source, r"<style\b|\sstyle=|\son[a-z]+=[\"']", "is inline style or script")
        yield from _matching(source, r"<script(?![^>]*\bsrc=)(?![^>]*application/(ld\+)?json)", "is an inline script")


def _matching(source: Source, pattern: str, what: str) -> Iterator[Finding]:
    expression = re.compile(pattern)
    for number, line in source.lines():
        if found := expression.search(line):
            yield number, f"{found.group().strip()!r} {what}"


RULES: tuple[Callable[[Source], Iterator[Finding]], ...] = (
    states_move_only_by_transitions,
    no_signals,
    no_save_overrides,
    no_registry_hosts,
    stands_alone,
    nothing_left_to_do,
    safe_has_a_reason,
    no_inline_script_or_style,
)


def findings(source: Source) -> list[str]:
    return [f"{source.path}:{line}: {what} ({rule.__name__})" for rule in RULES for line, what in rule(source)]


def too_long(source: Source) -> bool:
    return source.path.endswith(".py") and "/migrations/" not in source.path and source.text.count("\n") > MAX_LINES


def committed_sources() -> Iterator[Source]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    for name in sorted(filter(None, listed.stdout.split("\0"))):
        path = Path(ROOT, name)
        if name in THIS_RULEBOOK or not path.is_file():
            continue
        try:
            yield Source(name, path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            continue  # a picture, a font: no rule reads those


def main() -> None:
    broken: list[str] = []
    seen = 0
    for source in committed_sources():
        seen += 1
        broken += findings(source)
        if too_long(source):
            print(f"warning: {source.path} has more than {MAX_LINES} lines")
    print("\n".join(broken) if broken else f"{seen} files keep the house rules")
    sys.exit(1 if broken or not seen else 0)


if __name__ == "__main__":
    main()
