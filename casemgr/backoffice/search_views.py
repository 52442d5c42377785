"""The search page: one box over every case the person's agency may see, and what narrows it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from casemgr.backoffice import search_facets
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.commune_map import commune_map
from casemgr.backoffice.saved_forms import saving
from casemgr.backoffice.search_asked import FACETS, SINCE, UNTIL, Asked, read_asked
from casemgr.backoffice.search_labels import facet_labels
from search.backends.base import Order
from search.fields import FIELDS
from search.guesses import as_typed
from search.highlights import Fragment
from search.query import MOST_WORDS
from search.received import received_on
from search.selectors import Answer, find_cases

PAGE_SIZE = 20

_PARTS = {
    "narrative": _("Story"),
    "wish": _("What the sender asks for"),
    "supplement": _("Added by the sender"),
    "product": _("Product or service"),
    "brand": _("Brand"),
    "seller": _("Seller"),
    "seller_address": _("Seller's address"),
    "respondent": _("Business"),
    "place": _("Place"),
    "identifiers": _("Numbers and links"),
    "file": _("File name"),
    "file_text": _("In a file"),
    "note": _("Note"),
    "reason": _("Reason"),
    "question": _("Question to the sender"),
    "answer": _("Answer of the sender"),
    "business": _("Answer of the business"),
    "letter": _("Letter to the sender"),
    "outcome": _("Outcome"),
    "proposal": _("Proposed answer"),
    "complainant": _("Sender's details"),
}
ORDERS = {
    Order.RELEVANCE: _("Best match first"),
    Order.NEWEST: _("Newest first"),
    Order.OPEN_FIRST: _("Open cases first"),
}


class SearchView(DeskView):
    """``?q=`` what was typed, the facets' fields, ``from``, ``to``, ``order``, and ``page``, a cursor. Any address gets
    a page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = read_asked(request.GET)
        cursor = request.GET.get("page", "")
        answer = find_cases(
            self.actor, asked.text, narrowing=asked.narrowing, limit=PAGE_SIZE, cursor=cursor, facets=FACETS
        )
        labels = facet_labels(answer.names)
        context = {
            "query": asked.text,
            "asked": bool(request.GET.get("q", "").strip() or asked.narrowing.any),
            "answer": answer,
            "hits": shown(answer),
            "first_url": asked.url() if cursor else "",
            "next_url": asked.url(page=answer.cursor) if answer.cursor else "",
            "suggestion_url": asked.__class__(answer.suggestion, asked.narrowing).url() if answer.suggestion else "",
            "as_typed_url": Asked(as_typed(asked.text), asked.narrowing).url() if answer.understood else "",
            "typed": search_facets.typed_fields(_as_read(asked, answer), answer.clauses, labels),
            "exact_url": asked.url(exact="1"),
            "wider_url": asked.url(exact=""),
            "most_words": MOST_WORDS,
            "parameters": asked.parameters().urlencode(),
            **_narrowing(asked, answer, labels),
            **saving(asked),
        }
        return render(request, "backoffice/search.html", context)


def _as_read(asked: Asked, answer: Answer) -> Asked:
    """With the text whose fields the answer's are: raw keystrokes were read first."""
    return Asked(answer.understood or asked.text, asked.narrowing)


def _narrowing(asked: Asked, answer: Answer, labels: search_facets.Labels) -> dict[str, Any]:
    bars = search_facets.histogram(asked, answer.facets.get("month", {}))
    return {
        "narrowing": asked.narrowing,
        "since_name": SINCE,
        "until_name": UNTIL,
        "facets": search_facets.facets(asked, answer.facets, labels),
        "chips": search_facets.chosen_chips(asked, labels),
        "months_chosen": asked.narrowing.filters.get("month", ()),
        "clear_url": Asked(asked.text).url(),
        "orders": [(order, label, asked.narrowing.order is order) for order, label in ORDERS.items()],
        "bars": bars,
        "chart_width": len(bars) * search_facets.BAR_WIDTH,
        "chart_height": search_facets.CHART_HEIGHT,
        "bar_width": search_facets.BAR_WIDTH - 3,
        "fields": search_facets.fields_explained(FIELDS),
    }


class SearchMapView(DeskView):
    """The same search counted by commune, drawn: a part of the page, asked for when it is opened."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = read_asked(request.GET)
        answer = find_cases(self.actor, asked.text, narrowing=asked.narrowing, limit=1, facets=("commune",))
        drawn = commune_map(
            self.actor, asked, answer.facets.get("commune", {}), facet_labels(answer.names), exact=answer.facets_exact
        )
        return render(request, "backoffice/search_map.html", {
            "map": drawn, "degraded": answer.degraded, "facets_exact": answer.facets_exact,
        })  # fmt: skip


def shown(answer: Answer) -> list[dict[str, Any]]:
    return [
        {"case": hit.case, "received_on": received_on(hit.case), "fragments": [_labelled(one) for one in hit.fragments]}
        for hit in answer.hits
    ]


def _labelled(fragment: Fragment) -> dict[str, Any]:
    return {"label": _PARTS.get(fragment.part, ""), "pieces": fragment.pieces}
