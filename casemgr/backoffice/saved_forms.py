"""Forms for saved searches and watchlists: shape only, services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casemgr.backoffice.search_asked import Asked
from casemgr.public.fields import TypedText
from search.models import LONGEST_NAME, Alert, SavedSearch
from search.query import LONGEST_QUERY
from search.services_saved import Keeping
from search.watchlists import LONGEST_LINE, MOST_LINES


class SaveForm(forms.Form):
    """How a search is kept."""

    use_required_attribute = False

    name = TypedText(
        label=_("Name"), max_length=LONGEST_NAME, help_text=_("So that you know it again. Up to 100 characters.")
    )
    alert = forms.ChoiceField(label=_("When a new case fits, you are told"), choices=Alert, initial=Alert.NOW)
    shared = forms.BooleanField(
        label=_("Colleagues of your agency may use it"), required=False,
        help_text=_("They see its name and its words. Only you are told of new cases."),
    )  # fmt: skip

    def keeping(self) -> Keeping:
        said = self.cleaned_data
        return Keeping(said["name"], said["alert"], said["shared"])


class WatchlistForm(SaveForm):
    lines = TypedText(
        label=_("Numbers, links and addresses to watch for"), rows=8, max_length=MOST_LINES * LONGEST_LINE,
        help_text=_("One a line, at most 200: phone and account numbers, links, e-mail addresses, case numbers."),
    )  # fmt: skip
    field_order = ["name", "lines", "alert", "shared"]


class ChangeForm(SaveForm):
    text = TypedText(
        label=_("What is searched for"), rows=2, max_length=LONGEST_QUERY, required=False,
        help_text=_("As in the search box. What it is narrowed down to stays as it is."),
    )  # fmt: skip
    field_order = ["name", "text", "alert", "shared"]


def form_for(saved: SavedSearch, data: Any = None) -> SaveForm:
    initial = {
        "name": saved.name,
        "alert": saved.alert,
        "shared": saved.shared_with_unit,
        "lines": saved.text,
        "text": saved.text,
    }
    return (WatchlistForm if saved.is_watchlist else ChangeForm)(data, initial=initial)


def saving(asked: Asked) -> dict[str, Any]:
    """For `backoffice/search_save.html`, on the page of a search."""
    return {"save_form": SaveForm(auto_id="save-%s"), "carried": carried(asked)}


def carried(asked: Asked) -> list[tuple[str, str]]:
    """What is searched for, as the search page's parameters."""
    return [(name, value) for name, values in asked.parameters().lists() for value in values]
