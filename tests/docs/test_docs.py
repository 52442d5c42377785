"""The documentation says what is so: pages and code are held against each other, both ways where that can be."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from agencies.services.seeding import read_seed
from casemgr.settings.environment import VARIABLES
from events import registry
from events.services.delivering import PARK_AFTER
from scripts import packages
from scripts.house_rules import committed_sources, no_registry_hosts, stands_alone
from tests.docs import pages
from tests.docs.pages import PACKAGES, ROOT, Page
from workflows.states import MOVES, State

PAGES = pages.pages()
OPERATIONS = Page.read(ROOT / "docs" / "operations.md")
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
# Names of other people's things.
FOREIGN_NAMES = {"delay_on_commit", "pg_dump", "pg_restore"}
FOREIGN_VARIABLES = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL_S3", "DJANGO_SETTINGS_MODULE"}
OTHER_DOTTED = {*registry.KINDS, *registry.HANDLERS, *registry.JOBS}

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.path.relative_to(ROOT)))


def page_of(text: str) -> Page:
    return Page(ROOT / "docs" / "sample.md", text)


def known_names() -> set[str]:
    sources = [path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.suffix in {".py", ".csv"}]
    tools = [path for folder in ("scripts", "bench", "tests") for path in (ROOT / folder).rglob("*.py")]
    tools = [path for path in tools if path.parent != Path(__file__).parent]
    return pages.words_of([*sources, *tools, ROOT / "pyproject.toml"])


@pytest.fixture(scope="module")
def names() -> set[str]:
    return known_names()


# --- pages against code ------------------------------------------------------------------------------------


@each_page
def test_links_lead_somewhere(page):
    assert list(pages.broken_links(page)) == []


@each_page
def test_images_are_there_and_light(page):
    assert list(pages.poor_images(page)) == []


@each_page
def test_commands_named_exist(page):
    assert list(pages.unknown_commands(page)) == []


@each_page
def test_make_targets_named_exist(page):
    assert list(pages.unknown_targets(page, TARGETS)) == []


@each_page
def test_events_named_exist(page):
    assert list(pages.unknown_events(page, registry.KINDS)) == []


@each_page
def test_names_in_code_style_are_in_the_code(page, names):
    assert list(pages.unknown_names(page, names, FOREIGN_NAMES)) == []


@each_page
def test_dotted_names_resolve(page):
    assert list(pages.unresolved_names(page, OTHER_DOTTED)) == []


@each_page
def test_files_named_exist(page):
    assert list(pages.missing_paths(page)) == []


@each_page
def test_addresses_named_lead_to_a_page(page):
    assert list(pages.missing_routes(page)) == []


@each_page
def test_variables_named_exist(page):
    known = {variable.name for variable in VARIABLES} | set(dir(settings)) | FOREIGN_VARIABLES
    assert list(pages.unknown_variables(page, known)) == []


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (pages.broken_links, "[x](nowhere.md)"),
        (pages.broken_links, "# Here\n[x](#there)"),
        (pages.poor_images, "![x](images/none.png)"),
        (pages.poor_images, "![x](domain.md)"),
        (pages.unknown_commands, "`manage.py no_such_command`"),
        (lambda page: pages.unknown_targets(page, TARGETS), "```sh\nmake nothing\n```"),
        (lambda page: pages.unknown_events(page, registry.KINDS), "`case.vanished`"),
        (lambda page: pages.unknown_names(page, known_names(), FOREIGN_NAMES), "`" + "no_such" + "_thing()`"),
        (lambda page: pages.unresolved_names(page, OTHER_DOTTED), "`workflows.services.intake.nothing`"),
        (pages.missing_paths, "`workflows/nowhere.py`"),
        (pages.missing_routes, "`/backoffice/nowhere/`"),
        (lambda page: pages.unknown_variables(page, set()), "`NO_SUCH_VARIABLE=1`"),
    ],
)
def test_each_check_can_fail(check: Callable[[Page], Iterator[str]], text: str):
    assert list(check(page_of(text)))


# --- code against pages ------------------------------------------------------------------------------------


def test_every_command_of_ours_is_described():
    ours = {name for name, app in get_commands().items() if str(app) in PACKAGES}
    listed = re.findall(r"^\| `(\w+)` \|", OPERATIONS.text.partition("## All commands")[2], re.MULTILINE)
    assert sorted(ours) == listed


def test_every_make_target_is_described():
    described = set(re.findall(r"make ([a-z-]+)", Page.read(ROOT / "README.md").code))
    assert described == TARGETS


def test_every_lane_is_described_and_served():
    lanes = OPERATIONS.text.partition("| Lane | Work |")[2].partition("\n\n")[0]
    assert sorted(re.findall(r"^\| `(\w+)`", lanes, re.MULTILINE)) == registry.lanes()
    assert sorted(re.findall(r"casemgr-relay@(\w+)", OPERATIONS.text)) == registry.lanes()


def test_every_debian_package_is_described():
    assert [
        p.name for p in packages.RUNTIME if f"`{p.name}`" not in OPERATIONS.text and p.name not in OPERATIONS.code
    ] == []


def test_every_decision_is_listed():
    folder = ROOT / "docs" / "adr"
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    index = re.findall(r"\]\((\d{3}-[\w-]+\.md)\)", (folder / "README.md").read_text())
    assert index == records
    for number, name in enumerate(records, start=1):
        text = (folder / name).read_text()
        assert text.startswith(f"# {number}. ")
        for part in ("**Context.**", "**Decision.**", "**Consequences.**", "**We would reconsider**"):
            assert part in text, name


# --- figures and examples ----------------------------------------------------------------------------------


def test_figures_are_right():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    units = (
        len(read_seed(ROOT / "agencies/reference/provinces.csv")),
        len(read_seed(ROOT / "agencies/reference/communes.csv")),
    )
    assert "{} provinces and\n{:,} communes".format(*units) in readme
    assert f"{len(State)} states and {len(MOVES)} moves" in (ROOT / "docs/adr/001-django-fsm-2.md").read_text()
    assert f"parked after {PARK_AFTER}\ntries" in OPERATIONS.text


def test_the_move_shown_is_the_move_that_runs():
    shown = re.search(r"```python\n(.*?)```", (ROOT / "docs/architecture.md").read_text(), re.DOTALL)[1]
    lines = {line.partition("  # ")[0].strip() for line in shown.splitlines()}
    source = {line.strip() for line in (ROOT / "workflows/services/referral.py").read_text().splitlines()}
    assert (
        'def take_referral(*, case_id: int, by: Actor, version: int, track: str = "", category: str = "") -> Case:'
        in lines
    )
    assert lines - source == set()


def test_service_examples_start_what_exists():
    units = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
    assert len(units) == 3
    for unit in units:
        text = unit.read_text()
        assert (
            re.search(r"^ExecStart=/opt/casemgr/\.venv/bin/python manage\.py (\w+)", text, re.MULTILINE)[1]
            in get_commands()
        )
        assert f"({unit.relative_to(ROOT)})" in OPERATIONS.text.replace("../", "")
    assert [unit.name for unit in units if "settings.production" in unit.read_text()] == [
        "casemgr-relay@.service", "casemgr-web@.service",
    ]  # fmt: skip


def test_proxy_example_fits_the_limits():
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    megabytes = int(re.search(r"client_max_body_size (\d+)m;", text)[1])
    assert megabytes * 1024**2 > settings.EVIDENCE_MAX_BYTES
    assert re.search(r"location /metrics \{\s*return 404;", text)
    assert text.count("X-Forwarded-Proto $scheme") == text.count("proxy_pass ")
    assert text.count("X-Forwarded-For $remote_addr") == 1, "addresses go on for counting failed sign-ins only"


# --- the project stands alone ------------------------------------------------------------------------------


def test_nothing_points_outside_the_project_or_at_a_registry():
    sources = list(committed_sources())
    assert len(sources) > 100
    found = [
        f"{s.path}:{line}: {what}"
        for s in sources
        for rule in (stands_alone, no_registry_hosts)
        for line, what in rule(s)
    ]
    assert found == []
