"""The style guide in a real browser: accessible, nothing sideways, and the small modules do what they promise."""

import json
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.urls("tests.browser.styleguide_urls"),
    pytest.mark.django_db(transaction=True),
]

PICTURE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
def page(browser, live_server, settings) -> Iterator[Page]:
    settings.DEBUG = True
    context = browser.new_context(locale="vi-VN", viewport={"width": 360, "height": 800}, base_url=live_server.url)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda message: message.type == "error" and page.complaints.append(message.text))
    yield page
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("density", ["public", "backoffice"])
def test_no_accessibility_violation_and_nothing_sideways(page, width, density):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"/styleguide/?density={density}")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert page.complaints == []


def test_the_typeface_covers_vietnamese(page):
    page.goto("/styleguide/")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('16px \"Be Vietnam Pro\"', 'ặễộữỵđ')")


def test_targets_are_large_enough_for_a_thumb(page):
    page.goto("/styleguide/")
    heights = page.eval_on_selector_all(
        ".btn, .choices label, .field input:not([type=checkbox],[type=radio],[type=hidden],[type=file]), .field select",
        "all => all.filter(e => e.offsetParent).map(e => e.getBoundingClientRect().height)",
    )
    assert heights
    assert min(heights) >= 44


def test_what_was_typed_survives_a_reload(page):
    page.goto("/styleguide/")
    page.fill("[name=seller]", "Cửa hàng Sen Hồng")
    page.check("[name=kind][value=crime]")
    page.wait_for_selector("[data-draft-saved]:not([hidden])")
    page.reload()
    expect(page.locator("[name=seller]").first).to_have_value("Cửa hàng Sen Hồng")
    expect(page.locator("[name=kind][value=crime]").first).to_be_checked()
    page.click("[data-draft-discard]")
    page.reload()
    expect(page.locator("[name=seller]").first).to_have_value("")


def test_without_network_the_form_stays_and_says_so(page):
    page.goto("/styleguide/")
    page.fill("[name=seller]", "Cửa hàng Sen Hồng")
    page.context.set_offline(True)
    page.evaluate("document.querySelector('form[data-draft]').requestSubmit()")
    expect(page.locator("[data-draft-offline]")).to_be_visible()
    expect(page.locator("[name=seller]").first).to_have_value("Cửa hàng Sen Hồng")
    page.context.set_offline(False)
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.click("[data-draft-retry]")
    assert "Sen" in (sent.value.post_data or "")


def test_an_amount_is_grouped_as_typed_and_posted_as_digits(page):
    page.goto("/styleguide/")
    amount = page.locator("[name=amount]").first
    amount.press_sequentially("1500000")
    expect(amount).to_have_value("1.500.000")
    posted = page.evaluate("new FormData(document.querySelector('form[data-draft]')).get('amount')")
    assert posted == "1500000"


def test_a_file_is_sent_again_when_the_network_fails(page):
    tries: list[str] = []

    def answer(route: Route) -> None:
        tries.append(route.request.method)
        if len(tries) == 1:
            route.abort()
        else:
            route.fulfill(status=201, content_type="application/json", body=json.dumps({"id": "abc"}))

    page.route("**/styleguide/upload", answer)
    page.goto("/styleguide/")
    page.set_input_files("#id_files", {"name": "anh.png", "mimeType": "image/png", "buffer": PICTURE})
    expect(page.locator("input[name=files_ids][value=abc]")).to_have_count(1)
    assert tries == ["POST", "POST"]


def test_a_refused_file_says_why_and_can_be_removed(page):
    page.route(
        "**/styleguide/upload",
        lambda route: route.fulfill(status=422, content_type="application/json", body='{"error": "Tệp hỏng."}'),
    )
    page.goto("/styleguide/")
    page.set_input_files("#id_files", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"})
    item = page.locator(".upload-failed")
    expect(item).to_contain_text("Tệp hỏng.")
    item.get_by_role("button", name="Bỏ").click()
    expect(item).to_have_count(0)


def test_a_commune_is_chosen_by_keyboard(page):
    body = {"results": [{"code": "28249", "label": "Phường Mỹ Tho", "detail": "Gồm: Phường 1, Phường 2"}]}
    page.route("**/goi-y/xa-phuong/**", lambda route: route.fulfill(json=body))
    page.goto("/styleguide/")
    box = page.get_by_role("combobox", name="Xã, phường")
    box.press_sequentially("my tho")
    expect(page.locator("#id_commune_list").get_by_role("option")).to_have_count(1)
    box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value("Phường Mỹ Tho")
    expect(page.locator("[name=commune_code]").first).to_have_value("28249")


def test_an_answer_that_comes_after_the_choice_opens_nothing(page):
    late: list[Route] = []
    body = {"results": [{"code": "28249", "label": "Phường Mỹ Tho", "detail": ""}]}
    page.route("**/goi-y/xa-phuong/?q=my+th", lambda route: route.fulfill(json=body))
    page.route("**/goi-y/xa-phuong/?q=my+tho", lambda route: late.insert(0, route))
    page.goto("/styleguide/")
    box = page.get_by_role("combobox", name="Xã, phường")
    box.press_sequentially("my th")
    option = page.locator("#id_commune_list").get_by_role("option")
    expect(option).to_have_count(1)
    with page.expect_request("**/goi-y/xa-phuong/?q=my+tho"):
        box.press("o")
    option.click()
    with page.expect_response("**/goi-y/xa-phuong/?q=my+tho"):
        late.pop().fulfill(json=body)
    page.wait_for_timeout(300)
    expect(page.locator("#id_commune_list")).to_be_hidden()
    expect(box).to_have_value("Phường Mỹ Tho")
