"""A citizen with a phone: real files, a lost network, a reload, and the QR of the receipt."""

import re

import pytest
import segno
from playwright.sync_api import Page, expect

from tests.browser.journeys import (
    STORY,
    choose_kind,
    code_of,
    commune_input,
    go_on,
    name_scammer,
    name_seller,
    photo,
    tell,
)

pytestmark = pytest.mark.browser


def upload(page: Page, *files: dict) -> None:
    page.locator("input[type=file]").set_input_files(list(files))
    expect(page.get_by_text("Đã nhận", exact=True)).to_have_count(len(files))


def give_contact(page: Page) -> None:
    page.wait_for_url("**/gui/lien-he/")
    commune_input(page).press_sequentially("cao lanh", delay=20)
    page.get_by_role("option", name="Phường Cao Lãnh").click()
    page.get_by_label("Họ và tên").fill("Trần Thị Mẫu")
    page.get_by_label("Điện thoại").fill("0987654321")
    page.get_by_label("Tôi đồng ý để các cơ quan").check()
    go_on(page)
    page.wait_for_url("**/gui/kiem-tra/")


def send(page: Page) -> str:
    page.get_by_role("button", name="Gửi phản ánh").click()
    return code_of(page)


def lodge(page: Page) -> str:
    choose_kind(page)
    name_seller(page)
    tell(page)
    go_on(page)
    give_contact(page)
    return send(page)


@pytest.mark.parametrize("width", ["page_360", "page_1280"])
def test_the_whole_way_with_files(request, axe, width):
    page: Page = request.getfixturevalue(width)
    for path in ("/", "/khan-cap/", "/quyen-rieng-tu/", "/dang-ky-nhan-tin/", "/tra-cuu/", "/gui/"):
        page.goto(path)
        axe(page)
    go_on(page)
    expect(page.get_by_role("alert")).to_be_visible()
    axe(page)
    choose_kind(page)
    page.wait_for_url("**/gui/nguoi-ban/")
    axe(page)
    go_on(page)
    expect(page.locator(".field-invalid")).to_have_count(1)
    axe(page)
    name_seller(page)
    tell(page)
    page.get_by_label("Bạn mất bao nhiêu tiền?").fill("1500000")
    upload(page, photo(), photo("hop.jpg", (400, 300)))
    axe(page)
    go_on(page)
    page.wait_for_url("**/gui/lien-he/")
    axe(page)
    give_contact(page)
    expect(page.get_by_text("Phường Cao Lãnh")).to_be_visible()
    expect(page.get_by_text("hoa-don.jpg")).to_be_visible()
    expect(page.get_by_text("1.500.000 đ", exact=True)).to_have_count(2)
    axe(page)
    code = send(page)
    axe(page)
    page.goto(f"/tra-cuu/#{code}")
    expect(page.get_by_label("Mã tra cứu")).to_have_value(code)
    assert code not in page.url
    axe(page)
    page.get_by_role("button", name="Xem phản ánh").click()
    page.wait_for_url("**/tra-cuu/ho-so/")
    expect(page.get_by_text("hoa-don.jpg")).to_be_visible()
    axe(page)
    page.get_by_text("Bổ sung thông tin, tệp").click()
    page.get_by_label("Điều bạn muốn bổ sung").fill("Tôi tìm thấy thêm một ảnh.")
    upload(page, photo("them.jpg", (300, 300)))
    axe(page)
    page.get_by_role("button", name="Gửi bổ sung").click()
    expect(page.locator(".timeline")).to_contain_text("Tôi tìm thấy thêm một ảnh.")
    expect(page.locator(".timeline")).to_contain_text("them.jpg")
    page.get_by_role("link", name="Rút phản ánh").click()
    axe(page)
    page.get_by_role("button", name="Có, rút phản ánh").click()
    expect(page.get_by_role("heading", name="Đã rút")).to_be_visible()
    axe(page)


def test_the_qr_holds_the_address_with_the_code_in_its_fragment(page_360, site):
    code = lodge(page_360)
    made = segno.make(f"{site.url}/tra-cuu/#{code}", error="m", micro=False, mask=4)
    drawn = made.svg_inline(omitsize=True, border=2)
    path = re.search(r' d="([^"]+)"', drawn).group(1)
    assert page_360.locator(".code-qr svg path").last.get_attribute("d") == path


def test_the_code_is_in_no_address_and_no_log(page_360, site):
    addresses = []
    page_360.on("request", lambda request: addresses.append(request.url))
    code = lodge(page_360)
    page_360.goto(f"/tra-cuu/#{code}")
    page_360.get_by_role("button", name="Xem phản ánh").click()
    page_360.wait_for_url("**/tra-cuu/ho-so/")
    assert not [address for address in addresses if code in address.partition("#")[0]]
    log = (site.home / "server.log").read_text()
    assert "public:track" in log
    assert code not in log
    assert "0987654321" not in log


def test_unsent_words_survive_a_reload(page_360):
    choose_kind(page_360)
    name_seller(page_360)
    tell(page_360)
    expect(page_360.locator("[data-draft-saved]")).to_be_visible()
    page_360.reload()
    expect(page_360.get_by_label("Chuyện gì đã xảy ra?")).to_have_value(STORY)


def test_back_shows_what_was_typed(page_360):
    choose_kind(page_360)
    name_seller(page_360)
    tell(page_360)
    page_360.go_back()
    page_360.wait_for_url("**/gui/nguoi-ban/")
    expect(page_360.get_by_label("Tên người bán, cửa hàng hoặc trang bán")).to_have_value("Shop Hoa Súng")


