"""The suggestions under the search box, by keys, by hand, on a phone and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from events.relay import Relay
from tests import factories
from tests.browser.test_case_page import open_as, sound  # noqa: F401
from tests.search.conftest import dropped, index  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BOX, OPTIONS = "#topbar-q", "#topbar-q-list [role=option]"


@pytest.fixture
def sct(index):  # noqa: F811
    found = factories.member("sct")
    factories.case(seller_name="Mỹ phẩm Bích Ngọc", product="Kem trộn Bích Ngọc", identifiers=[("phone", "0912345678")])
    factories.case(seller_name="Bích Hạnh", product="Tủ lạnh")
    return found


@pytest.mark.parametrize("width", [360, 1280])
def test_arrow_keys_escape_and_enter(open_as, sct, width):  # noqa: F811
    page = open_as(sct, width=width)
    page.goto("/backoffice/")
    page.locator(BOX).press_sequentially("bich")
    expect(page.locator(OPTIONS)).to_have_count(3)
    expect(page.locator(BOX)).to_have_attribute("aria-expanded", "true")
    sound(page)
    page.keyboard.press("ArrowDown")
    first = page.locator(OPTIONS).first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(page.locator(BOX)).to_have_attribute("aria-activedescendant", first.get_attribute("id"))
    sound(page)
    page.keyboard.press("Escape")
    expect(page.locator("#topbar-q-list")).to_be_hidden()
    expect(page.locator(BOX)).to_be_focused()
    expect(page.locator(BOX)).to_have_value("bich")
    page.keyboard.press("ArrowDown")
    expect(page.locator(OPTIONS)).to_have_count(3)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search/\?q=bich$"))


def test_a_chosen_option_is_opened(open_as, sct):  # noqa: F811
    page = open_as(sct)
    page.goto("/backoffice/")
    page.locator(BOX).press_sequentially("bich h")
    expect(page.locator(OPTIONS)).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search/\?q=ng"))
    expect(page.locator(BOX)).to_have_value('người bán:"Bích Hạnh"')


def test_a_late_answer_to_earlier_letters_is_not_shown(open_as, sct):  # noqa: F811
    page = open_as(sct)
    page.goto("/backoffice/")
    page.route("**/search/suggest/?q=bi", lambda route: (page.wait_for_timeout(600), route.continue_()))
    page.locator(BOX).press_sequentially("bi")
    page.wait_for_timeout(250)
    page.locator(BOX).press_sequentially("ch hanh")
    expect(page.locator(OPTIONS)).to_have_count(1)
    page.wait_for_timeout(700)
    expect(page.locator(OPTIONS)).to_have_count(1)


def test_without_javascript_it_is_a_plain_box(open_as, sct):  # noqa: F811
    page = open_as(sct, java_script=False)
    page.goto("/backoffice/")
    page.locator(BOX).fill("bich")
    page.locator(BOX).press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=bich$"))
    expect(page.locator("#topbar-q-list")).to_be_hidden()


@pytest.mark.parametrize("width", [360, 1280])
def test_similar_cases_come_when_they_are_scrolled_to(open_as, sct, width):  # noqa: F811
    case, other = (factories.case(identifiers=[("bank_account", "19035678901234")]) for _ in range(2))
    Relay(["index"]).run_until_idle()
    page = open_as(sct, width=width)
    page.goto(f"/backoffice/cases/{case.number}/")
    page.locator("[hx-get$='/similar/']").scroll_into_view_if_needed()
    expect(page.locator(".similar-case a").first).to_have_text(other.number)
    sound(page)


def test_similar_cases_come_while_a_report_is_typed_at_the_counter(open_as, sct):  # noqa: F811
    case = factories.case(identifiers=[("bank_account", "19035678901234")])
    Relay(["index"]).run_until_idle()
    page = open_as(sct, width=360)
    page.goto("/backoffice/assisted/")
    page.locator("#id_bank_account").fill("1903 5678 9012 34")
    page.locator("#id_bank_account").blur()
    expect(page.locator(".similar-case a").first).to_contain_text(case.number)
    expect(page.locator("#id_bank_account")).to_have_value("1903 5678 9012 34")
    sound(page)
