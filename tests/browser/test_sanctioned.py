"""A counterfeit sanctioned by market surveillance: referred, proposed, confirmed by a second person, read by the citizen."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_whole_path import PASSWORD, Desk, follow, lodge

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PEOPLE = {
    "intake@qltt-path.example": ("sct", "INTAKE", "SUPERVISOR"),
    "doi@qltt-path.example": ("qltt", "INTAKE", "HANDLER"),
    "truong@qltt-path.example": ("qltt", "SUPERVISOR",),
}  # fmt: skip
ANSWER = "Đội Quản lý thị trường đã kiểm tra cửa hàng: kem là hàng giả. Cửa hàng bị xử phạt, hàng bị tiêu hủy."


@pytest.fixture
def desks(browser: Browser, site) -> Iterator[dict[str, Desk]]:
    site.run(
        "from tests import factories\n"
        "from agencies.models import Agency, Role, User\n"
        f"for email, (code, *roles) in {PEOPLE!r}.items():\n"
        f"    who = User.objects.create_user(email, {PASSWORD!r}, name='Cán bộ ' + email.split('@')[0])\n"
        "    factories.member(code, *[Role[role] for role in roles], who=who)\n"
        "Agency.objects.filter(code='qltt').update(requires_two_persons=True, name='Chi cục Quản lý thị trường')\n"
    )
    opened, contexts = {}, []
    for email in PEOPLE:
        context = browser.new_context(base_url=site.url, locale="vi-VN", viewport={"width": 1280, "height": 900})
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.goto("/accounts/login/")
        page.locator("input[name=login]").fill(email)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Đăng nhập", exact=True).click()
        page.wait_for_url("**/backoffice/**")
        opened[email.split("@")[0]] = Desk(page)
        contexts.append(context)
    yield opened
    for context in contexts:
        context.close()


def look(page: Page, name: str) -> None:
    """A picture at both widths, for whoever asks for them with LOOK=folder."""
    if folder := os.environ.get("LOOK"):
        for width in (360, 1280):
            size = page.viewport_size
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
            page.set_viewport_size(size)


def test_a_counterfeit_is_sanctioned_by_two_persons(page_360: Page, desks, axe):
    sct, team, head = desks["intake"], desks["doi"], desks["truong"]
    code = lodge(page_360)
    number = sct.open_from_bell("Phản ánh mới")
    sct.page.locator("details#refer summary").click()
    sct.page.locator("#refer select[name=to]").select_option(label="Chi cục Quản lý thị trường")
    sct.page.locator("#refer textarea[name=reason]").fill("Hàng giả, thuộc thẩm quyền quản lý thị trường.")
    sct.page.locator("#refer .btn").last.click()
    with sct.page.expect_navigation():
        sct.page.get_by_role("button", name="Gửi đề nghị chuyển").click()

    assert team.open_from_bell("Có vụ việc đề nghị chuyển đến") == number
    team.move("take_referral", "Nhận vụ việc")
    expect(team.page.locator("details#assign")).to_be_visible()
    team.page.locator("details#assign summary").click()
    with team.page.expect_navigation():
        team.page.locator("#assign .btn").last.click()

    team.page.goto(f"/backoffice/cases/{number}/moves/propose_resolution/")
    form = team.page.locator("form[data-draft]").last
    expect(form.get_by_text("Hàng hóa bị tạm giữ")).to_have_count(0)
    form.locator("select[name=outcome]").select_option("sanctioned")
    expect(form.locator("fieldset[data-outcomes]:visible")).to_have_count(5)
    form.locator("input[name=decision_number]").fill("15/QĐ-XPHC")
    form.locator("input[name=decision_date]").fill("05/11/2025")
    form.locator("input[name=sanctioned_party]").fill("Hộ kinh doanh Hoa Súng")
    form.locator("input[name=sanction_amount]").fill("30000000")
    form.get_by_label("Tiêu hủy hàng hóa").check()
    form.locator("textarea[name=goods]").fill("Kem dưỡng giả; 120; hộp; 24.000.000")
    form.locator("textarea[name=answer]").fill(ANSWER)
    form.get_by_role("button", name="Xem nội dung người gửi sẽ đọc").click()
    expect(team.page.locator("#error-summary")).to_contain_text("Hành vi và điều khoản")
    look(team.page, "refused")
    axe(team.page)
    team.page.locator("textarea[name=legal_basis]").fill("Buôn bán hàng giả (NĐ 98/2020/NĐ-CP Điều 9)")
    team.page.get_by_role("button", name="Xem nội dung người gửi sẽ đọc").click()
    preview = team.page.locator(".outcome-preview-page")
    expect(preview).to_contain_text("15/QĐ-XPHC, 05/11/2025, Chi cục Quản lý thị trường")
    expect(preview).not_to_contain_text("Hoa Súng")
    read_before = preview.locator("ul li").all_inner_texts()
    look(team.page, "preview")
    axe(team.page)
    team.page.get_by_role("button", name="Trình đề xuất kết quả", exact=True).click()
    expect(team.page.locator("main")).to_contain_text("chờ phê duyệt")

    follow(page_360, code)
    expect(page_360.locator("main")).not_to_contain_text("xử phạt")

    assert head.open_from_bell("Có đề xuất giải quyết chờ bạn phê duyệt") == number
    expect(head.page.locator(".outcome-proposal")).to_contain_text("Hộ kinh doanh Hoa Súng")
    look(head.page, "proposal")
    axe(head.page)
    head.move("confirm_resolution", "Duyệt kết quả")
    expect(head.page.locator("main")).to_contain_text("Đã giải quyết")
    look(head.page, "confirmed")
    assert team.open_from_bell("Vụ việc của bạn đã được giải quyết") == number

    follow(page_360, code)
    answer = page_360.locator(".panel-outcome")
    expect(answer).to_contain_text(ANSWER)
    expect(answer).to_contain_text("30.000.000 đ")
    assert answer.locator("ul li").all_inner_texts() == read_before, "what was previewed is what is read"
    look(page_360, "citizen")
    axe(page_360)
