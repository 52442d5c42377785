"""The same way with JavaScript off: plain forms, plain files, a place chosen from an answer page."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.journeys import STORY, choose_kind, code_of, commune_input, go_on, name_seller, photo, tell

pytestmark = pytest.mark.browser


def test_an_anonymous_report_from_the_first_page_to_the_tracking_page(page_nojs: Page):
    page_nojs.goto("/")
    page_nojs.get_by_role("link", name="Hàng giả, hàng lậu").click()
    expect(page_nojs.get_by_label("Tôi thấy hàng giả, hàng lậu")).to_be_checked()
    page_nojs.get_by_label("Không", exact=True).check()
    go_on(page_nojs)
    name_seller(page_nojs)
    tell(page_nojs)
    page_nojs.locator("input[type=file]").set_input_files([photo("mot.jpg", (300, 200)), photo("hai.jpg", (301, 200))])
    go_on(page_nojs)
    page_nojs.wait_for_url("**/gui/lien-he/")
    commune_input(page_nojs).fill("cao")
    page_nojs.get_by_label("Không, tôi muốn ẩn danh").check()
    page_nojs.get_by_label("Tôi đồng ý để các cơ quan").check()
    go_on(page_nojs)
    page_nojs.get_by_label("Phường Cao Lãnh", exact=True).check()
    go_on(page_nojs)
    page_nojs.wait_for_url("**/gui/kiem-tra/")
    expect(page_nojs.get_by_text("mot.jpg")).to_be_visible()
    page_nojs.get_by_role("button", name="Gửi phản ánh").click()
    code = code_of(page_nojs)
    page_nojs.goto("/tra-cuu/")
    page_nojs.get_by_label("Mã tra cứu").fill(code.lower())
    page_nojs.get_by_role("button", name="Xem phản ánh").click()
    page_nojs.wait_for_url("**/tra-cuu/ho-so/")
    expect(page_nojs.get_by_text(STORY)).to_be_visible()


def test_going_back_over_a_corrected_mistake_and_over_the_receipt(page_nojs: Page):
    choose_kind(page_nojs)
    go_on(page_nojs)
    expect(page_nojs.locator(".field-invalid")).to_have_count(1)
    page_nojs.get_by_label("Tên người bán, cửa hàng hoặc trang bán").fill("Shop Hoa Súng")
    go_on(page_nojs)
    page_nojs.wait_for_url("**/gui/noi-dung/")
    page_nojs.go_back()
    expect(page_nojs.get_by_label("Tên người bán, cửa hàng hoặc trang bán")).to_have_value("Shop Hoa Súng")
    go_on(page_nojs)
    tell(page_nojs)
    go_on(page_nojs)
    page_nojs.get_by_label("Họ và tên").fill("Trần Thị Mẫu")
    page_nojs.get_by_label("Điện thoại").fill("0987654321")
    page_nojs.get_by_label("Tôi đồng ý để các cơ quan").check()
    go_on(page_nojs)
    page_nojs.get_by_role("button", name="Gửi phản ánh").click()
    code = code_of(page_nojs)
    page_nojs.get_by_role("button", name="Theo dõi phản ánh").click()
    page_nojs.wait_for_url("**/tra-cuu/ho-so/")
    expect(page_nojs.get_by_text(STORY)).to_be_visible()
    page_nojs.go_back()
    assert code_of(page_nojs) == code
    page_nojs.go_back()
    assert code_of(page_nojs) == code


def test_a_file_is_removed_by_a_plain_button_and_the_text_stays(page_nojs: Page):
    choose_kind(page_nojs)
    name_seller(page_nojs)
    tell(page_nojs)
    page_nojs.locator("input[type=file]").set_input_files([photo("mot.jpg", (300, 200))])
    page_nojs.get_by_label("Bạn mất bao nhiêu tiền?").fill("-5")
    go_on(page_nojs)
    expect(page_nojs.locator(".field-invalid")).to_have_count(1)
    page_nojs.get_by_label("Chuyện gì đã xảy ra?").fill("Kể lại từ đầu.")
    page_nojs.get_by_role("button", name="mot.jpg").click()
    expect(page_nojs.get_by_text("mot.jpg")).to_have_count(0)
    expect(page_nojs.get_by_label("Chuyện gì đã xảy ra?")).to_have_value("Kể lại từ đầu.")


def test_enter_in_a_field_goes_on_and_removes_no_file(page_nojs: Page):
    choose_kind(page_nojs)
    name_seller(page_nojs)
    tell(page_nojs)
    page_nojs.locator("input[type=file]").set_input_files([photo("mot.jpg", (300, 200))])
    go_on(page_nojs)
    page_nojs.wait_for_url("**/gui/lien-he/")
    page_nojs.goto("/gui/noi-dung/")
    page_nojs.get_by_label("Chuyện xảy ra khi nào?").press("Enter")
    page_nojs.wait_for_url("**/gui/lien-he/")
    page_nojs.goto("/gui/noi-dung/")
    expect(page_nojs.get_by_text("mot.jpg").first).to_be_visible()
