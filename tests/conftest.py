"""What every test may ask for, and which tests run on which profile.

`make test` runs everything on the embedded profile, then on the production profile (CASEMGR_TEST_PROFILE) what
can behave differently there: the tests whose fixtures reach the database. What is pure runs once; so do the pages,
which draw what the packages read, but for those that count, order, lock or search (ADR 011). A test that
needs a service nobody started is skipped; such skips are counted and named at the end, and fail a run in CI.

    make services && .venv/bin/pytest tests/search                                            embedded
    CASEMGR_TEST_PROFILE=production scripts/tool with_services -m pytest tests/search         production
"""

import gc
import os
import socket
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.utils import translation

from scripts.console import ROOT, in_ci
from scripts.services import environment
from tests import answers, emptying, warm
from tests.seconds import LONG

PROFILE = os.environ.get("CASEMGR_TEST_PROFILE", "embedded")
VARIABLES = {"postgresql": "DATABASE_URL", "redis": "REDIS_URL", "opensearch": "ELASTICSEARCH_URL"}
DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
    "live_server",
}
TRANSACTIONAL = DATABASE_FIXTURES - {"db"}
# Their pages ask the packages' services and selectors, whose own tests run on both profiles.
PAGES = ("tests/backoffice", "tests/business", "tests/public")
MISSING = "needs a service that does not run: "


def pytest_configure() -> None:
    emptying.take_over()
    answers.choose_folder()


@cache
def service_url(name: str) -> str | None:
    """The URL of a service that answers: from the environment, or from what `make services` wrote."""
    url = os.environ.get(VARIABLES[name]) or environment().get(VARIABLES[name])
    if not url:
        return None
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 0), timeout=2).close()
    except OSError:
        return None
    return url


def touches_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("profile_independent"):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES)


def runs_here(item: pytest.Item, profile: str = PROFILE) -> bool:
    if profile == "embedded" or item.get_closest_marker("both_profiles"):
        return True
    is_browser = item.get_closest_marker("browser") or "tests/browser/" in item.path.as_posix()
    return touches_database(item) and not is_browser and not draws_only(item)


def draws_only(item: pytest.Item) -> bool:
    """A page's test that commits nothing."""
    marked = item.get_closest_marker("django_db")
    commits = bool(marked and marked.kwargs.get("transaction")) or bool(TRANSACTIONAL & set(item.fixturenames))
    return not commits and any(item.path.is_relative_to(ROOT / folder) for folder in PAGES)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    elsewhere = [item for item in items if not runs_here(item)]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if runs_here(item)]
    for item in items:
        for name in services_needed(item):
            if service_url(name) is None:
                item.add_marker(pytest.mark.skip(reason=MISSING + name))
    if hasattr(config, "workerinput"):
        items[:] = long_files_first(items)


def pytest_collection_finish() -> None:
    """Half a million objects stay until the end: the collector need not look through them again and again, nor after every
    seven hundred new ones."""
    warm.take_over()
    answers.take_over()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    warm.is_cold = item.get_closest_marker("cold") is not None
    answers.kept = not warm.is_cold and item.get_closest_marker("anew") is None


def long_files_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """So that no worker begins a long file when the others have nothing left to do. Before all those with a browser, which stays
    open from one to the next."""
    sizes = Counter(item.path for item in items)
    browser = {item.path for item in items if item.get_closest_marker("browser")}
    return sorted(
        items, key=lambda item: (item.path not in browser, -LONG.get(item.path, 0), -sizes[item.path], item.path)
    )


def services_needed(item: pytest.Item) -> set[str]:
    named = {mark.args[0] for mark in item.iter_markers("service")}
    asked = {name for name in VARIABLES if f"{name}_url" in getattr(item, "fixturenames", ())}
    profile = set(VARIABLES) if PROFILE == "production" and touches_database(item) else set()
    return named | asked | profile


def _url_of(name: str) -> str:
    url = service_url(name)
    if url is None:
        pytest.skip(MISSING + name)
    return url


@pytest.fixture(scope="session")
def postgresql_url() -> str:
    return _url_of("postgresql")


@pytest.fixture(scope="session")
def redis_url() -> str:
    return _url_of("redis")


@pytest.fixture(scope="session")
def opensearch_url() -> str:
    return _url_of("opensearch")


def _skipped_for_a_service(config: pytest.Config) -> dict[str, list[str]]:
    """Service → ids of the tests skipped for want of it."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    missed: dict[str, list[str]] = defaultdict(list)
    for report in reporter.stats.get("skipped", []) if reporter else []:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if MISSING in reason:
            missed[reason.partition(MISSING)[2].strip()].append(report.nodeid)
    return missed


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    is_worker = hasattr(session.config, "workerinput")
    if in_ci() and not is_worker and _skipped_for_a_service(session.config) and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for name, tests in _skipped_for_a_service(config).items():
        terminalreporter.section(f"{name} could not be had: {len(tests)} tests were not run", red=in_ci())
        for test in tests:
            terminalreporter.line(test)


@pytest.fixture(autouse=True)
def _own_language():
    """A request leaves its language on the thread: the next test starts with the site's."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def own_storage(tmp_path: Path, settings) -> Path:
    """The default storage in a folder of this test alone."""
    folder = tmp_path / "media"
    backend = "complaints.storage.DurableFileSystemStorage"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": {"location": folder}}}
    return folder
