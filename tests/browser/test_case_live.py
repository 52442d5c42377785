"""Two people on one case, in two browsers, over real sockets."""

import pytest
from playwright.sync_api import Page, expect

from events.models import Event
from notifications.handlers import WATCHED, wake_watchers
from tests import factories
from tests.browser.test_live import GREETED, greeted, open_as, server
from tests.factories import journeys
from workflows.models import Case
from workflows.services.acceptance import assign_case
from workflows.services.correspondence import add_note

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["open_as", "server"]
TYPED = "Chị còn giữ hóa đơn và hộp hàng không ạ?"


def relay() -> None:
    """What the relay does with the last event."""
    kinds = tuple(kind.rstrip("*") for kind in WATCHED)
    wake_watchers([event for event in Event.objects.order_by("-pk")[:3] if event.kind.startswith(kinds)])


def at(page: Page, case: Case) -> Page:
    page.add_init_script(GREETED)
    page.goto(f"/backoffice/cases/{case.number}/")
    greeted(page)
    return page


def sideways(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_the_second_is_told_before_acting_and_reloads_without_losing_a_word(open_as):
    handler, colleague = factories.member("sct"), factories.member("sct", who=factories.person("Trần Thị Bạn"))
    case = journeys.accepted(handler).case
    first, second = at(open_as(handler), case), at(open_as(colleague), case)
    second.locator("#note summary").click()
    second.fill("#note-text", TYPED)
    second.locator("#ask_complainant summary").click()
    second.locator("#ask_complainant textarea").fill("Câu hỏi đang viết dở")
    first.locator("#ask_complainant summary").click()
    first.locator("#ask_complainant textarea").fill("Anh gửi giúp ảnh sản phẩm?")
    first.locator("#ask_complainant .actions button").click()
    expect(first.locator(".messages")).to_be_visible()
    relay()
    banner = second.locator("#case-news .notice")
    expect(banner).to_contain_text("Vụ việc đã thay đổi")
    expect(banner).to_contain_text(handler.person.name)
    expect(second.locator("#note-text")).to_have_value(TYPED)
    assert sideways(second) == 0
    banner.get_by_role("link", name="Tải lại").click()
    expect(second.locator("#case-news .notice")).to_have_count(0)
    expect(second.locator("#note-text")).to_have_value(TYPED)
    # The question cannot be asked twice: its words are there to be copied.
    expect(second.locator("#left-over-text")).to_have_value("Câu hỏi đang viết dở")
    second.get_by_role("button", name="Xóa", exact=True).click()
    expect(second.locator("#left-over-text")).to_be_hidden()


def test_they_see_each_other_and_who_is_writing(open_as):
    handler, colleague = factories.member("sct"), factories.member("sct", who=factories.person("Trần Thị Bạn"))
    case = journeys.accepted(handler).case
    first, second = at(open_as(handler), case), at(open_as(colleague), case)
    expect(first.locator("[data-presence]")).to_contain_text("Trần Thị Bạn")
    expect(second.locator("[data-presence]")).to_contain_text(handler.person.name)
    second.locator("#note summary").click()
    second.locator("#note-text").press_sequentially("Chị")
    expect(first.locator("[data-presence]")).to_contain_text("Trần Thị Bạn (đang soạn)")
    assert sideways(first) == 0
    second.close()
    expect(first.locator("[data-presence]")).to_be_hidden()


def test_a_case_that_went_elsewhere_says_so_and_leaves_what_is_typed(open_as):
    handler = factories.member("sct")
    case = journeys.accepted(handler).case
    page = at(open_as(handler), case)
    page.locator("#note summary").click()
    page.fill("#note-text", TYPED)
    add_note(case_id=case.pk, by=handler, text="Bàn giao.")
    Case.objects.filter(pk=case.pk).update(owner=factories.agency("congan"), handler=None)
    relay()
    expect(page.locator("#case-news")).to_contain_text("không còn quyền xem")
    expect(page.locator("#note-text")).to_have_value(TYPED)


def test_a_list_changes_under_ones_eyes_and_nothing_is_lost(open_as):
    handler, colleague = factories.member("sct"), factories.member("sct", who=factories.person("Trần Thị Bạn"))
    cases = [journeys.accepted(handler).case for _ in range(3)]
    page = open_as(handler)
    page.add_init_script(GREETED)
    page.goto("/backoffice/?tab=agency&state=accepted")
    greeted(page)
    moved = page.locator(f'[data-row="{cases[0].number}"]')
    moved.locator("[data-row-choice]").check()
    moved.locator("[data-row-link]").focus()
    assign_case(case_id=cases[0].pk, by=handler, version=cases[0].version, handler=colleague.person)
    relay()
    expect(moved).to_contain_text("không còn trong danh sách này")  # it is investigated now
    expect(moved.locator("[data-row-link]")).to_be_focused()
    add_note(case_id=cases[1].pk, by=colleague, text="Đã gọi điện.")
    Case.objects.filter(pk=cases[1].pk).update(urgent=True)
    second = page.locator(f'[data-row="{cases[1].number}"]')
    second.locator("[data-row-choice]").check()
    second.locator("[data-row-link]").focus()
    relay()
    expect(second).to_have_class("row-urgent row-changed")
    expect(second.locator("[data-row-choice]")).to_be_checked()
    expect(second.locator("[data-row-link]")).to_be_focused()
    expect(page.locator("[data-fresh]")).to_be_hidden()
    new = journeys.accepted(handler).case
    relay()
    expect(page.locator("[data-fresh]")).to_contain_text("1 vụ việc mới")
    assert page.locator(f'[data-row="{new.number}"]').count() == 0
    assert sideways(page) == 0
    page.locator("[data-fresh-link]").click()
    expect(page.locator(f'[data-row="{new.number}"]')).to_be_visible()
