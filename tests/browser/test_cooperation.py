"""Help between agencies in a real browser: usable on a phone, and accessible."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from agencies.actors import Member
from tests import factories
from tests.backoffice.conftest import sign_in
from tests.factories import cooperation as help_
from tests.factories import files, journeys
from workflows.models import Cooperation, Deliverable

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_as(browser, live_server) -> Iterator[Callable[..., Page]]:
    """A page of a browser of its own, signed in as a member."""
    contexts: list[BrowserContext] = []

    def opened(member: Member, *, width: int = 360) -> Page:
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
    """No accessibility violation, nothing that scrolls sideways."""
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found] == [], found
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_asking_helping_and_a_joint_board_on_a_phone(open_as):
    sct, qltt = factories.member("sct"), factories.member("qltt")
    factories.agency("congan")
    Deliverable.objects.create(
        code="verify_address", label_vi="Xác minh địa chỉ", label_en="Verify", amount=5, unit="WD"
    )
    case = journeys.investigating(sct, kind="violation", seller_address="Kho số 5, chợ Cao Lãnh").case
    desk = open_as(sct)
    desk.goto(f"/backoffice/cases/{case.number}/cooperation/")
    sound(desk)
    desk.get_by_label("Cơ quan được đề nghị").select_option(label="Cơ quan qltt")
    desk.get_by_label("Cần họ làm gì").select_option(value="verify_address")
    desk.get_by_label("Nội dung và mục đích cụ thể").fill("Xác minh kho hàng tại địa chỉ này có hoạt động không.")
    desk.get_by_label("Tóm tắt vụ việc cho họ").fill("Nghi kho chứa hàng giả.")
    desk.get_by_label("Địa chỉ người bán: Kho số 5").check()
    desk.get_by_role("button", name="Xem trước phần họ sẽ thấy").click()
    expect(desk.get_by_text("Kho số 5, chợ Cao Lãnh")).to_be_visible()
    sound(desk)
    desk.get_by_role("button", name="Gửi đề nghị").click()
    expect(desk.get_by_role("heading", name="Xác minh địa chỉ")).to_be_visible()
    sound(desk)
    found = Cooperation.objects.get()
    theirs = open_as(qltt)
    theirs.goto(f"/backoffice/cooperation/{found.pk}/")
    sound(theirs)
    theirs.locator("#take summary").click()
    theirs.get_by_role("button", name="Nhận đề nghị").click()
    theirs.locator("#contribute summary").click()
    theirs.get_by_label("Kết quả phối hợp").fill("Kho đóng cửa từ tháng 9.")
    theirs.locator("#contribute input[type=file]").set_input_files(
        {"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": files.picture()}
    )
    expect(theirs.locator("#contribute [data-upload-list] li")).to_have_count(1)
    expect(theirs.locator("#contribute [data-state]")).to_contain_text("Đã nhận")
    theirs.get_by_role("button", name="Gửi kết quả phối hợp").click()
    expect(theirs.get_by_text("Kho đóng cửa từ tháng 9.")).to_be_visible()
    expect(theirs.get_by_text("anh.jpg")).to_be_visible()
    sound(theirs)


@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_of_it_is_accessible(open_as, width):
    sct, qltt = factories.member("sct"), factories.member("qltt")
    case = journeys.investigating(sct, kind="violation").case
    action = help_.action(case, sct, qltt.agency)
    help_.taken(case, sct, qltt)
    page = open_as(sct, width=width)
    for path in (
        f"cases/{case.number}/", f"cases/{case.number}/joint-action/", f"joint-actions/{action.pk}/",
        f"joint-actions/{action.pk}/record/", "found/", "cooperation/", "cooperation/?tab=by-us", "cooperation/?tab=joint",
    ):  # fmt: skip
        page.goto(f"/backoffice/{path}")
        page.evaluate("document.querySelectorAll('details.move').forEach(move => { move.open = true })")
        sound(page)
