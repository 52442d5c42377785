"""What an officer corrects on the way: the track, and with it the clocks, and the category."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from complaints.models import Category
from workflows.errors import InvalidInput
from workflows.models import Case
from workflows.states import Track


def reclassify(case: Case, *, track: str = "", category: str = "") -> dict[str, Any]:
    """Set what was chosen on the locked case; an empty choice leaves what stands.

    Gives what the event tells: ``track`` and ``track_before``, and where it changed ``category`` and
    ``category_before``. Raises InvalidInput for a track that is none, a category unknown or no longer in use.
    """
    return _set_track(case, track) | _set_category(case, category)


def _set_track(case: Case, track: str) -> dict[str, Any]:
    if track and track not in Track.values:
        raise InvalidInput("track", _("Choose one of the tracks."))
    before, case.track = case.track, track or case.track
    return {"track": case.track, "track_before": before}


def _set_category(case: Case, category: str) -> dict[str, Any]:
    before = case.category_id or ""
    if not category or category == before:
        return {}
    found = Category.objects.filter(pk=category, retired=False).first()
    if found is None:
        raise InvalidInput("category", _("Choose one of the categories."))
    case.category = found
    return {"category": category, "category_before": before}
