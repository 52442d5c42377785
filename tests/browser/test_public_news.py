"""The citizen's page says that there is something new, and keeps what is being typed."""

import pytest
from django.http import HttpResponse
from playwright.sync_api import expect

from casemgr.public import following
from tests import factories
from tests.browser.test_live import server
from tests.factories import journeys
from workflows.services.correspondence import ask_complainant

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["server"]
TYPED = "Tôi gửi thêm ảnh hóa đơn."


@pytest.mark.parametrize("width", [360, 1280])
def test_something_new_is_said_and_nothing_typed_is_lost(browser, server, width):
    sct = factories.member("sct")
    case = journeys.accepted(sct).case
    url, answer = f"http://127.0.0.1:{server.port}", HttpResponse()
    following.remember(answer, case.complaint_id)
    cookie = {"name": following.COOKIE, "value": answer.cookies[following.COOKIE].value, "url": f"{url}/tra-cuu/"}
    context = browser.new_context(locale="vi-VN", base_url=url, viewport={"width": width, "height": 800})
    context.add_cookies([cookie])
    page = context.new_page()
    page.clock.install()
    page.goto("/tra-cuu/ho-so/")
    page.locator("#supplement summary").click()
    page.locator("#supplement textarea").fill(TYPED)
    with page.expect_response("**/tin-moi/") as first:
        page.clock.run_for(30_000)
    assert first.value.status == 304
    ask_complainant(case_id=case.pk, by=sct, version=case.version, question="Chị còn giữ hóa đơn không ạ?")
    with page.expect_response("**/tin-moi/") as second:
        page.clock.run_for(60_000)
    assert second.value.status == 204
    expect(page.locator("[data-news]")).to_contain_text("Có thông tin mới")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    expect(page.locator("#supplement textarea")).to_have_value(TYPED)
    page.get_by_role("link", name="Tải lại").click()
    expect(page.get_by_text("Chị còn giữ hóa đơn không ạ?").first).to_be_visible()
    expect(page.locator("[data-news]")).to_be_hidden()
    context.close()
