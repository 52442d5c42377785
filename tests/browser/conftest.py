"""One Chromium for all browser tests in a row. A test opens its own context: cookies and storage are never shared.

`site` is a real server process with a home of its own; `page_360`, `page_1280` and `page_nojs` are pages on it,
and `axe` looks at one. The small province of tests/factories is there; `site.run` adds to it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.sites import Site, served

CHROMIUM = "/usr/bin/chromium"
# Without its windows: the same pages for a third of the work. It shows no notifications.
HEADLESS_SHELL = "/usr/bin/chromium-headless-shell"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


_running = ExitStack()
_browsers: dict[str, Browser] = {}


@pytest.fixture(scope="module")
def browser() -> Browser:
    return running(HEADLESS_SHELL)


def running(program: str) -> Browser:
    """The one that runs already, unless it is another or has died."""
    if program not in _browsers or not _browsers[program].is_connected():
        end()
        _browsers[program] = _running.enter_context(_launched(program))
    return _browsers[program]


def end() -> None:
    _browsers.clear()
    _running.close()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """While a browser is open its loop runs in this thread, where asynchronous tests want theirs."""
    if nextitem is None or Path(__file__).parent not in nextitem.path.parents:
        end()


@contextmanager
def _launched(program: str) -> Iterator[Browser]:
    if not os.path.exists(program):
        pytest.skip(f"no Chromium at {program}")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's loop runs in this thread, and Django would take the tests for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One server for all tests that do not disturb each other."""
    with served(tmp_path_factory, "site") as site:
        yield site


def _page(browser: Browser, site: Site, width: int, *, javascript: bool = True) -> Iterator[Page]:
    context = browser.new_context(
        base_url=site.url, locale="vi-VN", viewport={"width": width, "height": 800}, java_script_enabled=javascript
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("response", lambda answer: answer.status >= 500 and broken.append(f"{answer.status} {answer.url}"))
    page.on("console", lambda line: "Content Security Policy" in line.text and broken.append(line.text))
    yield page
    context.close()
    assert broken == []


@pytest.fixture
def page_360(browser: Browser, site: Site) -> Iterator[Page]:
    yield from _page(browser, site, 360)


@pytest.fixture
def page_1280(browser: Browser, site: Site) -> Iterator[Page]:
    yield from _page(browser, site, 1280)


@pytest.fixture
def page_nojs(browser: Browser, site: Site) -> Iterator[Page]:
    yield from _page(browser, site, 360, javascript=False)


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Assert that a page has no accessibility violation and nothing that scrolls sideways."""

    def look(page: Page) -> None:
        found = Axe().run(page)
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0

    return look
