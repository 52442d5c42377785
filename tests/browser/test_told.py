"""Warnings and bulletins on a cheap phone and a wide screen, without JavaScript."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.test_live import server
from tests.bulletins.conftest import (  # noqa: F401 - fixtures
    approver,
    committed_october,
    editor,
    in_november,
    published,
    signing_key,
    trial_key,
    written,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["server"]


def test_from_the_first_page_to_the_signed_file(browser, server, committed_october, editor, approver, signing_key):  # noqa: F811
    with in_november():
        version = published(written(committed_october, editor), editor, approver)
    url = f"http://127.0.0.1:{server.port}"
    for width in (360, 1280):
        context = browser.new_context(
            locale="vi-VN", base_url=url, viewport={"width": width, "height": 800}, java_script_enabled=False
        )
        page = context.new_page()
        page.goto("/")
        page.get_by_role("link", name="Cảnh báo", exact=True).click()
        page.get_by_label("Từ cần tìm").fill("kem trang")
        page.get_by_role("button", name="Xem").click()
        page.get_by_role("link", name="Kem Trắng Da không rõ nguồn gốc").click()
        expect(page.get_by_role("heading", name="Người tiêu dùng cần")).to_be_visible()
        page.get_by_role("link", name="01/TB-SCT").click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("link", name="Tải tệp PDF").click()
        assert download.value.suggested_filename.endswith("TB-SCT.pdf")
        context.close()
        _look(browser, url, width, version.bulletin_id)


def _look(browser, url: str, width: int, bulletin: int) -> None:
    """Axe needs a script of its own."""
    context = browser.new_context(locale="vi-VN", base_url=url, viewport={"width": width, "height": 800})
    page = context.new_page()
    for path in ("/canh-bao/", "/canh-bao/nhung/", f"/ban-tin/{bulletin}/", "/du-lieu-mo/"):
        page.goto(path)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        # A long label has its room: what sticks out of a cell stands in the next one.
        cells = (
            "[...document.querySelectorAll('td[data-label]')].filter(cell => cell.scrollHeight > cell.clientHeight + 1)"
        )
        assert page.evaluate(f"{cells}.map(cell => cell.dataset.label)") == []
        if width == 360:
            # A choice of long words has the whole width of a phone, no button beside it.
            narrow = "[...document.querySelectorAll('.told-search select')].filter(one => one.offsetWidth < one.form.clientWidth)"
            assert page.evaluate(f"{narrow}.map(one => one.name)") == []
    context.close()
