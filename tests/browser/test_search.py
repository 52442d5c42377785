"""Searching in a real browser: narrowing by hand and by keys, on a phone, without JavaScript, legible to all."""

import re
from datetime import UTC, date, datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from events import clock
from events.relay import Relay
from tests import factories
from tests.browser.test_case_page import open_as  # noqa: F401
from tests.factories import journeys
from tests.search.conftest import dropped, index  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
URL = "/backoffice/search/?q=kem"


@pytest.fixture
def sct(index):  # noqa: F811
    found = factories.member("sct")
    journeys.lodged(found, narrative="Kem trộn một")
    journeys.accepted(found, narrative="Kem trộn hai")
    Relay(["index"]).run_until_idle()
    return found


@pytest.mark.parametrize("width", [360, 1280])
def test_a_facet_is_chosen_and_taken_back(open_as, sct, width):  # noqa: F811
    page = open_as(sct, width=width)
    page.goto(URL)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    if width == 360:
        page.locator("[data-facets] > summary").click()
    page.locator("#facet-state-accepted").focus()
    page.keyboard.press("Space")
    expect(page.locator(".search-result")).to_have_count(1)
    expect(page.locator("#facet-state-accepted")).to_be_focused()
    assert "state=accepted" in page.url
    page.locator(".search-chips a").first.click()
    expect(page.locator(".search-result")).to_have_count(2)
    assert not Axe().run(page).response["violations"]


def test_without_javascript_the_button_shows_what_was_chosen(open_as, sct):  # noqa: F811
    page = open_as(sct, java_script=False)
    page.goto(URL)
    page.locator("[data-facets] > summary").click()
    page.locator("#facet-state-lodged").check()
    page.locator(".search-narrow-actions button").click()
    expect(page.locator(".search-result")).to_have_count(1)
    expect(page).to_have_url(re.compile("state=lodged"))


def test_the_map_is_drawn_when_it_is_opened(open_as, sct):  # noqa: F811
    page = open_as(sct)
    page.goto(URL)
    page.locator(".search-map > summary").click()
    expect(page.locator(".search-communes path")).not_to_have_count(0)


def test_on_a_phone_the_way_to_the_cases_stays_in_sight(open_as, sct):  # noqa: F811
    page = open_as(sct, width=360)
    page.goto(URL)
    page.locator("[data-facets] > summary").click()
    to_the_cases = page.locator(".search-narrow-actions a")
    expect(to_the_cases).to_be_in_viewport()
    expect(to_the_cases).to_contain_text("(2)")
    to_the_cases.click()
    expect(page.locator("#search-main")).to_be_focused()
    expect(page.locator("#search-main")).to_be_in_viewport()


def test_back_asks_the_server_again_and_the_browser_keeps_no_cases(open_as, sct):  # noqa: F811
    page = open_as(sct)
    page.goto(URL)
    page.locator("#facet-state-accepted").check()
    expect(page.locator(".search-result")).to_have_count(1)
    with page.expect_response(re.compile(r"search/\?q=kem$")):
        page.go_back()
    expect(page.locator(".search-result")).to_have_count(2)
    expect(page.locator("#facet-state-accepted")).not_to_be_checked()
    assert "Kem" not in page.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)")
    page.locator("#facet-state-lodged").check()
    expect(page.locator(".search-result")).to_have_count(1)


def test_months_are_dragged_over(open_as, index):  # noqa: F811
    sct = factories.member("sct")
    for month in (1, 2, 3):
        with clock.frozen(datetime(2026, month, 10, 3, tzinfo=UTC)):
            journeys.lodged(sct, narrative="Kem trộn")
    Relay(["index"]).run_until_idle()
    page = open_as(sct)
    page.goto(URL)
    box = page.locator("[data-brush]").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 40, steps=4)
    page.mouse.up()
    expect(page.locator(".search-result")).to_have_count(2)
    assert "from=2026-02-01&to=2026-03-31" in page.url


@pytest.mark.parametrize("width", [360, 1280])
def test_of_many_years_quarters_are_chosen_by_key_and_dragged_over(open_as, index, width):  # noqa: F811
    sct = factories.member("sct")
    for day in (date(2022, 2, 10), date(2022, 5, 10), date(2026, 11, 10)):
        journeys.lodged(sct, narrative="Kem trộn", received_on=day)
    Relay(["index"]).run_until_idle()
    page = open_as(sct, width=width)
    page.goto(URL)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert not Axe().run(page).response["violations"]
    page.locator("[data-brush] a").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".search-result")).to_have_count(1)
    assert "from=2022-04-01&to=2022-06-30" in page.url
    expect(page.locator("[data-brush] a")).to_have_count(20)
    page.locator(".search-chart").scroll_into_view_if_needed()
    box = page.locator("[data-brush]").bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.07, box["y"] + 40, steps=4)
    page.mouse.up()
    expect(page.locator(".search-result")).to_have_count(2)
    assert "from=2022-01-01&to=2022-06-30" in page.url
