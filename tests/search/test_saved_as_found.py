"""A saved search tells what its page finds."""

from __future__ import annotations

import pytest

from events.relay import Relay
from search.models import SearchMatch
from search.services_saved import Asked, Keeping, change_search, save_search
from tests.search.asking import lodge, numbers

pytestmark = [pytest.mark.django_db]


def test_a_saved_search_allows_a_slip_as_the_page_does(sct, deliver):
    """ADR 010: of one letter, as the page does."""
    save_search(by=sct, keeping=Keeping("a", "now"), asked=Asked("kem dưỡng trắngg"))
    case = lodge(narrative="Mua kem dưỡng trắng, bị ngứa.")
    deliver()
    Relay(["alerts"]).run_until_idle()
    assert numbers(sct, "kem dưỡng trắngg") == {case.number}
    assert SearchMatch.objects.filter(case=case).count() == 1


def test_a_saved_search_of_raw_keystrokes_tells_what_its_page_finds(sct, deliver):
    save_search(by=sct, keeping=Keeping("a", "now"), asked=Asked("kem troonj"))
    case = lodge(narrative="Mua kem trộn, bị ngứa.")
    deliver()
    Relay(["alerts"]).run_until_idle()
    assert numbers(sct, "kem troonj") == {case.number}
    assert SearchMatch.objects.filter(case=case).count() == 1


def test_words_of_the_watchlist_that_changed_are_told_again(sct, deliver):
    """What was kept for the old lines is no match of the new ones, and would keep it from being told."""
    saved = save_search(by=sct, keeping=Keeping("a", "now"), asked=Asked("0934567890", is_watchlist=True))
    case = lodge(identifiers=[("phone", "0934567890"), ("bank_account", "19035678901234")])
    deliver()
    Relay(["alerts"]).run_until_idle()
    assert SearchMatch.objects.filter(case=case).count() == 1
    change_search(search_id=saved.pk, by=sct, keeping=Keeping("a", "now"), words="0900000001")
    assert SearchMatch.objects.filter(saved_search=saved).count() == 0, "still counted as a match of other lines"
