"""Saved searches and watchlists in real browsers: accessible at both widths, by keyboard, and without JavaScript."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from agencies.actors import Member
from events.relay import Relay
from search.models import Alert
from search.services_saved import Asked, Keeping, save_search
from tests import factories
from tests.backoffice.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "/backoffice/searches/"


@pytest.fixture
def open_as(browser, live_server) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []

    def opened(member: Member, *, width: int = 1280, java_script: bool = True) -> Page:
        context = browser.new_context(
            locale="vi-VN", viewport={"width": width, "height": 900}, base_url=live_server.url,
            java_script_enabled=java_script,
        )  # fmt: skip
        context.set_default_timeout(15_000)
        cookie = sign_in(member).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(autouse=True)
def _own_index(settings, tmp_path):
    settings.SEARCH_INDEX_DIR = tmp_path / "index"


def sound(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, page.url


@pytest.mark.parametrize("width", [360, 1280])
def test_from_a_search_to_its_alert(open_as, width):
    sct, colleague = factories.member("sct"), factories.member("sct")
    save_search(
        by=colleague, keeping=Keeping("Hàng giả của đồng nghiệp", shared_with_unit=True), asked=Asked("hàng giả")
    )
    factories.case(narrative="Tôi mua kem trộn, da bị kích ứng nặng.")
    Relay().run_until_idle()
    page = open_as(sct, width=width)
    page.goto("/backoffice/search/?q=kem+trộn")
    page.get_by_text("Lưu tìm kiếm này").focus()
    page.keyboard.press("Enter")
    sound(page)
    page.get_by_role("textbox", name="Tên").fill("Kem trộn")
    page.get_by_role("button", name="Lưu", exact=True).press("Enter")
    expect(page).to_have_url(re.compile(f"{LIST}$"))
    factories.case(narrative="Lại kem trộn nữa.")
    Relay().run_until_idle()
    page.reload()
    expect(page.locator("td .count")).to_have_text("1")
    sound(page)
    page.get_by_role("button", name="Kem trộn").press("Enter")
    expect(page.locator(".search-result")).to_have_count(2)
    page.goto("/backoffice/inbox/")
    expect(page.get_by_text("tìm kiếm đã lưu “Kem trộn”")).to_be_visible()
    page.goto(LIST)
    page.get_by_role("link", name="Xóa Kem trộn").press("Enter")
    sound(page)
    page.get_by_role("button", name="Xóa").press("Enter")
    expect(page.get_by_text("Bạn chưa lưu tìm kiếm nào")).to_be_visible()


@pytest.mark.parametrize(("width", "java_script"), [(360, False), (1280, True)])
def test_a_watchlist_from_paste_to_cases(open_as, width, java_script):
    sct = factories.member("sct")
    factories.case(identifiers=[("bank_account", "19035678901234")])
    Relay().run_until_idle()
    page = open_as(sct, width=width, java_script=java_script)
    page.goto(LIST)
    page.get_by_role("link", name="Danh sách theo dõi mới").click()
    page.get_by_role("textbox", name="Tên").fill("Đường dây kem trộn")
    lines = page.get_by_label("Numbers, links").or_(page.get_by_label("Số, đường dẫn và địa chỉ cần theo dõi"))
    lines.fill(
        "STK 1903 5678 9012 34\nBích Ngọc\nhttps://kemtron.example.com/rat-dai/mot-duong-dan/khong-ngat-dong?x=1"
    )
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text("Chưa hiểu được")).to_be_visible()
    if java_script:
        sound(page)
    lines.fill("STK 1903 5678 9012 34\nhttps://kemtron.example.com/rat-dai/mot-duong-dan/khong-ngat-dong?x=1")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.locator(".search-result")).to_have_count(1)
    if java_script:
        sound(page)


def test_the_choice_of_being_told_is_kept(open_as):
    sct = factories.member("sct")
    saved = save_search(by=sct, keeping=Keeping("Kem", Alert.NONE), asked=Asked("kem"))
    page = open_as(sct)
    page.goto(f"{LIST}{saved.pk}/")
    page.get_by_label("Khi có vụ việc mới phù hợp, báo cho bạn").select_option("weekly")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text("qua thư điện tử, mỗi tuần một lần")).to_be_visible()
