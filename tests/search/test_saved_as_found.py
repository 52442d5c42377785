"""A saved search tells what its page finds."""

from __future__ import annotations

import pytest

from events.relay import Relay
from search.models import SearchMatch
from search.services_saved import Asked, Keeping, change_search, save_search
from tests.search.asking import lodge, numbers

pytestmark = [pytest.mark.django_db]


@pytest.mark.parametrize(
    ("typed", "narrative"),
    [
        pytest.param("kem dưỡng trắngg", "Mua kem dưỡng trắng, bị ngứa.", id="a slip"),
        pytest.param("kem troonj", "Mua kem trộn, bị ngứa.", id="raw keystrokes"),
    ],
)
def test_what_a_page_finds_a_saved_search_tells(sct, deliver, typed, narrative):
    save_search(by=sct, keeping=Keeping("a", "now"), asked=Asked(typed))
    case = lodge(narrative=narrative)
    deliver()
    Relay(["alerts"]).run_until_idle()
    assert numbers(sct, typed) == {case.number}
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
