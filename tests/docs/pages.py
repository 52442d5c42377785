"""What can be wrong with a page: pure functions from its text to findings. `test_docs` shows each of them failing."""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.apps import apps
from django.core.management import get_commands
from django.urls import Resolver404, resolve

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "agencies", "bulletins", "casemgr", "complaints", "documents", "events", "notifications", "search", "workflows",
)  # fmt: skip
TREES = (*PACKAGES, "bench", "deploy", "docs", "locale", "scripts", "static", "templates", "tests", "requirements")
IMAGE_BYTES = 200_000

_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_MADE = re.compile(r"<!-- made: .*?<!-- end -->", re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
_UPPER = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_DOTTED = re.compile(rf"(?:{'|'.join(PACKAGES)})(?:\.\w+)+")
_PATH = re.compile(rf"(?:{'|'.join(TREES)})/[\w./@*-]*")
_ROUTE = re.compile(r"/(?:health|metrics|backoffice|accounts|admin|gui|tra-cuu|search)[\w/-]*")


@dataclass(frozen=True)
class Page:
    path: Path
    text: str

    @classmethod
    def read(cls, path: Path) -> Page:
        return cls(path, path.read_text(encoding="utf-8"))

    @property
    def prose(self) -> str:
        return _FENCE.sub("", self.text)

    @cached_property
    def spans(self) -> list[str]:
        """What stands in backticks, made blocks apart: those are compared with the code as a whole."""
        return _SPAN.findall(_MADE.sub("", self.prose))

    @property
    def code(self) -> str:
        """Spans and fenced blocks: where commands are written."""
        return "\n".join([*self.spans, *_FENCE.findall(self.text)])

    @property
    def anchors(self) -> set[str]:
        return {_anchor(heading) for heading in _HEADING.findall(self.prose)}


def _anchor(heading: str) -> str:
    """As forges make them: lower case, without punctuation, blanks as hyphens."""
    kept = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower())
    return kept.strip().replace(" ", "-")


def pages() -> list[Page]:
    return [
        Page.read(path) for path in (ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md")))
    ]


def broken_links(page: Page) -> Iterator[str]:
    """Links to files that are not there, or to headings that a page does not have."""
    for target in _LINK.findall(page.prose):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        path = (page.path.parent / name).resolve() if name else page.path
        if not path.exists():
            yield f"{target}: no such file"
        elif anchor and anchor not in (page if path == page.path else Page.read(path)).anchors:
            yield f"{target}: no such heading"


def poor_images(page: Page) -> Iterator[str]:
    """Images that are not there, not PNG, or heavy."""
    for target in re.findall(r"!\[[^\]]+\]\(([^)\s]+)\)", page.prose):
        path = page.path.parent / target
        if not path.is_file():
            yield f"{target}: not there"
        elif not path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n"):
            yield f"{target}: no PNG"
        elif path.stat().st_size > IMAGE_BYTES:
            yield f"{target}: {path.stat().st_size} bytes"


def unknown_commands(page: Page) -> Iterator[str]:
    """`manage.py NAME` where there is no such command."""
    for name in re.findall(r"manage\.py (\w+)", page.code):
        if name not in get_commands():
            yield name


def unknown_targets(page: Page, targets: Collection[str]) -> Iterator[str]:
    """`make NAME` where the Makefile has no such target."""
    for name in re.findall(r"(?:^|\n|&& )make ([a-z-]+)", page.code):
        if name not in targets:
            yield name


def unknown_events(page: Page, kinds: Collection[str]) -> Iterator[str]:
    """Names in the shape of an event, in a family that exists, that nobody declares."""
    families = {kind.partition(".")[0] for kind in kinds}
    for span in page.spans:
        family, dot, rest = span.partition(".")
        if dot and family in families and re.fullmatch(r"[a-z_]+", rest) and span not in kinds:
            if family in PACKAGES and resolves(span):
                continue
            yield span


def unknown_names(page: Page, known: Collection[str], foreign: Collection[str]) -> Iterator[str]:
    """snake_case names that no file of the project uses; ``foreign`` are other people's."""
    for span in page.spans:
        for name in _SNAKE.findall(span):
            if name not in known and name not in foreign:
                yield name


def unknown_variables(page: Page, known: Collection[str]) -> Iterator[str]:
    """UPPER_CASE names in code and prose that are neither a variable nor a setting."""
    for name in _UPPER.findall(page.code):
        if name not in known:
            yield name


def unresolved_names(page: Page, other: Collection[str]) -> Iterator[str]:
    """Dotted names of our packages that lead nowhere; ``other`` are names of another sort (events, handlers)."""
    for span in page.spans:
        found = _DOTTED.match(span)
        name = found.group() if found else ""
        if name and name not in other and not name.endswith((".py", ".sqlite3")) and not resolves(name):
            yield name


def resolves(dotted: str) -> bool:
    """A module, something in one, or a model by its label (`workflows.Case`)."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        module = ".".join(parts[:length])
        if not _is_module(module):
            continue
        if length == len(parts):
            return True
        if length == 1 and len(parts) == 2 and parts[1].lower() in apps.all_models[parts[0]]:
            return True
        found: object = importlib.import_module(module)
        try:
            for name in parts[length:]:
                found = getattr(found, name)
        except AttributeError:
            return False
        return True
    return False


def _is_module(name: str) -> bool:
    """Without running it: a profile's settings refuse to be imported where they are not meant."""
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def missing_paths(page: Page) -> Iterator[str]:
    """Files and folders named in backticks that are not there."""
    for span in page.spans:
        found = _PATH.fullmatch(span)
        if found and not any(ROOT.glob(span.rstrip("/"))):
            yield span


def missing_routes(page: Page) -> Iterator[str]:
    """Addresses of pages, named in backticks, that lead nowhere."""
    for span in page.spans:
        if _ROUTE.fullmatch(span):
            try:
                resolve(span)
            except Resolver404:
                if not any(_begins(span)):
                    yield span


def _begins(route: str) -> Iterator[bool]:
    """An included tree has no page at its root: one page of it will do."""
    for page in ("login/",):
        try:
            resolve(route + page)
        except Resolver404:
            continue
        yield True


def words_of(paths: Iterable[Path]) -> set[str]:
    found: set[str] = set()
    for path in paths:
        found.update(re.findall(r"\w+", path.read_text(encoding="utf-8")))
        found.add(path.stem)
    return found
