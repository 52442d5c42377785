"""The citizen's way through the pages, as a person goes it: labels and buttons, never selectors of code."""

from io import BytesIO
from typing import Any

from PIL import Image
from playwright.sync_api import Locator, Page

STORY = "Tôi đặt mua bộ mỹ phẩm, chuyển khoản 1.500.000 đồng thì nhận được hàng giả, shop chặn liên lạc."


def photo(name: str = "hoa-don.jpg", size: tuple[int, int] = (3000, 2000)) -> dict[str, Any]:
    """A picture as an input takes it."""
    buffer = BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(buffer, "JPEG", quality=70)
    return {"name": name, "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def commune_input(page: Page) -> Locator:
    return page.locator("input[name=commune]")


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Tiếp tục", exact=True).click()


def choose_kind(page: Page, kind: str = "Tôi mua hàng, dùng dịch vụ", *, money_moved: str = "Không") -> None:
    page.goto("/gui/")
    page.get_by_label(kind).check()
    page.get_by_label(money_moved, exact=True).check()
    go_on(page)


def name_seller(page: Page) -> None:
    page.wait_for_url("**/gui/nguoi-ban/**")
    page.get_by_label("Tên người bán, cửa hàng hoặc trang bán").fill("Shop Hoa Súng")
    page.get_by_label("Số điện thoại hoặc Zalo của người bán").fill("0912 345 678")
    page.get_by_label("Giá", exact=True).fill("1500000")
    go_on(page)


def name_scammer(page: Page) -> None:
    page.wait_for_url("**/gui/nguoi-ban/**")
    page.get_by_label("Kẻ lừa đảo: số tài khoản nhận tiền").fill("19036123456789")
    page.get_by_label("Kẻ lừa đảo: số điện thoại hoặc Zalo").fill("0912 345 678")
    go_on(page)


def tell(page: Page) -> None:
    page.wait_for_url("**/gui/noi-dung/**")
    page.get_by_label("Chuyện gì đã xảy ra?").fill(STORY)
    page.get_by_label("Chuyện xảy ra khi nào?").fill("05/11/2025")


def code_of(page: Page) -> str:
    page.wait_for_url("**/gui/da-nhan/")
    page.get_by_role("heading", name="Đã nhận phản ánh của bạn").wait_for()
    return page.locator("#tracking-code").inner_text().replace("\n", "").replace("-", "").replace(" ", "")
