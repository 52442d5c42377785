"""What the search box offers while one types: the options of a listbox, for `search-box.js`."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from casemgr.backoffice.access import DeskView
from complaints.identifiers import defang
from complaints.models import IndicatorKind
from search.suggestions import Group, Suggestion, suggestions

_LABELS = {
    Group.CASE: _("Cases"),
    Group.IDENTIFIER: _("Numbers and links"),
    Group.SELLER: _("Sellers"),
    Group.BRAND: _("Brands"),
    Group.PRODUCT: _("Products and services"),
}


class SuggestView(DeskView):
    """``?q=`` what was typed so far."""

    def get(self, request: HttpRequest) -> HttpResponse:
        found = suggestions(self.actor, request.GET.get("q", ""))
        groups = [
            {"name": group, "label": _LABELS[group], "options": [_option(one) for one in members]}
            for group, members in groupby(found, key=attrgetter("group"))
        ]
        return render(request, "backoffice/suggestions.html", {"groups": groups})


def _option(one: Suggestion) -> dict[str, str]:
    if one.group == Group.CASE:
        return {"text": one.text, "url": reverse("backoffice:case", args=[one.text]), "detail": ""}
    detail = str(IndicatorKind(one.kind).label) if one.kind else ""
    shown = defang(one.text) if one.kind in (IndicatorKind.URL, IndicatorKind.DOMAIN) else one.text
    return {"text": shown, "url": f"{reverse('backoffice:search')}?{urlencode({'q': one.query})}", "detail": detail}
