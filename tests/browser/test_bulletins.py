"""A bulletin in a real browser: drafted, approved by a second person, published, corrected, withdrawn; boxes by keyboard."""

import io
import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from agencies.actors import Member
from agencies.models import Role
from bulletins.models import BulletinVersion, WarningItem
from bulletins.services import editing, items
from bulletins.services.summarising import hanoi_day
from bulletins.spans import Span
from complaints.services.derivatives import process
from complaints.services.uploads import add_upload
from documents.trial_key import make_trial_key
from events import clock
from events.relay import Relay
from tests import factories
from tests.backoffice.conftest import sign_in
from tests.bulletins.conftest import ADVICE, PRODUCT, published
from tests.complaints.test_recording import draft
from tests.factories.files import picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_as(browser, live_server) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []

    def opened(member: Member, *, width: int = 1280) -> Page:
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


@pytest.fixture
def key(tmp_path, settings):
    packed, certificate = make_trial_key("Sở Công Thương thử nghiệm", "Sở Công Thương", "thử", at=clock.now())
    (tmp_path / "key.p12").write_bytes(packed)
    (tmp_path / "key.pem").write_bytes(certificate)
    settings.SIGNING_PKCS12, settings.SIGNING_PKCS12_PASSWORD = str(tmp_path / "key.p12"), "thử"
    settings.SIGNING_TRUST = [str(tmp_path / "key.pem")]


def sound(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0, page.url


def relay() -> None:
    Relay(["slow"]).run_until_idle()


def move(page: Page, label: str, reason: str = "") -> None:
    page.get_by_role("link", name=label, exact=True).click()
    if reason:
        page.locator("textarea[name=reason]").fill(reason)
    page.locator(".confirm").get_by_role("button", name=label, exact=True).click()


def waive(page: Page) -> None:
    """Whatever is open, with a reason."""
    page.get_by_role("link", name="Kiểm tra", exact=True).click()
    for _ in range(page.locator(".bulletin-waiver").count()):
        form = page.locator(".bulletin-waiver").first
        form.locator("textarea").fill("Kỳ này không có.")
        form.get_by_role("button").click()
    page.get_by_role("link", name="Nội dung", exact=True).click()


def test_from_draft_to_withdrawal_by_two_persons(open_as, key):
    editor, approver = factories.member("sct", Role.EDITOR), factories.member("sct", Role.APPROVER)
    for kind, given in (("product", PRODUCT), ("advice", ADVICE)):
        items.write_item(province=factories.province(), kind=kind, given=given, by=editor)
    page, other = open_as(editor), open_as(approver)

    page.goto("/backoffice/bulletins/")
    page.get_by_role("link", name="Bắt đầu bản tin").click()
    page.get_by_label("khẩn, bất kỳ lúc nào").check()
    page.locator("input[name=day]").fill("03/11/2026")
    page.get_by_role("button", name="Bắt đầu", exact=True).click()
    for title in (PRODUCT["title"], ADVICE["title"]):
        page.get_by_role("button", name=re.compile(f"Đưa vào.*{title}")).click()
    sound(page)
    # The preview follows what is typed; nothing is saved by it.
    page.locator("#bulletin-title").press_sequentially(" - mới gõ")
    expect(page.locator("#preview h3")).to_contain_text("mới gõ")
    page.locator("#bulletin-signatory_name").fill("Nguyễn Văn Ký")
    page.get_by_role("button", name="Lưu", exact=True).click()
    move(page, "Gửi rà soát")
    waive(page)
    move(page, "Cấp số và chốt PDF")
    relay()

    first = BulletinVersion.objects.get()
    other.goto(f"/backoffice/bulletins/{first.pk}/approve/")
    expect(other.locator(".hash")).to_have_text(first.sha256)
    sound(other)
    other.get_by_role("button", name="Duyệt tệp PDF này").click()
    move(other, "Ký số")
    relay()
    page.goto(f"/backoffice/bulletins/{first.pk}/")
    move(page, "Công bố")
    expect(page.locator(".state").first).to_have_text("đã công bố")

    move(page, "Bắt đầu bản đính chính", "Ghi nhầm tên sản phẩm.")
    move(page, "Gửi rà soát")
    waive(page)
    move(page, "Cấp số và chốt PDF")
    relay()
    second = BulletinVersion.objects.get(number=2)
    other.goto(f"/backoffice/bulletins/{second.pk}/approve/")
    other.get_by_role("button", name="Duyệt tệp PDF này").click()
    move(other, "Ký số")
    relay()
    page.goto(f"/backoffice/bulletins/{second.pk}/")
    move(page, "Công bố")
    page.goto(f"/backoffice/bulletins/{first.pk}/")
    expect(page.locator(".state").first).to_have_text("đã được thay bằng bản đính chính")

    other.goto(f"/backoffice/bulletins/{second.pk}/")
    move(other, "Thu hồi", "Thông tin không còn đúng.")
    expect(other.locator(".state").first).to_have_text("đã thu hồi")
    assert list(BulletinVersion.objects.order_by("number").values_list("state", flat=True)) == [
        "corrected",
        "withdrawn",
    ]


@pytest.mark.parametrize("width", [360, 1280])
def test_boxes_are_drawn_by_mouse_and_by_keyboard(open_as, width):
    editor = factories.member("sct", Role.EDITOR, Role.HANDLER)
    factories.province()
    upload = add_upload(draft(), io.BytesIO(picture(size=(400, 300))), "a.jpg")
    case = factories.case(kind="violation", product="Kem", uploads=(upload.pk,))
    evidence = case.complaint.evidence.get()
    process([evidence])
    item: WarningItem = items.draft_from_case(case=case, by=editor)
    page = open_as(editor, width=width)
    page.goto(f"/backoffice/bulletins/1/warnings/{item.pk}/pictures/{evidence.pk}/")
    sound(page)
    shown = page.locator("[data-cover] img")
    area = shown.bounding_box()
    # Each point is looked for anew: the page above may still move.
    shown.hover(position={"x": area["width"] * 0.1, "y": area["height"] * 0.1})
    page.mouse.down()
    shown.hover(position={"x": area["width"] * 0.3, "y": area["height"] * 0.4}, force=True)
    page.mouse.up()
    page.get_by_role("button", name="Thêm ô").click()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    drawn, typed = page.locator("[data-cover-field]").input_value().splitlines()
    assert typed == "395 400 200 105"
    assert all(abs(one - other) <= 12 for one, other in zip(map(int, drawn.split()), (100, 100, 200, 300), strict=True))
    page.keyboard.press("Delete")
    assert len(page.locator("[data-cover-field]").input_value().splitlines()) == 1
    page.locator("#alt").fill("Hộp kem")
    page.get_by_role("button", name="Đặt ảnh").click()
    expect(page.locator(".bulletin-photos img").first).to_have_attribute("alt", "Hộp kem")
    sound(page)
    assert item.photos.get().boxes[0] == [int(number) for number in drawn.split()]


def test_what_was_typed_outlives_the_session(open_as):
    editor = factories.member("sct", Role.EDITOR)
    span = Span.holding("urgent", hanoi_day(clock.now()))
    version = editing.begin_bulletin(province=factories.province(), span=span, audience="public", by=editor)
    address = f"/backoffice/bulletins/{version.pk}/warnings/new/advice/"
    page = open_as(editor, width=360)
    page.goto(address)
    page.locator("textarea[name=text]").fill("Xem nhãn trước khi mua")
    expect(page.locator("[data-draft-saved]")).to_be_visible()
    held = page.context.cookies()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.locator("input[name=password]")).to_be_visible()
    page.context.add_cookies(held)
    page.goto(address)
    expect(page.locator("textarea[name=text]")).to_have_value("Xem nhãn trước khi mua")
    sound(page)


