"""What changed of a case since its page was opened: said before somebody acts on what is no longer so."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from casemgr.backoffice.access import DeskView
from workflows.errors import CaseNotFound
from workflows.selectors.casefile import find_case
from workflows.selectors.timeline import LOOKS, case_timeline

MOST = 3
LONGEST_NUMBER = 9


class CaseNewsView(DeskView):
    """``?seen=`` the last entry of the page's timeline, ``version=`` the case's as the page shows it. A part of a page:
    empty while nothing changed; with 404, that the case is not the person's to see (foreign and nonexistent alike)."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        try:
            case = find_case(number, self.actor)
        except CaseNotFound:
            return render(request, "backoffice/_case_gone.html", {"number": number}, status=HTTPStatus.NOT_FOUND)
        entries = case_timeline(case, self.actor, since_sequence=_number(request, "seen"))
        changes = [entry for entry in entries if entry.kind not in LOOKS]
        is_stale = case.version != _number(request, "version")
        context = {"case": case, "changes": changes[-MOST:], "more": len(changes[:-MOST]), "is_stale": is_stale}
        response = render(request, "backoffice/_case_news.html", context)
        response["Cache-Control"] = "no-store"
        return response


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) <= LONGEST_NUMBER else 0
