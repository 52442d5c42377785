"""Transfers as people make them: fraud an hour old, a commune's report returned once, a case to another province."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.journeys import choose_kind, code_of, commune_input, go_on, name_scammer
from tests.browser.test_whole_path import PASSWORD, Desk, follow
from workflows.deadlines import HANOI

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PEOPLE = {
    "sct@transfers.example": "sct", "congan@transfers.example": "congan", "qltt@transfers.example": "qltt",
    "hoi@transfers.example": "hoi", "xa@transfers.example": "xa-transfers", "vl@transfers.example": "sct86",
}  # fmt: skip
STORY = "Họ giả làm ngân hàng, bảo tôi chuyển khoản để mở khóa tài khoản rồi chặn liên lạc."
NOTE = "Ghi chú chung không gửi kèm."


@pytest.fixture(scope="module")
def desks(browser: Browser, site) -> Iterator[dict[str, Desk]]:
    site.run(
        "from tests import factories\n"
        "from agencies.models import Agency, User\n"
        "factories.agency('xa-transfers', name='Ủy ban nhân dân xã Sen', assisted_intake_only=True)\n"
        "factories.agency('sct86', name='Sở Công Thương Vĩnh Long').provinces.set([factories.province('86', 'Vĩnh Long')])\n"
        f"for email, code in {PEOPLE!r}.items():\n"
        f"    who = User.objects.create_user(email, {PASSWORD!r}, name='Viên chức ' + code)\n"
        "    factories.member(code, who=who)\n"
        "Agency.objects.filter(code='sct').update(phone='0277 385 1111')\n"
    )
    opened, contexts = {}, []
    for email, code in PEOPLE.items():
        context = browser.new_context(base_url=site.url, locale="vi-VN", viewport={"width": 1280, "height": 900})
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


def look(page: Page, name: str) -> None:
    """A picture at both widths, for whoever asks for them with LOOK=folder."""
    if folder := os.environ.get("LOOK"):
        for width in (360, 1280):
            size = page.viewport_size
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
            page.set_viewport_size(size)


def fraud(page: Page) -> str:
    """Money left an hour ago; the tracking code."""
    moved = datetime.now(HANOI) - timedelta(hours=1)
    choose_kind(page, "Tôi bị lừa mất tiền", money_moved="Có")
    page.wait_for_url("**/gui/khan-cap/")
    page.get_by_role("link", name="Tôi đã gọi, điền tiếp").click()
    name_scammer(page)
    page.wait_for_url("**/gui/noi-dung/")
    page.get_by_label("Chuyện gì đã xảy ra?").fill(STORY)
    page.get_by_label("Bạn mất bao nhiêu tiền?").fill("45.000.000")
    page.locator("input[name=moved_on]").fill(f"{moved:%d/%m/%Y}")
    page.locator("input[name=moved_time]").fill(f"{moved:%H:%M}")
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


def refer(desk: Desk, to: str, reason: str, **more: str) -> Page:
    """Up to the preview."""
    page = desk.page
    page.locator("details#refer summary").click()
    page.locator("#refer select[name=to]").select_option(label=to)
    page.locator("#refer textarea[name=reason]").fill(reason)
    for name, text in more.items():
        page.locator(f"#refer [name={name}]").fill(text)
    page.locator("#refer .btn").last.click()
    expect(page.get_by_role("heading", name=f"{to} sẽ thấy những gì")).to_be_visible()
    return page


def offer(page: Page) -> None:
    page.get_by_role("button", name="Gửi đề nghị chuyển").click()
    expect(page.locator("main")).to_contain_text("Đang chuyển")


def test_fraud_an_hour_old_is_with_the_police_at_once(page_360: Page, desks, axe):
    code = fraud(page_360)
    police, sct = desks["congan"], desks["sct"]
    number = police.open_from_bell("Có vụ việc đề nghị chuyển đến")
    main = police.page.locator("main")
    expect(main).to_contain_text("Khẩn: gọi điện trước")
    expect(main).to_contain_text("0277 385 1111")
    expect(police.page.locator(".fast-lane").first).to_contain_text("19036123456789")
    expect(police.page.locator(".fast-lane").first).to_contain_text("45.000.000")
    axe(police.page)
    look(police.page, "fraud-police")

    sct.page.goto(f"/backoffice/cases/{number}/")
    now = datetime.now(HANOI)
    form = sct.page.locator("details#call")
    form.locator("summary").click()
    form.get_by_label("Đã gọi điện cho").fill("Đại úy Lê Văn B, trực ban")
    form.get_by_label("Ngày gọi").fill(f"{now:%d/%m/%Y}")
    form.get_by_label("Giờ gọi").fill(f"{now:%H:%M}")
    form.locator("textarea[name=agreed]").fill("Nhận ngay, đề nghị ngân hàng tạm dừng giao dịch.")
    form.get_by_role("button", name="Lưu cuộc gọi").click()
    expect(sct.page.locator("main")).to_contain_text("Đại úy Lê Văn B")
    sct.page.locator("details#sheet summary").click()
    sct.page.locator("details#sheet .btn").last.click()
    expect(sct.page.locator("main")).to_contain_text("/PC-SCT")
    axe(sct.page)
    look(sct.page, "fraud-sct")

    police.page.reload()
    expect(main).to_contain_text("đề nghị ngân hàng tạm dừng giao dịch")
    police.move("take_referral", "Nhận vụ việc")
    expect(main).to_contain_text("Đã thụ lý")
    assert "/receipts/" in sct.page.goto(f"/backoffice/cases/{number}/").url
    sct.page.goto("/backoffice/?tab=receipts")
    sct.page.get_by_role("link", name=number).click()
    expect(sct.page.locator("main")).to_contain_text("Cơ quan congan đã nhận vụ việc")
    expect(sct.page.locator("main")).not_to_contain_text(STORY)
    axe(sct.page)
    look(sct.page, "receipt")
    follow(page_360, code)
    expect(page_360.locator("main")).to_contain_text("Cơ quan congan")


def lodged_at_the_counter(desk: Desk) -> str:
    page = desk.page
    page.goto("/backoffice/assisted/")
    page.locator("input[name=origin][value=counter]").check()
    page.locator("input[name=kind][value=consumer]").check()
    page.locator("textarea[name=narrative]").fill(
        "Bà con mua máy lọc nước, dùng một tuần thì hỏng, cửa hàng không đổi."
    )
    page.locator("input[name=seller_name]").fill("Cửa hàng Nước Sạch")
    page.locator("input[name=identity][value=named]").check()
    page.locator("input[name=person_name]").fill("Lê Thị Ví")
    page.locator("input[name=person_phone]").fill("0987654321")
    page.locator("input[name=consent]").check()
    with page.expect_navigation():
        page.locator("form[data-draft] button.btn-primary").last.click()
    page.goto("/backoffice/")
    number = page.locator("[data-row-link]").first.inner_text()
    assert number.startswith("82-")
    return number


def test_a_communes_report_is_returned_once_and_then_taken(desks, axe):
    commune, sct, market, association = (desks[code] for code in ("xa-transfers", "sct", "qltt", "hoi"))
    number = lodged_at_the_counter(commune)
    sct.page.goto(f"/backoffice/cases/{number}/")
    sct.move("accept", "Thụ lý")
    note = sct.page.locator("details#note")
    note.locator("summary").click()
    note.locator("textarea").fill(NOTE)
    note.locator("input[value=shared]").check()
    with sct.page.expect_navigation():
        note.locator(".btn").last.click()

    page = sct.page
    page.locator("details#refer summary").click()
    page.locator("#refer select[name=to]").select_option(label="Cơ quan qltt")
    page.locator("#refer textarea[name=reason]").fill("Hàng không rõ nguồn gốc.")
    page.locator("#refer input[name=shares_notes]").uncheck()
    look(page, "refer-form")
    page.locator("#refer .btn").last.click()
    expect(page.get_by_role("heading", name="Cơ quan qltt sẽ thấy những gì")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(NOTE)
    expect(page.locator("main")).not_to_contain_text("0987654321")
    axe(page)
    look(page, "preview")
    offer(page)

    assert market.open_from_bell("Có vụ việc đề nghị chuyển đến") == number
    expect(market.page.locator("main")).not_to_contain_text(NOTE)
    market.move("return_referral", "Trả lại cơ quan chuyển", Lý_do="Có hóa đơn, thuộc tranh chấp tiêu dùng.")
    assert market.page.goto(f"/backoffice/cases/{number}/").status == 404

    sct.page.goto(f"/backoffice/cases/{number}/")
    expect(sct.page.locator("main")).to_contain_text("Có hóa đơn, thuộc tranh chấp tiêu dùng.")
    offer(refer(sct, "Cơ quan hoi", "Hội hỗ trợ thương lượng."))
    assert association.open_from_bell("Có vụ việc đề nghị chuyển đến") == number
    association.move("take_referral", "Nhận vụ việc")

    commune.page.goto(f"/backoffice/cases/{number}/")
    expect(commune.page.locator("main")).to_contain_text("Cơ quan hoi")
    expect(commune.page.locator("main")).not_to_contain_text(NOTE)
    expect(commune.page.locator("details#take_referral, details#refer")).to_have_count(0)
    axe(commune.page)


def test_a_case_goes_to_another_province_and_keeps_its_number(desks, axe, site):
    sct, other = desks["sct"], desks["sct86"]
    number = site.run(
        "from tests import factories; from agencies.models import Agency\n"
        "print(factories.lodge(narrative='Cửa hàng ở Vĩnh Long giao sai hàng.').case_number)"
    ).strip().splitlines()[-1]  # fmt: skip
    sct.page.goto(f"/backoffice/cases/{number}/")
    sct.move("accept", "Thụ lý")
    sct.page.locator("details#refer summary").click()
    sct.page.locator("#refer select[name=to]").select_option(label="Sở Công Thương Vĩnh Long")
    sct.page.locator("#refer textarea[name=reason]").fill("Người bán ở Vĩnh Long.")
    with sct.page.expect_navigation():
        sct.page.locator("#refer .btn").last.click()
    expect(sct.page.locator("#error-summary")).to_contain_text("phụ trách tỉnh khác")
    sct.page.locator("#refer-explanation").fill("Cửa hàng có trụ sở tại Vĩnh Long.")
    sct.page.locator("form:has(#refer-explanation) .btn-primary").click()
    expect(sct.page.get_by_role("heading", name="Sở Công Thương Vĩnh Long sẽ thấy những gì")).to_be_visible()
    axe(sct.page)
    look(sct.page, "province-preview")
    offer(sct.page)
    assert other.open_from_bell("Có vụ việc đề nghị chuyển đến") == number
    expect(other.page.locator("main")).to_contain_text("Cửa hàng có trụ sở tại Vĩnh Long.")
    other.move("take_referral", "Nhận vụ việc")
    expect(other.page.locator("main")).to_contain_text("Đã thụ lý")
    where = f"from workflows.models import Case; print(Case.objects.get(number='{number}').province_id)"
    assert site.run(where).strip().splitlines()[-1] == "86"
    assert "/receipts/" in sct.page.goto(f"/backoffice/cases/{number}/").url
