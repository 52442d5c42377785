"""A periodic report in a real browser: filled in, sent, sent back, sent again, put together."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from agencies.actors import Member
from agencies.models import Role
from events import clock
from tests import factories
from tests.backoffice.conftest import sign_in
from tests.factories import reports

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_as(browser, live_server) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []

    def opened(member: Member, width: int) -> Page:
        context = browser.new_context(
            locale="vi-VN", viewport={"width": width, "height": 900}, base_url=live_server.url
        )
        context.set_default_timeout(15_000)
        cookie = sign_in(member).cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def sound(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, page.url


def test_filled_in_sent_back_and_put_together(open_as):
    lead, supervisor = reports.lead(), factories.member("qltt", Role.SUPERVISOR)
    with clock.frozen(reports.OPENED):
        report = reports.opened(lead)
    address = f"/backoffice/reports/units/{reports.questionnaire(report).pk}/"
    unit = open_as(supervisor, 360)
    unit.goto("/backoffice/reports/")
    sound(unit)
    unit.get_by_role("link", name="Kết quả thực hiện kế hoạch").click()
    unit.get_by_label("Người được tập huấn").fill("1.250")
    unit.get_by_label("Kết quả thực hiện", exact=True).fill("Đã tập huấn tại ba chợ. " + "dài" * 600)
    expect(unit.locator("[data-draft-saved]")).to_be_visible()
    unit.reload()
    expect(unit.get_by_label("Người được tập huấn")).to_have_value("1.250")
    sound(unit)
    unit.get_by_role("button", name="Nộp báo cáo").click()
    expect(unit.get_by_text("Biểu báo cáo đã bị khóa")).to_be_visible()
    sound(unit)

    desk = open_as(lead, 1280)
    desk.goto(f"/backoffice/reports/{report.pk}/")
    sound(desk)
    desk.get_by_role("link", name="Cơ quan qltt").click()
    desk.get_by_label("Nội dung cần sửa").fill("Thiếu số của tháng 10.")
    sound(desk)
    desk.get_by_role("button", name="Trả lại").click()
    expect(desk.get_by_text("Đơn vị được thông báo và có thể sửa")).to_be_visible()

    unit.goto(address)
    expect(unit.get_by_text("Thiếu số của tháng 10.")).to_be_visible()
    unit.get_by_label("Người được tập huấn").fill("1300")
    unit.get_by_role("button", name="Nộp báo cáo").click()
    expect(unit.get_by_text("1.300")).to_be_visible()

    desk.goto(f"/backoffice/reports/{report.pk}/whole/")
    expect(desk.get_by_role("row", name="Người được tập huấn")).to_contain_text("1.300")
    sound(desk)
    desk.set_viewport_size({"width": 360, "height": 900})
    sound(desk)
    desk.goto("/backoffice/reports/open/")
    sound(desk)
