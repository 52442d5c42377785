"""Similar cases: a panel of the case page that comes when it is scrolled to."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casemgr.backoffice.access import DeskView
from complaints.identifiers import defang
from complaints.models import IndicatorKind
from search.similar import Alike, SimilarCases, similar_cases
from workflows import policy
from workflows.selectors.casefile import find_case
from workflows.states import MOVE

_SAME = {
    IndicatorKind.PHONE: gettext_lazy("same phone number %(shown)s"),
    IndicatorKind.BANK_ACCOUNT: gettext_lazy("same bank account %(shown)s"),
    IndicatorKind.URL: gettext_lazy("same web address %(shown)s"),
    IndicatorKind.DOMAIN: gettext_lazy("same website %(shown)s"),
    IndicatorKind.SHOP: gettext_lazy("same shop or account %(shown)s"),
    IndicatorKind.TAX_CODE: gettext_lazy("same tax code %(shown)s"),
    IndicatorKind.BARCODE: gettext_lazy("same barcode %(shown)s"),
}
_ENDING, _LONGEST, _MOST_SHARED = 4, 60, 3


class SimilarView(DeskView):
    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        case = find_case(number, self.actor)
        context = listed(similar_cases(case, self.actor)) | {
            "case": case,
            "may_join": policy.may(self.actor, MOVE["link_duplicate"], case),
        }
        page = "similar" if request.headers.get("HX-Request") else "similar_page"
        return render(request, f"backoffice/{page}.html", context)


def listed(similar: SimilarCases) -> dict[str, Any]:
    rows = [{"case": one.case, "why": reasons(one)} for one in similar.found]
    return {"rows": rows, "degraded": similar.degraded}


def reasons(alike: Alike) -> list[str]:
    """In words, the strongest first."""
    # An address says more than its domain.
    named = any(kind == IndicatorKind.URL for kind, _value in alike.shared)
    shared = [one for one in alike.shared if not (named and one[0] == IndicatorKind.DOMAIN)]
    found = [_shared(kind, value) for kind, value in shared[:_MOST_SHARED]]
    found += [_("the same business in the register")] if alike.business else []
    found += [_("seller's name almost the same")] if alike.seller else []
    found += [_("same product or service")] if alike.product else []
    found += [_("a story like this one")] if alike.story else []
    return [capfirst(reason) for reason in found]


def _shared(kind: str, value: str) -> str:
    shown = f"…{value[-_ENDING:]}"
    if kind in (IndicatorKind.URL, IndicatorKind.DOMAIN, IndicatorKind.SHOP):
        shown = defang(value)[:_LONGEST] if "." in value else value[:_LONGEST]
    sentence: Any = _SAME[IndicatorKind(kind)]
    return str(sentence) % {"shown": shown}
