"""Open data: what may be counted with, and a page that says what the columns mean."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from bulletins.figures import MIN_GROUP
from bulletins.open_data import COLUMNS, NAMES, Line
from bulletins.selectors_open_data import added_up_at, open_lines
from bulletins.selectors_public import Mark, told_mark
from casemgr.public.told import FILE_SECONDS, render_told, told
from documents.spreadsheet import text_cell

SHOWN_MONTHS = 12
TOTALS = {name: NAMES[name] for name in ("received", "found", "resolved")}


def figures_mark(province: str) -> Mark:
    """As of bulletins, and of the daily sums."""
    mark, at = told_mark(province), added_up_at(province)
    return Mark(max(mark.at, at), f"{mark.tag}|{at}") if at else mark


@told(mark=figures_mark)
def about(_request: HttpRequest) -> HttpResponse:
    lines = open_lines(settings.DEFAULT_PROVINCE)
    context = {"months": _months(lines), "measures": list(NAMES.values()), "minimum": MIN_GROUP}
    return render_told("public/open_data.html", context, section="open-data")


def _months(lines: list[Line]) -> list[dict[str, Any]]:
    totals = {(line.month, line.measure): line.number for line in lines}
    months = list(dict.fromkeys(line.month for line in lines))[:SHOWN_MONTHS]
    return [{"month": month, **{name: totals.get((month, said)) for name, said in TOTALS.items()}} for month in months]


@told(mark=figures_mark, seconds=FILE_SECONDS)
def as_csv(_request: HttpRequest) -> HttpResponse:
    """UTF-8 with a mark, for spreadsheets; a name never begins a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for line in open_lines(settings.DEFAULT_PROVINCE):
        writer.writerow(text_cell(cell) if isinstance(cell, str) else cell for cell in line.cells)
    response = HttpResponse(b"\xef\xbb\xbf" + text.getvalue().encode(), content_type="text/csv; charset=utf-8")
    return _free(response, "so-lieu.csv")


@told(mark=figures_mark, seconds=FILE_SECONDS)
def as_json(_request: HttpRequest) -> HttpResponse:
    lines = open_lines(settings.DEFAULT_PROVINCE)
    data = {
        "about": settings.PUBLIC_URL + reverse("public:open-data"), "province": settings.DEFAULT_PROVINCE,
        "minimum": MIN_GROUP, "rows": [dict(zip(COLUMNS, line.cells, strict=True)) for line in lines],
    }  # fmt: skip
    return _free(JsonResponse(data, json_dumps_params={"ensure_ascii": False}), "so-lieu.json")


def _free(response: HttpResponse, name: str) -> HttpResponse:
    """For programs of any site: there is nothing in it that is anybody's."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
