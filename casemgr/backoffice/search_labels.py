"""What the values of facets are called, for a reader of a language and a province."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from search.documents import AMOUNT_BANDS
from search.names import TAXONOMIES, Name
from workflows.states import State, Track

Labels = dict[tuple[str, str], str]


def facet_labels(names: Iterable[Name]) -> Labels:
    """(field, value) → its name, of those that `search.selectors.find_cases` read."""
    is_english = (get_language() or "").startswith("en")
    found = {(one.field, one.value): one.name if _is_vietnamese(one, is_english) else one.other for one in names}
    return found | _from_code()


def _is_vietnamese(one: Name, is_english: bool) -> bool:
    """Agencies and communes have no English names: what stands second is how they are shown."""
    return one.field in TAXONOMIES and not is_english


def _from_code() -> Labels:
    states = {("state", str(state)): str(state.label) for state in State}
    tracks = {("track", str(track)): str(track.label) for track in Track}
    bands = {("amount_band", str(least)): band_name(number) for number, least in enumerate(AMOUNT_BANDS)}
    return states | tracks | bands


def band_name(number: int) -> str:
    """``1–5 triệu``"""
    in_millions = [least // 1_000_000 for least in AMOUNT_BANDS]
    if number == 0:
        return _("under %(most)d million") % {"most": in_millions[1]}
    if number == len(AMOUNT_BANDS) - 1:
        return _("%(least)d million and more") % {"least": in_millions[number]}
    return _("%(least)d to %(most)d million") % {"least": in_millions[number], "most": in_millions[number + 1]}