def test_a_draft_of_what_a_colleague_changed_since_overwrites_nothing(open_as):
    editor, other = factories.member("sct", Role.EDITOR), factories.member("sct", Role.EDITOR)
    province = factories.province()
    span = Span.holding("urgent", hanoi_day(clock.now()))
    version = editing.begin_bulletin(province=province, span=span, audience="public", by=editor)
    item = items.write_item(province=province, kind="advice", given=ADVICE, by=editor)
    editing.add_item(version_id=version.pk, item_id=item.pk, revision=None, by=editor)
    page = open_as(editor)
    page.goto(f"/backoffice/bulletins/{version.pk}/warnings/{item.pk}/")
    page.locator("textarea[name=text]").fill("Lời của tôi")
    expect(page.locator("[data-draft-saved]")).to_be_visible()
    items.edit_item(item_id=item.pk, revision=item.revision, given=ADVICE | {"text": "Lời của đồng nghiệp"}, by=other)
    page.reload()
    expect(page.locator("textarea[name=text]")).to_have_value("Lời của tôi")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text("Có người đã sửa")).to_be_visible()
    expect(page.locator("textarea[name=text]")).to_have_value("Lời của tôi")
    item.refresh_from_db()
    assert item.text == "Lời của đồng nghiệp"


@pytest.mark.parametrize("width", [360, 1280])
def test_an_endless_word_in_a_title_breaks_no_page(open_as, key, width):
    editor, approver = factories.member("sct", Role.EDITOR), factories.member("sct", Role.APPROVER)
    province, endless = factories.province(), "w" * 200
    factories.agency("sct").provinces.add(province)
    span = Span.holding("urgent", hanoi_day(clock.now()))
    version = editing.begin_bulletin(province=province, span=span, audience="public", title=endless, by=editor)
    item = items.write_item(province=province, kind="advice", given=ADVICE | {"title": endless}, by=editor)
    editing.add_item(version_id=version.pk, item_id=item.pk, revision=None, by=editor)
    items.write_item(province=province, kind="product", given=PRODUCT | {"title": endless}, by=editor)
    page = open_as(editor, width=width)

    def looked_at(*paths: str) -> None:
        for path in paths:
            assert page.goto(path).status == 200, path
            sound(page)

    own = f"/backoffice/bulletins/{version.pk}"
    looked_at("/backoffice/bulletins/", f"{own}/", f"{own}/review/", f"{own}/submit/", f"{own}/warnings/{item.pk}/")
    page.goto("/backoffice/bulletins/new/")
    page.get_by_label("khẩn, bất kỳ lúc nào").check()
    page.locator("input[name=day]").fill(f"{span.first:%d/%m/%Y}")
    page.get_by_role("button", name="Bắt đầu", exact=True).click()
    expect(page.locator("#already")).to_contain_text(endless)
    sound(page)

    version.refresh_from_db()
    given = {"signatory_name": "Nguyễn Văn Ký"}
    version = editing.edit_version(version_id=version.pk, revision=version.revision, given=given, by=editor)
    version = published(version, editor, approver)
    looked_at(f"{own}/", f"{own}/approve/", f"{own}/correct/", f"/backoffice/press/{version.pk}/")
    looked_at(f"/ban-tin/{version.bulletin_id}/")
