"""Searching in a real browser: narrowing by hand and by keys, on a phone, without JavaScript, legible to all."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from events.relay import Relay
from tests import factories
from tests.browser.test_case_page import open_as  # noqa: F401
from tests.factories import journeys
from tests.search.conftest import index  # noqa: F401

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
