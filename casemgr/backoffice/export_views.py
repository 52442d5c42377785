"""Files of what a search finds: asked for, watched, cancelled, downloaded."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from casemgr.backoffice.access import DeskView, private
from casemgr.backoffice.search_asked import read_asked
from events import clock
from search.exporting import MOST_A_DAY, MOST_ROWS, ask_for_export, cancel_export, find_export, open_export
from search.models import SearchExport
from search.query import parse
from search.selectors import Narrowing
from search.selectors_saved import find_watchlist
from workflows.deadlines import HANOI
from workflows.errors import MoveNotAllowed

SHOWN = 20


class ExportsView(DeskView):
    """GET the latest; POST ``asked`` (the address of a search) and ``format`` asks for one more."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = SearchExport.objects.visible_to(self.actor)[:SHOWN]
        context = {"exports": rows, "most_rows": MOST_ROWS, "most_a_day": MOST_A_DAY}
        return render(request, "backoffice/exports.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        asked = read_asked(QueryDict(request.POST.get("asked", "")))
        form = request.POST.get("format", "")
        asks_nothing = parse(asked.text).is_empty and not asked.narrowing.any
        if form not in SearchExport.Format.values or asks_nothing:
            messages.error(request, _("Search for something first, then ask for its file."))
            return redirect("backoffice:search")
        return _asked(request, by=self.actor, text=asked.text, narrowing=asked.narrowing, form=form)


class WatchlistExportView(DeskView):
    """POST ``format`` asks for a file of what a watchlist finds."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        text, form = find_watchlist(pk, self.actor).text, request.POST.get("format", "")
        if form not in SearchExport.Format.values:
            return redirect("backoffice:watchlist", pk=pk)
        return _asked(request, by=self.actor, text=text, narrowing=Narrowing(), form=form, is_watchlist=True)


def _asked(request: HttpRequest, **wanted: Any) -> HttpResponse:
    try:
        ask_for_export(**wanted)
    except MoveNotAllowed as refused:
        messages.error(request, str(refused))
    return redirect("backoffice:exports")


class ExportRowView(DeskView):
    """One row alone, for the page that waits for it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return render(request, "backoffice/_export.html", {"export": find_export(pk, self.actor)})


class CancelExportView(DeskView):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        cancel_export(export_id=pk, by=self.actor)
        return redirect("backoffice:exports")


class ExportFileView(DeskView):
    """POST, for it is recorded; the answer is the file, kept nowhere."""

    def post(self, request: HttpRequest, pk: int) -> Any:
        made = open_export(export_id=pk, by=self.actor)
        name = f"vu-viec-{clock.now().astimezone(HANOI):%Y%m%d}-{made.pk}.{made.format}"
        return private(FileResponse(default_storage.open(str(made.file.name)), as_attachment=True, filename=name))