def test_a_lost_network_loses_nothing_and_sends_nothing(page_360):
    choose_kind(page_360)
    name_seller(page_360)
    tell(page_360)
    page_360.context.set_offline(True)
    go_on(page_360)
    expect(page_360.get_by_text("Chưa gửi được", exact=False).first).to_be_visible()
    expect(page_360.get_by_label("Chuyện gì đã xảy ra?")).to_have_value(STORY)
    page_360.context.set_offline(False)
    page_360.locator("[data-draft-retry]").click()
    page_360.wait_for_url("**/gui/lien-he/")


def test_a_double_tap_makes_one_report(page_360, site):
    count = "from complaints.models import Complaint; print(Complaint.objects.count())"
    choose_kind(page_360)
    name_seller(page_360)
    tell(page_360)
    go_on(page_360)
    give_contact(page_360)
    before = int(site.run(count))
    page_360.get_by_role("button", name="Gửi phản ánh").dblclick()
    code_of(page_360)
    assert int(site.run(count)) == before + 1


def test_reloading_the_receipt_shows_it_again(page_360):
    code = lodge(page_360)
    page_360.reload()
    assert code_of(page_360) == code


def test_the_receipt_clears_what_the_browser_kept(page_360):
    lodge(page_360)
    assert page_360.evaluate("Object.keys(localStorage).filter(k => k.startsWith('casemgr-draft:lodge'))") == []


def test_money_just_left_leads_to_the_advice_first(page_360, axe):
    choose_kind(page_360, "Tôi bị lừa mất tiền", money_moved="Có")
    page_360.wait_for_url("**/gui/khan-cap/")
    expect(page_360.get_by_role("link", name="Gọi 113")).to_be_visible()
    axe(page_360)
    page_360.get_by_role("link", name="Tôi đã gọi, điền tiếp").click()
    page_360.wait_for_url("**/gui/nguoi-ban/")
    axe(page_360)
    name_scammer(page_360)
    page_360.wait_for_url("**/gui/noi-dung/")
    expect(page_360.get_by_label("Lúc mấy giờ?")).to_be_visible()
    axe(page_360)


AMOUNT = "Bạn mất bao nhiêu tiền?"


def paste(page: Page, text: str) -> None:
    """As the clipboard does it: one input event for all."""
    page.get_by_label(AMOUNT).evaluate(
        """(input, text) => {
            input.focus();
            input.value = text;
            input.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertFromPaste" }));
        }""",
        text,
    )


def posted(page: Page) -> str:
    return page.get_by_label(AMOUNT).evaluate("input => new FormData(input.form).get(input.name)")


@pytest.fixture
def story(page_360) -> Page:
    choose_kind(page_360)
    name_seller(page_360)
    page_360.wait_for_url("**/gui/noi-dung/")
    return page_360


def test_a_pasted_amount_keeps_its_meaning(story):
    as_they_are = ("1.500.000,00", "1,500,000.00", "1,5", "50.000.000.5", "50 triệu", "-5", "1.50", "9" * 16)
    for text in as_they_are:
        paste(story, text)
        expect(story.get_by_label(AMOUNT)).to_have_value(text)
        assert posted(story) == text
    for text in ("1500000", "1.500.000", "1,500,000", "1 500 000"):
        paste(story, text)
        expect(story.get_by_label(AMOUNT)).to_have_value("1.500.000")
        assert posted(story) == "1500000"


def test_a_typed_amount_is_grouped_only_while_it_is_digits(story):
    amount = story.get_by_label(AMOUNT)
    for typed, shown in (("1500000", "1.500.000"), ("1.500.000", "1.500.000"), ("1,5", "1,5"), ("5 tr", "5 tr")):
        amount.fill("")
        amount.press_sequentially(typed)
        expect(amount).to_have_value(shown)
    amount.fill("")
    amount.press_sequentially("15000")
    amount.press("Backspace")
    expect(amount).to_have_value("1.500")


def test_a_reload_after_a_mistake_keeps_what_was_typed_since(story):
    story.get_by_label(AMOUNT).fill("-5")
    go_on(story)
    expect(story.locator(".error-summary")).to_be_visible()
    story.get_by_label("Chuyện gì đã xảy ra?").fill("Kể lại từ đầu, dài hơn.")
    expect(story.locator("[data-draft-saved]")).to_be_visible()
    story.reload()
    expect(story.get_by_label("Chuyện gì đã xảy ra?")).to_have_value("Kể lại từ đầu, dài hơn.")
    expect(story.locator("[data-draft-restored]")).to_be_visible()


def test_back_after_a_corrected_mistake(story):
    go_on(story)
    expect(story.locator(".error-summary")).to_be_visible()
    story.get_by_label("Chuyện gì đã xảy ra?").fill(STORY)
    go_on(story)
    story.wait_for_url("**/gui/lien-he/")
    story.go_back()
    expect(story.get_by_label("Chuyện gì đã xảy ra?")).to_have_value(STORY)


def test_the_receipts_button_opens_the_report(page_360):
    lodge(page_360)
    page_360.get_by_role("button", name="Theo dõi phản ánh").click()
    page_360.wait_for_url("**/tra-cuu/ho-so/")
    expect(page_360.get_by_text(STORY)).to_be_visible()


def test_back_from_the_receipt_finds_the_receipt(page_360):
    code = lodge(page_360)
    page_360.go_back()
    assert code_of(page_360) == code
    page_360.goto("/gui/lien-he/")
    assert code_of(page_360) == code
    page_360.get_by_role("link", name="Gửi phản ánh khác").click()
    page_360.wait_for_url("**/gui/?moi=1")
