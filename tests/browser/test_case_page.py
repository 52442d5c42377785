"""The handlers' desk in real browsers: accessible, usable with keys and without JavaScript, safe for two at once."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from agencies.actors import Member
from complaints.lodgement import Person
from events import clock
from tests import factories
from tests.backoffice.conftest import sign_in
from tests.factories import journeys
from workflows.models import Case

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
QUEUE = "/backoffice/"
TYPED = "Chị còn giữ hóa đơn và hộp hàng không ạ?"


@pytest.fixture
def open_as(browser, live_server) -> Iterator[Callable[..., Page]]:
    """A page of a browser of its own, signed in as a member."""
    contexts: list[BrowserContext] = []

    def opened(member: Member, *, width: int = 1280, java_script: bool = True) -> Page:
        context = browser.new_context(
            locale="vi-VN",
            viewport={"width": width, "height": 900},
            base_url=live_server.url,
            java_script_enabled=java_script,
        )
        context.set_default_timeout(15_000)
        cookie = sign_in(member).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def handler() -> Member:
    return factories.member("sct")


def case_url(case: Case) -> str:
    return f"{QUEUE}cases/{case.number}/"


def sound(page: Page) -> None:
    """No accessibility violation and nothing that scrolls sideways."""
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, page.url


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_of_the_desk_is_accessible(open_as, handler, width):
    police = factories.member("congan")
    full = journeys.investigating(
        handler, product="Sữa bột", identifiers=(("url", "https://shop.example/a"),), vulnerability="elderly"
    ).case
    journeys.lodged(
        handler, kind="crime", money_moved_at=clock.now() - timedelta(hours=1), amount=5_000_000,
        identifiers=(("bank_account", "0123456789"),),
    )  # fmt: skip
    journeys.taken(handler, police)
    page = open_as(handler, width=width)
    for tab in ("mine", "agency", "offered", "waiting", "overdue", "settled", "receipts"):
        page.goto(f"{QUEUE}?tab={tab}&track=")
        sound(page)
    page.goto(f"{QUEUE}?tab=agency&track=feedback")
    sound(page)
    page.goto(case_url(full))
    page.evaluate("document.querySelectorAll('details.move').forEach(move => { move.open = true })")
    sound(page)
    page.goto(f"{case_url(full)}moves/resolve/")
    page.get_by_role("button", name="Giải quyết").click()
    expect(page.locator("#error-summary")).to_be_visible()
    sound(page)
    page.goto(f"{QUEUE}cases/82-00000-00000/")
    sound(page)
    fast = Case.objects.get(track="crime")
    page.goto(case_url(fast))
    sound(page)


def test_two_handlers_on_one_case_the_second_keeps_the_text_and_sees_the_change(open_as, handler):
    colleague = factories.member("sct")
    case = journeys.accepted(handler).case
    first, second = open_as(handler), open_as(colleague)
    for page in (first, second):
        page.goto(case_url(case))
        page.locator("#ask_complainant summary").click()
    second.locator("#ask_complainant textarea").fill(TYPED)
    first.locator("#ask_complainant textarea").fill("Anh gửi giúp ảnh sản phẩm?")
    first.locator("#ask_complainant .actions button").click()
    expect(first.get_by_text("Anh gửi giúp ảnh sản phẩm?").first).to_be_visible()

    with second.expect_response(lambda response: response.request.method == "POST") as answer:
        second.locator("#ask_complainant .actions button").click()
    assert answer.value.status == 409
    expect(second.get_by_role("heading", level=1)).to_have_text("Đã có người xử lý trước")
    expect(second.get_by_text("Anh gửi giúp ảnh sản phẩm?")).to_be_visible()
    assert TYPED in second.locator("textarea").input_value()
    sound(second)
    case.refresh_from_db()
    assert (case.state, case.version) == ("awaiting_complainant", 3)


def test_the_second_sends_the_kept_text_where_the_move_is_still_possible(open_as, handler):
    colleague = factories.member("sct")
    case = journeys.accepted(handler).case
    first, second = open_as(handler), open_as(colleague)
    for page in (first, second):
        page.goto(case_url(case))
    second.locator("#ask_complainant summary").click()
    second.locator("#ask_complainant textarea").fill(TYPED)
    first.locator("#assign summary").click()
    first.locator("#assign .actions button").click()
    expect(first.locator(".messages")).to_contain_text("Đã giao người xử lý")

    second.locator("#ask_complainant .actions button").click()
    expect(second.locator("form textarea")).to_have_count(1)
    expect(second.locator("form textarea")).to_have_value(TYPED)
    second.locator("form .btn-primary").click()
    expect(second.locator(".messages")).to_contain_text("Câu hỏi đã hiện")
    expect(second.locator(".timeline")).to_contain_text(TYPED)


def test_who_complained_appears_in_place(open_as, handler):
    case = journeys.accepted(handler, person=Person(name="Nguyễn Thị Bí Mật", phone="0987654321")).case
    page = open_as(handler)
    page.goto(case_url(case))
    expect(page.get_by_text("0987654321")).to_have_count(0)
    page.locator("#identity button").click()
    expect(page.locator("#identity")).to_contain_text("0987654321")
    assert page.url.endswith(case_url(case))


def test_keys_walk_the_queue_and_open_a_case(open_as, handler):
    for _ in range(3):
        journeys.lodged(handler)
    page = open_as(handler)
    page.goto(f"{QUEUE}?tab=agency")
    links = page.locator("a[data-row-link]")
    page.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keyboard-help")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#topbar-q")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    page.keyboard.press("o")
    expect(page.locator("h1")).to_contain_text("Vụ việc 82-")


def test_a_case_is_handled_without_javascript(open_as, handler):
    case = journeys.lodged(handler).case
    page = open_as(handler, width=360, java_script=False)
    page.goto(f"{QUEUE}?tab=agency")
    page.get_by_role("link", name=case.number).click()
    page.locator("#accept summary").click()
    page.locator("#accept .actions button").click()
    page.locator("#assign summary").click()
    page.locator("#assign .actions button").click()
    page.locator("#identity button").click()
    expect(page.locator("#identity")).to_contain_text("0912345678")
    page.locator("#resolve summary").click()
    page.locator("#resolve select[name=outcome]").select_option("sanctioned")
    page.locator("#resolve input[name=decision_number]").fill("15/QĐ-XPHC")
    page.locator("#resolve input[name=decision_date]").fill("05/11/2026")
    page.locator("#resolve textarea[name=legal_basis]").fill("Bán hàng giả")
    page.locator("#resolve input[name=sanctioned_party]").fill("Hộ kinh doanh Ánh Dương")
    page.locator("#resolve input[name=sanction_amount]").fill("1.500.000")
    page.locator("#resolve textarea[name=answer]").fill("Người bán đã bị xử phạt.")
    page.locator("#resolve .actions .btn-primary").click()
    expect(page.locator(".messages")).to_be_visible()
    case.refresh_from_db()
    assert case.state == "resolved"
    assert case.resolutions.get().sanction_amount == 1_500_000


def test_what_was_typed_outlives_the_session(open_as, handler):
    case = journeys.investigating(handler).case
    page = open_as(handler)
    page.goto(case_url(case))
    page.locator("#note summary").click()
    page.fill("#note-text", TYPED)
    page.locator("#note [name=audience]").first.check()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.locator("#note button.btn-primary").click()
    page.wait_for_url("**/accounts/login/**")
    cookie = sign_in(handler).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": page.url.split("/accounts")[0]}]
    )
    page.goto(f"{case_url(case)}notes/")
    expect(page.locator("#note-text")).to_be_visible()
    expect(page.locator("#note-text")).to_have_value(TYPED)
    page.locator("#note button.btn-primary").click()
    expect(page.locator(".timeline")).to_contain_text(TYPED)
    expect(page.locator("#note-text")).to_have_value("")
    page.reload()
    expect(page.locator("#note-text")).to_have_value("")
