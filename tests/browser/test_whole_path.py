"""One report's whole way: a phone, Sở Công Thương, the police, the answer, the search, the bulletin."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.journeys import choose_kind, code_of, commune_input, go_on, name_seller, photo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STORY = "Tôi đặt mua kem dưỡng Sen Xanh qua livestream, nhận được hàng giả, da mặt bị bỏng rát."
PASSWORD = "demo-casemgr"  # nosec B105: invented for this test's own database
PEOPLE = {"sct@path.example": "sct", "congan@path.example": "congan"}
LIVE_MS = 15_000


@dataclass
class Desk:
    """A person of an agency with a page open."""

    page: Page

    def open_from_bell(self, title: str) -> str:
        """Open the newest notification of this title, once the relay has written it; the case's number."""
        row = self.page.locator("main button.inbox-row", has_text=title).first
        for _try in range(LIVE_MS // 1000):
            self.page.goto("/backoffice/inbox/")
            if row.count():
                break
            self.page.wait_for_timeout(1000)
        number = re.search(r"82-[0-9A-Z]{5}-[0-9A-Z]{5}", row.inner_text())
        assert number
        row.click()
        self.page.wait_for_url(f"**/cases/{number[0]}/")
        return number[0]

    def move(self, name: str, button: str, **texts: str) -> None:
        """Unfold the move, fill its fields by label and send it."""
        form = self.page.locator(f"details#{name}")
        if form.get_attribute("open") is None:
            form.locator("summary").click()
        for label, text in texts.items():
            form.get_by_label(label.replace("_", " ")).fill(text)
        with self.page.expect_navigation():
            form.get_by_role("button", name=button, exact=True).click()


def unread(page: Page) -> int:
    return int(page.locator("#bell-count").get_attribute("data-count") or 0)


def told_live(page: Page, before: int) -> None:
    """The bell counts one more without the page being touched."""
    expect(page.locator("#bell-count")).not_to_have_attribute("data-count", str(before), timeout=LIVE_MS)
    assert unread(page) > before


def found(page: Page, number: str) -> None:
    """The search page lists it, once the relay has written it."""
    row = page.locator("main", has_text=number)
    for _try in range(LIVE_MS // 1000):
        if row.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(row).to_be_visible()


@pytest.fixture
def desks(browser: Browser, site) -> Iterator[dict[str, Desk]]:
    site.run(
        "from tests import factories\n"
        "from agencies.models import Role, User\n"
        f"for email, code in {PEOPLE!r}.items():\n"
        f"    who = User.objects.create_user(email, {PASSWORD!r}, name='Cán bộ ' + code)\n"
        "    factories.member(code, Role.INTAKE, Role.HANDLER, Role.SUPERVISOR, Role.EDITOR, who=who)\n"
    )
    opened, contexts = {}, []
    for email, code in PEOPLE.items():
        context = browser.new_context(base_url=site.url, locale="vi-VN", viewport={"width": 1280, "height": 800})
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(email)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Đăng nhập", exact=True).click()
        page.wait_for_url("**/backoffice/**")
        opened[code] = Desk(page)
        contexts.append(context)
    yield opened
    for context in contexts:
        context.close()


def lodge(page: Page) -> str:
    """On a phone, with a photo; the tracking code."""
    choose_kind(page, "Tôi thấy hàng giả, hàng lậu")
    name_seller(page)
    page.wait_for_url("**/gui/noi-dung/")
    page.get_by_label("Chuyện gì đã xảy ra?").fill(STORY)
    page.locator("input[type=file]").set_input_files([photo()])
    expect(page.get_by_text("Đã nhận", exact=True)).to_have_count(1)
    go_on(page)
    page.wait_for_url("**/gui/lien-he/")
    commune_input(page).press_sequentially("cao lanh", delay=20)
    page.get_by_role("option", name="Phường Cao Lãnh").click()
    page.locator("input[name=identity][value=named]").check()
    page.get_by_label("Họ và tên").fill("Trần Thị Mẫu")
    page.get_by_label("Điện thoại").fill("0987654321")
    page.get_by_label("Tôi đồng ý để các cơ quan").check()
    go_on(page)
    page.wait_for_url("**/gui/kiem-tra/")
    page.get_by_role("button", name="Gửi phản ánh").click()
    return code_of(page)


def follow(page: Page, code: str) -> None:
    page.goto(f"/tra-cuu/#{code}")
    page.get_by_role("button", name="Xem phản ánh").click()
    page.wait_for_url("**/tra-cuu/ho-so/")


def test_one_reports_whole_way(page_360: Page, desks, axe):
    sct, police = desks["sct"], desks["congan"]
    before = unread(sct.page)
    code = lodge(page_360)
    told_live(sct.page, before)

    number = sct.open_from_bell("Phản ánh mới")
    expect(sct.page.get_by_text(STORY)).to_be_visible()
    expect(sct.page.locator("main")).not_to_contain_text("0987654321")
    axe(sct.page)
    sct.move("accept", "Thụ lý")
    before = unread(police.page)
    sct.page.locator("details#refer summary").click()
    sct.page.locator("#refer select[name=to]").select_option(label="Cơ quan congan")
    sct.page.locator("#refer textarea[name=reason]").fill("Có dấu hiệu tội phạm sản xuất, buôn bán hàng giả.")
    sct.page.locator("#refer .btn").last.click()
    expect(sct.page.get_by_role("heading", name="Cơ quan congan sẽ thấy những gì")).to_be_visible()
    axe(sct.page)
    sct.page.get_by_role("button", name="Gửi đề nghị chuyển").click()
    expect(sct.page.locator("main")).to_contain_text("Đang chuyển")
    told_live(police.page, before)

    before = unread(sct.page)
    assert police.open_from_bell("Có vụ việc đề nghị chuyển đến") == number
    expect(police.page.locator("main")).to_contain_text("Có dấu hiệu tội phạm")
    police.move("take_referral", "Nhận vụ việc")
    told_live(sct.page, before)
    sct.page.goto(f"/backoffice/cases/{number}/")
    expect(sct.page.locator("main")).not_to_contain_text(STORY)

    police.page.locator("details#assign summary").click()
    handler = police.page.locator("#assign select[name=handler]")
    handler.select_option(handler.locator("option", has_text="Cán bộ congan").get_attribute("value"))
    police.page.locator("#assign .btn").last.click()
    expect(police.page.locator("main")).to_contain_text("Đang xác minh")
    police.page.locator("details#resolve summary").click()
    police.page.locator("#resolve select[name=outcome]").select_option("goods_seized")
    police.page.locator("#resolve textarea[name=goods]").fill("Kem dưỡng giả; 120; hộp")
    police.page.locator("#resolve textarea[name=answer]").fill("Đã tạm giữ 120 hộp kem giả. Cảm ơn bạn đã báo tin.")
    police.page.locator("#resolve .btn").last.click()
    expect(police.page.locator("main")).to_contain_text("Đã giải quyết")
    axe(police.page)

    follow(page_360, code)
    expect(page_360.locator("main")).to_contain_text("Đã tạm giữ 120 hộp kem giả")
    expect(page_360.locator("main")).not_to_contain_text("Có dấu hiệu tội phạm")
    axe(page_360)

    police.page.keyboard.press("/")
    police.page.keyboard.type("kem duong sen xanh hang gia")
    police.page.keyboard.press("Enter")
    police.page.wait_for_url("**/backoffice/search/?**")
    found(police.page, number)
    axe(police.page)

    sct.page.goto("/backoffice/bulletins/")
    sct.page.get_by_role("link", name="Bắt đầu bản tin").click()
    sct.page.get_by_label("khẩn, bất kỳ lúc nào").check()
    sct.page.locator("input[name=day]").fill("03/11/2026")
    sct.page.get_by_role("button", name="Bắt đầu", exact=True).click()
    expect(sct.page.locator("#preview h3").first).to_be_visible()
    axe(sct.page)
