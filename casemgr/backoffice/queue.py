"""The queue: what to do next, by tab."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from agencies.actors import Member
from agencies.folding import fold
from agencies.models import Commune, Role, User
from casemgr.backoffice.access import DeskView, no_desk
from casemgr.backoffice.forms import QueueForm
from casemgr.backoffice.presentation import due
from complaints.models import Category
from events import clock
from workflows.selectors import queue
from workflows.selectors.queue import Sieve, Tab
from workflows.services.bulk import AT_MOST
from workflows.states import MOVE, OPEN, State

SORT_LABELS = {
    "due": gettext_lazy("Urgent first, then due first"),
    "overdue": gettext_lazy("Longest overdue first"),
    "newest": gettext_lazy("Newest first"),
    "oldest": gettext_lazy("Oldest first"),
}
FILTERS = ("number", "state", "track", "category", "mark", "commune", "handler", "due", "age", "back")
MOST_ROWS = 60
BULK_MOVES = {
    **dict.fromkeys(("mine", "agency", "waiting", "overdue"), ("assign", "refer")),
    "settled": ("close",),
}
NO_REFERENCE: dict[str, list[Any]] = {"categories": [], "communes": [], "handlers": []}


class QueueView(DeskView):
    """``?tab=`` and filters; ``page`` is a cursor. Without a tab it begins with one's own work; who hands out
    the agency's work and has none of their own begins with that."""

    def refuse(self, request: HttpRequest) -> HttpResponse:
        return no_desk(request, HTTPStatus.OK)

    def get(self, request: HttpRequest) -> HttpResponse:
        tabs = queue.tabs_of(self.actor)
        counts = queue.counts(self.actor)
        asked = request.GET.get("tab") or _first(counts, self.actor)
        tab = next((t for t in tabs if t.code == asked), tabs[0])
        form = _filter_form(request, tab, self.actor)
        chosen = _chosen(form)
        order = chosen.pop("sort", "") or next(iter(tab.orders))
        cursor = request.GET.get("page", "")
        if tab.code == "receipts":
            page: Any = queue.receipt_page(tab, self.actor, order, cursor)
        else:
            page = queue.case_page(tab, self.actor, order, Sieve(**chosen), cursor)
        context = {
            "tab": tab,
            "tabs": _tab_links(tabs, tab, counts),
            "form": form,
            "is_filtered": any(chosen.values()),
            "has_sorts": len(tab.orders) > 1,
            "page": page,
            "rows": page.rows if tab.code == "receipts" else _rows(page.rows, self.actor),
            "previous_url": _link(request, tab, page.previous),
            "next_url": _link(request, tab, page.next),
            "empty": _empty(tab, bool(cursor)),
            "paged": bool(cursor),
            "tab_url": f"{request.path}?tab={tab.code}",
            **_bulk(request, tab, self.actor),
        }
        return render(request, "backoffice/queue.html", context)


class QueueRowsView(DeskView):
    """Rows of a list anew, as part of a page: ``?tab=`` and filters as the list has them, ``changed`` up to MOST_ROWS case
    numbers. What is not on the list any more, or never was, is missing."""

    def get(self, request: HttpRequest) -> HttpResponse:
        tab = next((t for t in queue.tabs_of(self.actor) if t.code == request.GET.get("tab")), None)
        numbers = [number.replace("\x00", "") for number in request.GET.getlist("changed")[:MOST_ROWS]]
        rows: list[dict[str, Any]] = []
        if tab and tab.code != "receipts" and numbers:
            chosen = _chosen(_filter_form(request, tab, self.actor))
            chosen.pop("sort")
            rows = _rows(queue.case_rows(tab, self.actor, Sieve(**chosen), numbers), self.actor)
        bulk = _bulk(request, tab, self.actor) if tab else {}
        return render(request, "backoffice/_changed_rows.html", {"rows": rows, "tab": tab, **bulk, "all_chosen": False})


def _bulk(request: HttpRequest, tab: Tab, actor: Member) -> dict[str, Any]:
    """What may be done with many of this tab's cases at once, and the link that ticks all or none."""
    query = request.GET.copy()
    query["tab"], query["all"] = tab.code, "" if request.GET.get("all") else "1"
    return {
        "bulk_moves": [MOVE[name] for name in BULK_MOVES.get(tab.code, ()) if _holds_role(actor, name)],
        "bulk_most": AT_MOST,
        "all_chosen": bool(request.GET.get("all")),
        "choose_url": f"?{query.urlencode()}#bulk",
    }


def _holds_role(actor: Member, name: str) -> bool:
    """Whether any case could let this person; each case decides for itself on the next page."""
    return any(actor.has(*by.roles) for by in MOVE[name].by if by.roles)


