"""A letter in real browsers: accessible at both widths, by keyboard, and without JavaScript."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from agencies.actors import Member
from tests import factories
from tests.backoffice.conftest import sign_in
from tests.factories import journeys
from tests.factories import letters as write
from workflows.models import Case, Letter, LetterKind

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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


def letters_url(case: Case) -> str:
    return f"/backoffice/cases/{case.number}/letters/"


def sound(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, page.url


@pytest.mark.parametrize("width", [360, 1280])
def test_an_official_letter_from_choice_to_number(open_as, width):
    sct = factories.member("sct")
    case = journeys.accepted(sct).case
    write.template(sct.agency, LetterKind.OFFICIAL, name="Công văn trả lời")
    page = open_as(sct, width=width)
    page.goto(letters_url(case))
    sound(page)
    page.get_by_role("button", name="Công văn trả lời").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Chức vụ người ký").fill("Giám đốc")
    page.get_by_label("Họ tên người ký").fill("Lê Văn An")
    sound(page)
    with page.expect_download() as draft:
        page.get_by_role("button", name="Xem trước PDF").click()
    assert draft.value.suggested_filename.endswith("-du-thao.pdf")
    page.get_by_role("button", name="Xem trước", exact=True).click()
    expect(page.get_by_role("heading", name="Gửi thư này?")).to_be_visible()
    sound(page)
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.get_by_role("link", name="Công văn 01/SCT-BVNTD")).to_be_visible()
    sound(page)
    page.get_by_role("link", name="Công văn 01/SCT-BVNTD").click()
    expect(page.get_by_role("status").filter(has_text="PDF")).to_be_visible()
    sound(page)


def test_a_quick_reply_without_javascript(open_as):
    sct = factories.member("sct")
    case = journeys.accepted(sct).case
    write.template(sct.agency, LetterKind.QUICK, name="Đã nhận")
    page = open_as(sct, width=360, java_script=False)
    page.goto(letters_url(case))
    page.get_by_role("button", name="Đã nhận").click()
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_role("button", name="Sửa nội dung").click()
    page.get_by_label("Nội dung").fill("Chúng tôi đã nhận.")
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.get_by_role("link", name="Đã nhận")).to_be_visible()
    assert Letter.objects.get().remark.text == "Chúng tôi đã nhận."
