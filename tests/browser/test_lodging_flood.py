"""While many wrong codes are tried everyone pays for a try: by computing, or by waiting. On a server of its own."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from casemgr.public.cost import FREE_FAILURES, WAIT_SECONDS
from tests.browser.sites import Site, served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory, "flooded") as site:
        yield site


@pytest.fixture(scope="module")
def code(site: Site) -> str:
    return site.run("from tests import factories; print(factories.lodge().code)").strip().splitlines()[-1]


def flood(page: Page) -> None:
    page.goto("/tra-cuu/")
    token = page.locator("[data-code-form] [name=csrfmiddlewaretoken]").get_attribute("value") or ""
    for _ in range(FREE_FAILURES):
        page.request.post("/tra-cuu/", form={"code": "0" * 26, "csrfmiddlewaretoken": token})
    page.goto("/tra-cuu/")


def show_report(page: Page) -> None:
    page.get_by_role("button", name="Xem phản ánh").click()


def test_the_browser_computes_by_itself(page_360, axe, code):
    flood(page_360)
    axe(page_360)
    page_360.get_by_label("Mã tra cứu").fill(code)
    expect(page_360.locator("input[name=altcha]")).to_have_value(re.compile("^ey"), timeout=30_000)
    show_report(page_360)
    page_360.wait_for_url("**/tra-cuu/ho-so/")


def test_without_javascript_one_waits_and_loses_no_code(page_nojs, code):
    flood(page_nojs)
    page_nojs.get_by_label("Mã tra cứu").fill(code)
    show_report(page_nojs)
    expect(page_nojs.get_by_text("đếm đến mười")).to_be_visible()
    expect(page_nojs.get_by_label("Mã tra cứu")).to_have_value(code)
    page_nojs.wait_for_timeout((WAIT_SECONDS + 1) * 1000)
    show_report(page_nojs)
    page_nojs.wait_for_url("**/tra-cuu/ho-so/")