def _first(counts: dict[str, int], actor: Member) -> str:
    hands_out = actor.has(Role.INTAKE, Role.SUPERVISOR)
    return "agency" if hands_out and not counts.get("mine") else "mine"


def _filter_form(request: HttpRequest, tab: Tab, actor: Member) -> QueueForm:
    form = QueueForm(
        request.GET,
        states=[state for state in State if (state in OPEN) != (tab.code == "settled") or tab.code == "lodged"],
        sorts=[(code, SORT_LABELS[code]) for code in tab.orders],
        auto_id="filter-%s",
        **(_reference_choices(actor) if tab.code != "receipts" else NO_REFERENCE),
    )
    form.is_valid()
    return form


def _chosen(form: QueueForm) -> dict[str, str]:
    return {name: form.cleaned_data.get(name, "") for name in (*FILTERS, "sort")}


def _reference_choices(actor: Member) -> dict[str, list[tuple[str, str]]]:
    """Categories, the communes of the agency's provinces, and who is or was its handler: one query."""
    label = "label_en" if (get_language() or "").startswith("en") else "label_vi"
    categories = _labelled(Category.objects.filter(retired=False), "categories", label)
    communes = _labelled(
        Commune.objects.filter(province__agencies=actor.agency, retired=False), "communes", "full_name"
    )
    people = _labelled(
        User.objects.filter(memberships__agency=actor.agency, memberships__role=Role.HANDLER).distinct(),
        "handlers",
        "name",
    )
    choices: dict[str, list[tuple[str, str]]] = {name: [] for name in NO_REFERENCE}
    for kind, code, text in categories.union(communes, people, all=True):
        choices[kind].append((code, text))
    for kind in ("communes", "handlers"):
        choices[kind].sort(key=lambda choice: fold(choice[1]))
    return choices


def _labelled(rows: QuerySet[Any], kind: str, label: str) -> QuerySet[Any, tuple[str, str, str]]:
    named = rows.order_by().annotate(kind_=Value(kind, output_field=CharField()), key_=Cast("pk", CharField()))
    return named.values_list("kind_", "key_", label)


def _tab_links(tabs: tuple[Tab, ...], current: Tab, counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": tab.label,
            "url": f"{reverse('backoffice:queue')}?tab={tab.code}",
            "count": _count(counts.get(tab.code)),
            "current": tab is current,
            "urgent": tab.code == "overdue" and bool(counts.get(tab.code)),
        }
        for tab in tabs
    ]


def _count(found: int | None) -> str | int | None:
    return f"{queue.COUNT_LIMIT - 1}+" if found is not None and found >= queue.COUNT_LIMIT else found


def _rows(cases: list[Any], actor: Member) -> list[dict[str, Any]]:
    now = clock.now()
    return [{"case": case, "due": due(case, now), "with": _with_whom(case, actor)} for case in cases]


def _with_whom(case: Any, actor: Member) -> str:
    """Who has it now: the handler at home, the agency elsewhere."""
    if case.offered_to_id == actor.agency.pk:
        return _("from %(agency)s") % {"agency": case.owner.short_name}
    if case.offered_to_id:
        return _("to %(agency)s") % {"agency": case.offered_to.short_name}
    if case.handler_id:
        return str(case.handler)
    return _("nobody yet")


def _link(request: HttpRequest, tab: Tab, cursor: str) -> str:
    if not cursor:
        return ""
    query = request.GET.copy()
    query["tab"], query["page"] = tab.code, cursor
    return f"?{query.urlencode()}"


def _empty(tab: Tab, paged: bool) -> dict[str, str]:
    """What an empty tab says: why it is empty and what to do."""
    if paged:
        return {"title": _("Nothing more here"), "text": _("The list has changed. Go back to its beginning.")}
    texts = {
        "mine": (_("You have no case"), _("Take one from your agency's work, or wait until one is assigned to you.")),
        "agency": (_("Your agency has no open case"), _("New cases appear here by themselves.")),
        "offered": (
            _("No agency offers you a case"),
            _("What others pass on to your agency appears here, to be taken or returned."),
        ),
        "escalated": (
            _("No transfer waits for your decision"),
            _("Offers that an agency of the province did not answer in time appear here."),
        ),
        "waiting": (
            _("You are waiting for nobody"),
            _("Cases offered to another agency and questions to senders wait here."),
        ),
        "overdue": (_("Nothing is overdue"), _("Every open case is within its time limit.")),
        "settled": (
            _("Nothing has been finished yet"),
            _("Resolved, refused, closed and withdrawn cases are kept here."),
        ),
        "receipts": (
            _("Nothing was passed on yet"),
            _("When another agency takes a case of yours, its receipt stays here."),
        ),
        "lodged": (
            _("Nothing was lodged here yet"),
            _("What you lodge for someone appears here, so that you can follow it."),
        ),
    }
    title, text = texts[tab.code]
    return {"title": title, "text": text}
