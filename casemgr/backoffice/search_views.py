"""The search page: one box over every case the person's agency may see."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from casemgr.backoffice.access import DeskView
from casemgr.backoffice.saved_forms import saving
from search.highlights import Fragment
from search.query import LONGEST_QUERY, MOST_WORDS
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
    "place": _("Place"),
    "identifiers": _("Numbers and links"),
    "file": _("File name"),
    "note": _("Note"),
    "reason": _("Reason"),
    "question": _("Question to the sender"),
    "answer": _("Answer of the sender"),
    "outcome": _("Outcome"),
    "proposal": _("Proposed answer"),
    "complainant": _("Sender's details"),
}


class SearchView(DeskView):
    """``?q=`` what was typed, ``page`` a cursor. Any text gets a page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        text = request.GET.get("q", "")[: LONGEST_QUERY + 1]
        cursor = request.GET.get("page", "")
        answer = find_cases(self.actor, text, limit=PAGE_SIZE, cursor=cursor)
        context = {
            "query": text.replace("\x00", "").strip(),
            "asked": bool(text.strip()),
            "answer": answer,
            "hits": shown(answer),
            "first_url": _link(request, "") if cursor else "",
            "next_url": _link(request, answer.cursor) if answer.cursor else "",
            "most_words": MOST_WORDS,
            **saving(request),
        }
        return render(request, "backoffice/search.html", context)


def shown(answer: Answer) -> list[dict[str, Any]]:
    return [{"case": hit.case, "fragments": [_labelled(one) for one in hit.fragments]} for hit in answer.hits]


def _labelled(fragment: Fragment) -> dict[str, Any]:
    return {"label": _PARTS.get(fragment.part, ""), "pieces": fragment.pieces}


def _link(request: HttpRequest, cursor: str | None) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    if cursor:
        query["page"] = cursor
    return f"?{query.urlencode()}"
