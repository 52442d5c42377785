"""The page's socket in a real browser: the bell moves by itself, in every tab, over lost networks and blocked sockets."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from agencies.actors import Member
from events.models import Event
from notifications.audience import CONCERNS
from notifications.handlers import notify
from tests import factories
from tests.backoffice.conftest import sign_in
from tests.live.conftest import server

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["server"]
INBOX = "/backoffice/inbox/"
RECONNECTING = "Mất kết nối"
# As behind a proxy that lets no socket through; `window.blocked = false` opens it again.
BLOCKED = """
window.blocked = true; window.tried = 0;
const Real = window.WebSocket;
window.WebSocket = function (...words) {
  window.tried += 1;
  return new Real(...(window.blocked ? ["ws://127.0.0.1:9/"] : words));
};
Object.assign(window.WebSocket, { OPEN: Real.OPEN });
"""


@pytest.fixture
def open_as(browser, server) -> Iterator[Callable[..., Page]]:
    """A page of a browser of its own, signed in as a member; ``context`` of another page: a further tab."""
    contexts: list[BrowserContext] = []

    def opened(member: Member, *, beside: Page | None = None, script: str = "") -> Page:
        if beside:
            return beside.context.new_page()
        url = f"http://127.0.0.1:{server.port}"
        context = browser.new_context(locale="vi-VN", base_url=url, viewport={"width": 360, "height": 800})
        context.set_default_timeout(15_000)
        cookie = sign_in(member).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
        if script:
            context.add_init_script(script)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def handler() -> Member:
    return factories.member("sct")


GREETED = """
addEventListener("live-open", () => {
  const page = document.documentElement;
  page.dataset.greeted = Number(page.dataset.greeted ?? 0) + 1;
}, true);
"""


def happen(count: int = 1) -> None:
    for _ in range(count):
        factories.case()
    notify(list(Event.objects.filter(kind__in=CONCERNS).order_by("pk")))


def greeted(page: Page, times: int = 1) -> None:
    expect(page.locator("html")).to_have_attribute("data-greeted", str(times), timeout=15_000)


def at_inbox(page: Page) -> Page:
    """Loaded, and greeted by the server."""
    page.add_init_script(GREETED)
    page.goto(INBOX)
    greeted(page)
    return page


def count_is(page: Page, count: int) -> None:
    expect(page.locator("#bell-count")).to_have_attribute("data-count", str(count))


def test_the_bell_and_the_title_move_by_themselves(open_as, handler):
    page = at_inbox(open_as(handler))
    happen(2)
    count_is(page, 2)
    assert page.title().startswith("(2) ")


def test_reading_in_one_tab_is_seen_in_the_others(open_as, handler):
    happen(2)
    first = open_as(handler)
    at_inbox(first)
    second = at_inbox(open_as(handler, beside=first))
    count_is(second, 2)
    first.bring_to_front()
    first.get_by_role("button", name="Đánh dấu đã đọc tất cả").click()
    count_is(first, 0)
    count_is(second, 0)


def test_what_came_while_the_network_was_away_is_there_when_it_is_back(open_as, handler):
    page = at_inbox(open_as(handler))
    page.context.set_offline(True)
    expect(page.get_by_text(RECONNECTING)).to_be_visible()
    happen()
    page.evaluate(
        "window.heard = []; document.body.addEventListener('live-message', (e) => window.heard.push(e.detail.cursor))"
    )
    page.context.set_offline(False)
    greeted(page, 2)
    expect(page.get_by_text(RECONNECTING)).to_be_hidden()
    count_is(page, 1)
    assert page.evaluate("window.heard") == [1]


def test_a_list_that_was_not_answered_is_asked_for_again(open_as, handler):
    """The socket is whole meanwhile, so no hello would bring the count."""
    page = at_inbox(open_as(handler))
    refused = []

    def refuse_once(route) -> None:
        if refused or "hx-request" not in route.request.headers:
            route.continue_()
        else:
            refused.append(route.request.url)
            route.fulfill(status=503)

    page.route("**/backoffice/inbox/", refuse_once)
    happen()
    expect(page.locator("#bell-count")).to_have_attribute("data-count", "1", timeout=15_000)
    assert len(refused) == 1


def test_where_sockets_are_blocked_the_page_asks_and_goes_back_to_them(open_as, handler):
    page = open_as(handler, script=BLOCKED + GREETED)
    page.clock.install()
    page.goto(INBOX)
    with page.expect_response("**/inbox/state/"):
        pass_until(page, lambda: page.evaluate("window.tried") > 3)
    happen()
    pass_until(page, lambda: page.locator("#bell-count").get_attribute("data-count") == "1")
    expect(page.get_by_text(RECONNECTING)).to_be_hidden()
    assert page.locator("html").get_attribute("data-greeted") is None
    page.evaluate("window.blocked = false")
    pass_until(page, lambda: page.locator("html").get_attribute("data-greeted") == "1")
    happen()
    pass_until(page, lambda: page.locator("#bell-count").get_attribute("data-count") == "2")


def pass_until(page: Page, holds: Callable[[], bool]) -> None:
    """Let two minutes of the page's clock pass at most."""
    for _ in range(120):
        if holds():
            return
        page.clock.run_for(1000)
        page.wait_for_timeout(20)
    assert holds()


def test_a_page_from_the_back_forward_cache_is_live_again(open_as, handler):
    page = at_inbox(open_as(handler))
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    happen()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    greeted(page, 2)
    count_is(page, 1)


def test_a_tab_too_many_asks_instead(open_as, handler, settings):
    settings.LIVE_SOCKETS_PER_PERSON = 1
    first = at_inbox(open_as(handler))
    second = open_as(handler, beside=first)
    with second.expect_response("**/inbox/state/"):
        second.goto(INBOX)
    expect(second.get_by_text(RECONNECTING)).to_be_hidden()
    happen()
    count_is(first, 1)
