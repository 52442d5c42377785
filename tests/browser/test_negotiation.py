"""A consumer dispute that goes silent, is negotiated on two telephones, and ends in minutes both sides confirm."""

import os
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect

from agencies.models import Role
from complaints.lodgement import Person
from tests import factories
from tests.backoffice.conftest import sign_in
from tests.factories import business, talks
from workflows.link_codes import digits_of, secret_of
from workflows.models import Case, OneTimeCode, RespondentLink, SettlementConfirmation
from workflows.services import acceptance

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WISH, OFFER = "Tôi muốn được hoàn lại 5 triệu đồng.", "Cửa hàng hoàn 5 triệu đồng qua chuyển khoản trong ba ngày."
SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture
def phone(browser: Browser, live_server) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []

    def opened(width: int = 360) -> Page:
        context = browser.new_context(
            locale="vi-VN", viewport={"width": width, "height": 800}, base_url=live_server.url
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def silent(handler) -> tuple[Case, str]:
    """A complaint whose business was sent a link and said nothing; the citizen's tracking code."""
    receipt = factories.lodge(
        person=Person(name="Trần Thị Mẫu", phone="0912345678", may_share_with_business=True),
        seller_address="12 Lý Thường Kiệt, Cao Lãnh",
    )
    case = acceptance.accept_case(case_id=receipt.case_id, by=handler, version=1)
    case = acceptance.assign_case(case_id=case.pk, by=handler, version=2, handler=handler.person)
    business.sent_link(case, handler)
    Case.objects.filter(pk=case.pk).update(respondent_stance="silent")
    return case, receipt.code


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)


def follow(page: Page, code: str) -> None:
    page.goto("/tra-cuu/")
    page.get_by_label("Mã tra cứu").fill(code)
    page.get_by_role("button", name="Xem phản ánh").click()
    page.wait_for_url("**/tra-cuu/ho-so/")


def come_in(page: Page) -> None:
    """By the business's latest link and the six digits sent with it."""
    link = RespondentLink.objects.latest("pk")
    page.goto("/doanh-nghiep/")
    page.locator("input[name=code]").fill(secret_of(link))
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/doanh-nghiep/ma/")
    page.locator("input[name=digits]").fill(digits_of(OneTimeCode.objects.filter(link=link).latest("pk")))
    page.locator("main form button.btn-primary").first.click()
    page.wait_for_url("**/doanh-nghiep/thuong-luong/")


def at_desk(page: Page, member, live_server) -> None:
    cookie = sign_in(member).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])


def test_silence_then_negotiation_then_minutes_confirmed_by_both(phone, live_server, axe):
    handler = factories.member("sct", Role.INTAKE, Role.HANDLER, Role.SUPERVISOR)
    case, code = silent(handler)
    consumer, seller, desk = phone(), phone(), phone(1280)
    at_desk(desk, handler, live_server)

    desk.goto(f"/backoffice/cases/{case.number}/")
    desk.get_by_role("link", name="Thương lượng, hòa giải giữa hai bên").click()
    shot(desk, "desk-before")
    desk.get_by_role("link", name="Mở hỗ trợ thương lượng").click()
    desk.get_by_label("Lý do mở").fill("Doanh nghiệp không trả lời trong bảy ngày làm việc.")
    shot(desk, "desk-open")
    desk.locator("main form button.btn-primary").click()
    expect(desk.locator("main")).to_contain_text("Hỗ trợ thương lượng")

    follow(consumer, code)
    consumer.get_by_role("link", name="Vào phòng trao đổi với doanh nghiệp").click()
    expect(consumer.get_by_role("heading", name="Đến lượt bạn.")).to_be_visible()
    shot(consumer, "consumer-turn")
    axe(consumer)
    consumer.get_by_label("Điều bạn muốn nói").fill(WISH)
    consumer.locator("#say").get_by_role("button", name="Gửi", exact=True).click()
    expect(consumer.locator("main")).to_contain_text("Đến lượt doanh nghiệp")

    come_in(seller)
    expect(seller.locator("main")).to_contain_text(WISH)
    seller.locator("details#offer summary").click()
    seller.get_by_label("hoàn tiền").check()
    seller.get_by_label("Số tiền (đồng)").fill("5000000")
    seller.get_by_label("Đề nghị bằng lời của bạn").fill(OFFER)
    shot(seller, "seller-offer")
    axe(seller)
    seller.get_by_role("button", name="Gửi đề nghị").click()
    expect(seller.locator("main")).to_contain_text("Đề nghị của bạn đang chờ trả lời")
    shot(seller, "seller-waits")

    consumer.reload()
    expect(consumer.locator("main")).to_contain_text("5.000.000 đ")
    shot(consumer, "consumer-offer")
    axe(consumer)
    consumer.once("dialog", lambda dialog: dialog.accept())
    consumer.get_by_role("button", name="Chấp nhận đề nghị").click()
    expect(consumer.locator("main")).to_contain_text("Nội dung thống nhất")
    shot(consumer, "consumer-agreed")

    desk.goto(f"/backoffice/cases/{case.number}/settlement/")
    shot(desk, "desk-room")
    axe(desk)
    desk.get_by_role("link", name="Ghi nhận thỏa thuận").click()
    expect(desk.get_by_label("Nội dung đã thống nhất")).to_have_value(OFFER)
    minutes = talks.minutes()
    for name in ("place", "dispute", "complainant_opinion", "respondent_opinion", "answer"):
        desk.locator(f"[name={name}]").fill(minutes[name])
    shot(desk, "desk-minutes")
    axe(desk)
    desk.locator("main form button.btn-primary").last.click()
    expect(desk.locator("main")).to_contain_text("Đã giải quyết")

    consumer.reload()
    shot(consumer, "consumer-minutes")
    axe(consumer)
    consumer.get_by_role("button", name="Tôi xác nhận biên bản này").click()
    expect(consumer.locator("main")).to_contain_text("đã xác nhận lúc")
    come_in(seller)
    seller.get_by_role("button", name="Tôi xác nhận biên bản này").click()
    expect(seller.locator("main")).not_to_contain_text("chưa xác nhận")
    shot(seller, "seller-confirmed")
    assert SettlementConfirmation.objects.count() == 2
    desk.goto(f"/backoffice/cases/{case.number}/settlement/")
    expect(desk.locator("main")).not_to_contain_text("chưa xác nhận")
    shot(desk, "desk-confirmed")


def test_a_word_sent_late_is_told_and_kept(phone, live_server):
    """The same side in two windows, without JavaScript's help."""
    handler = factories.member("sct")
    room = talks.negotiation(handler)
    first, second = phone(), phone()
    from django.http import HttpResponse

    from casemgr.public import following

    answer = HttpResponse()
    following.remember(answer, room.case.complaint_id)
    for page in (first, second):
        cookie = {
            "name": following.COOKIE,
            "value": answer.cookies[following.COOKIE].value,
            "url": f"{live_server.url}/tra-cuu/",
        }
        page.context.add_cookies([cookie])
        page.goto("/tra-cuu/ho-so/thuong-luong/")
        page.get_by_label("Điều bạn muốn nói").fill(f"{WISH} {page is second}")
    for page in (first, second):
        page.locator("#say").get_by_role("button", name="Gửi", exact=True).click()
    expect(second.locator("main")).to_contain_text("chưa đến lượt bạn")
    expect(second.locator("#unsent")).to_have_value(f"{WISH} True")
    shot(second, "consumer-late")
