"""Timeliness and satisfaction, as a table: for supervisors, for whoever handles cases, and for overseers."""

from __future__ import annotations

import csv
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from casemgr.backoffice.access import private
from documents.spreadsheet import text_cell
from events import clock
from workflows.deadlines import HANOI
from workflows.models import Party
from workflows.models.satisfaction import SATISFIED_FROM
from workflows.periods import Period, recent
from workflows.selectors.clocks import late_figures
from workflows.selectors.figures import (
    MIN_GROUP,
    Figures,
    Line,
    Share,
    Timeliness,
    agencies_told,
    figures,
    provinces_told,
)

_OFFERED = ((1, 12, gettext_lazy("Months")), (3, 8, gettext_lazy("Quarters")), (12, 5, gettext_lazy("Years")))


class PeriodForm(forms.Form):
    """A period nobody offers shows the present quarter."""

    period = forms.ChoiceField(label=gettext_lazy("Period"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="figures-%s")
        today = clock.now().astimezone(HANOI).date()
        self.fields["period"].choices = [  # type: ignore[attr-defined]
            (label, [(found.code, str(found)) for found in recent(months, today, count)])
            for months, count, label in _OFFERED
        ]
        self.present = next(recent(3, today, 1))

    def chosen(self) -> Period:
        asked = self.cleaned_data.get("period") if self.is_valid() else ""
        return Period.parse(asked) if asked else self.present


@require_safe
def figures_page(request: HttpRequest) -> HttpResponse:
    """``?period=2026-11 | 2026-Q4 | 2026``; ``format=csv`` downloads the same table."""
    actor = request.actor  # type: ignore[attr-defined]
    agencies = agencies_told(actor)
    if agencies is None:
        raise PermissionDenied
    asked = PeriodForm(request.GET)
    period = asked.chosen()
    found = figures(agencies, period)
    if request.GET.get("format") == "csv":
        return _download(found, period)
    shown = PeriodForm({"period": period.code})
    context = {
        "form": shown,
        "period": period,
        "target": found.target,
        "rows": [_row(line, found) for line in _lines(found)],
        "headings": [cell["label"] for cell in _row(Line(None), found)["cells"]],
        "satisfied_from": SATISFIED_FROM,
        "min_group": MIN_GROUP,
        "download_url": f"?period={period.code}&format=csv",
        "is_running": period.end > clock.now(),
        "limits": late_figures(provinces) if (provinces := provinces_told(actor)) else [],
    }
    return private(render(request, "backoffice/board/figures.html", context))  # type: ignore[return-value]


def _lines(found: Figures) -> list[Line]:
    return [*found.lines, *([found.together] if found.together else [])]


def _row(line: Line, found: Figures) -> dict[str, Any]:
    return {
        "name": line.agency.name if line.agency else _("Together"),
        "is_sum": line.agency is None,
        "cells": [
            _timely(_("Answers in time"), line.answers),
            _timely(_("Transfers taken in time"), line.transfers),
            {"label": _("Open today"), "words": str(line.open)},
            {"label": _("of these overdue"), "words": str(line.overdue), "is_late": bool(line.overdue)},
            _content(_("Satisfied senders"), line.satisfaction[Party.CITIZEN], found),
            _content(_("Satisfied businesses"), line.satisfaction[Party.BUSINESS], found),
        ],
    }


def _timely(label: str, one: Timeliness) -> dict[str, Any]:
    if one.percent is None:
        return {"label": label, "words": "–"}
    words = _("%(in_time)d of %(all)d (%(percent)d %%)")
    return {
        "label": label,
        "words": _whole(words % {"in_time": one.in_time, "all": one.in_time + one.late, "percent": one.percent}),
        "more": _("%(n)d late") % {"n": one.late} if one.late else "",
    }


def _content(label: str, share: Share, found: Figures) -> dict[str, Any]:
    """Words say whether the target is reached: colour alone tells nothing to who cannot see it."""
    if share.is_hidden:
        return {"label": label, "words": _("too few")}
    if share.percent is None:
        return {"label": label, "words": "–"}
    reached = share.reaches(found.target)
    verdict = {True: _("target reached"), False: _("below the target"), None: ""}[reached]
    words = _whole(_("%(percent)d %% of %(given)d") % {"percent": share.percent, "given": share.given})
    notes = [verdict, _("without those with too few") if share.is_partial else ""]
    return {"label": label, "words": words, "more": "; ".join(filter(None, notes)), "is_late": reached is False}


def _whole(words: str) -> str:
    """The sign stays on the line of its number."""
    return words.replace(" %", "\u00a0%")


def _download(found: Figures, period: Period) -> HttpResponse:
    """UTF-8 with a mark, which spreadsheets ask for; no cell begins as a formula does."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="figures-{period.code}.csv"'
    rows = csv.writer(response)
    first = _row(Line(None), found)["cells"]
    rows.writerow([text_cell(str(text)) for text in (_("Agency"), *(cell["label"] for cell in first))])
    for line in _lines(found):
        row = _row(line, found)
        rows.writerow([text_cell(row["name"]), *(text_cell(_cell(cell)) for cell in row["cells"])])
    return private(response)  # type: ignore[return-value]


def _cell(cell: dict[str, Any]) -> str:
    return "; ".join(filter(None, (cell["words"], cell.get("more", ""))))
