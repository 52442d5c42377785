"""A complaint's way to the business and back: chosen, previewed, sent, opened by link, answered with a file."""

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import Page, expect

from complaints.lodgement import Person
from events.relay import Relay
from tests import factories
from tests.backoffice.conftest import sign_in
from tests.factories import business, journeys
from tests.factories.files import picture
from workflows.models import Case, RespondentAnswer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("CASEMGR_SCREENSHOTS", "")
SHOWN = "[aria-labelledby=shown-title]"
IDENTITY = "Trần Thị Mẫu"


@pytest.fixture
def open_page(browser, live_server):
    """A page of a browser of its own; ``member`` signs in at the desk."""
    cache.clear()
    contexts = []

    def opened(*, member=None, width=1280, java_script=True) -> Page:
        context = browser.new_context(
            locale="vi-VN", viewport={"width": width, "height": 900}, base_url=live_server.url,
            java_script_enabled=java_script,
        )  # fmt: skip
        context.set_default_timeout(15_000)
        if member:
            cookie = sign_in(member).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def sound(page: Page, name: str) -> None:
    """Accessible and never wider than the screen; ``CASEMGR_SCREENSHOTS`` keeps what it looks like."""
    width = page.viewport_size["width"]
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, page.url


def latest_mail(pattern: str) -> str:
    """What the last message holds, once the relay has sent what is owed."""
    Relay(["mail"]).run_until_idle()
    return re.search(pattern, mail.outbox[-1].body)[0]


def come_in(page: Page, live_url: str) -> None:
    link = latest_mail(r"https?://\S+#\w{26}")
    page.goto(f"{live_url}/{link.partition('//')[2].partition('/')[2]}")
    expect(page.locator("[name=digits]")).to_be_visible()
    assert "#" not in page.url
    page.locator("[name=digits]").fill(latest_mail(r"\d{6}"))
    page.locator("form .btn-primary").click()


@pytest.fixture
def case(db) -> Case:
    handler = factories.member("sct")
    case = journeys.investigating(
        handler, person=Person(name=IDENTITY, phone="0912345678"), product="Điện thoại", price=5_000_000,
        wish="Hoàn tiền", narrative=f"Tôi là {IDENTITY}, mua điện thoại nhưng nhận được gạch.",
    ).case  # fmt: skip
    case.by = handler
    return case


@pytest.mark.parametrize("width", [360, 1280])
def test_from_the_handler_to_the_business_and_back(open_page, live_server, case, width, tmp_path):
    desk = open_page(member=case.by, width=width)
    desk.goto(f"/backoffice/cases/{case.number}/business/")
    desk.get_by_role("link", name="Thêm thành doanh nghiệp mới").click()
    expect(desk.locator("[name=name]")).to_have_value("Cửa hàng Ánh Dương")
    sound(desk, "1-enter")
    desk.get_by_role("button", name="Lưu").click()
    desk.get_by_role("link", name="Cửa hàng Ánh Dương").click()
    desk.locator("#contact summary").click()
    desk.locator("#contact-value").fill("info@anhduong.example")
    desk.locator("#contact-verified").check()
    sound(desk, "2-business")
    desk.locator("#contact .btn-primary").click()
    desk.goto(f"/backoffice/cases/{case.number}/")
    desk.get_by_role("link", name="Gửi doanh nghiệp").click()
    assert IDENTITY not in desk.locator("[name=story]").input_value()
    sound(desk, "3-choose")
    desk.locator("[name=story]").fill(f"Khách {IDENTITY} nhận được gạch.")
    desk.get_by_role("button", name="Xem trước").click()
    expect(desk.locator("#error-summary")).to_contain_text("làm lộ người gửi")
    desk.locator("[name=story]").fill("Khách mua điện thoại nhưng nhận được gạch.")
    desk.get_by_role("button", name="Xem trước").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Doanh nghiệp sẽ thấy")
    previewed = desk.locator(SHOWN).inner_text()
    sound(desk, "4-preview")
    desk.get_by_role("button", name="Gửi", exact=True).click()
    expect(desk.locator(".messages")).to_contain_text("Đã gửi")

    shop = open_page(width=width)
    come_in(shop, live_server.url)
    expect(shop.get_by_role("heading", level=1)).to_contain_text("Khiếu nại")
    assert shop.locator(SHOWN).inner_text() == previewed, "exactly what was previewed"
    assert IDENTITY not in shop.content()
    sound(shop, "5-complaint")
    shop.locator("[name=stance][value=offers]").check()
    shop.locator("[name=answer]").fill("Chúng tôi đổi máy mới cho khách.")
    bill = tmp_path / "hoa-don.jpg"
    bill.write_bytes(picture(size=(400, 300)))
    shop.locator("input[type=file]").set_input_files(bill)
    expect(shop.locator(".upload-item")).to_contain_text("Đã nhận")
    shop.get_by_role("button", name="Gửi câu trả lời").last.click()
    expect(shop.locator("#error-summary")).to_contain_text("ngày")
    shop.locator("[name=offer_by]").fill("31/12/2099")
    shop.get_by_role("button", name="Gửi câu trả lời").last.click()
    expect(shop.locator(".messages")).to_contain_text("Cảm ơn")
    sound(shop, "6-answered")

    Relay(["slow"]).run_until_idle()
    desk.reload()
    expect(desk.locator("article")).to_contain_text("Chúng tôi đổi máy mới")
    sound(desk, "7-answer-at-the-desk")
    desk.get_by_role("link", name="hoa-don.jpg").click()
    expect(desk.locator("main img").first).to_be_visible()
    assert RespondentAnswer.objects.get().offer_by.year == 2099


def test_without_javascript_the_code_is_typed(open_page, case):
    sent = business.sent_link(
        case, case.by, shown={"story": "Khách nhận được gạch.", "number": case.number, "agency": "Sở"}
    )
    page = open_page(width=360, java_script=False)
    page.goto("/doanh-nghiep/")
    sound_without_scripts(page)
    page.locator("[name=code]").fill(f"{sent.code[:13]}-{sent.code[13:]}".lower())
    page.locator("main .btn-primary").click()
    page.locator("[name=digits]").fill(latest_mail(r"\b\d{6}\b"))
    page.locator("main .btn-primary").click()
    expect(page.get_by_text("Khách nhận được gạch.")).to_be_visible()


def sound_without_scripts(page: Page) -> None:
    if SHOTS:
        page.screenshot(path=f"{Path(SHOTS)}/8-entrance-nojs.png", full_page=True)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_other_pages_are_accessible(open_page, case, width):
    sent = business.sent_link(case, case.by)
    first, second = sent.link.respondent, business.respondent("Cty Anh Duong")
    journeys.silent(case.by)
    desk = open_page(member=case.by, width=width)
    for name, path in (
        ("list", "businesses/"),
        ("merge", f"businesses/{first.pk}/merge/{second.pk}/"),
        ("business-full", f"businesses/{first.pk}/"),
        ("case-business", f"cases/{case.number}/business/"),
        ("case", f"cases/{case.number}/"),
    ):
        desk.goto(f"/backoffice/{path}")
        sound(desk, f"9-{name}")
    shop = open_page(width=width)
    for name, path in (("entrance", ""), ("refusal", "khieu-nai/"), ("sign-in", "tai-khoan/dang-nhap/")):
        shop.goto(f"/doanh-nghiep/{path}")
        sound(shop, f"9-{name}")
