"""What a periodic report prints, as plain data: frozen when it is issued, read by the template and the workbook.

Keys: ``letterhead``, ``signatory``, ``addressee``, ``recipients``, ``grounds``, ``subject``, ``whole`` (the province), ``span``, ``as_of``; ``asked``,
``reported`` (numbers of units); ``figures`` [{n, wording, measure, decimals, average, total, answered, asked}];
``narratives`` [{heading, paragraphs}]; ``units`` [{name, reported, values}], values in the order of the figures;
``missing`` [name]. Figures are texts of decimal numbers, as JSON keeps them exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.text import capfirst

from agencies.models import Agency, Province
from bulletins.models_questionnaires import TYPE
from bulletins.models_reports import Consolidation, Report
from bulletins.report_answers import figure_in_words
from bulletins.selectors_reports import Line, Telling, Whole
from documents.decree30 import Authority, Letterhead, OfficialDocument, Recipients, Signatory
from workflows.deadlines import HANOI

Content = dict[str, Any]
# So many numbered columns stand beside each other on a page of the appendix.
COLUMNS = 8


def content_of(report: Report, whole: Whole, signatory: Mapping[str, str], at: datetime) -> Content:
    figures = [line for line in whole.lines if line.asked]
    return {
        "letterhead": letterhead_of(report.agency, report.province),
        "signatory": {name: text for name, text in signatory.items() if text},
        "addressee": report.kind.addressee,
        "recipients": _lines(report.kind.recipients),
        "grounds": [_ground(line) for line in _lines(report.kind.legal_basis)],
        "subject": report.name,
        "whole": f"Toàn {report.province.title}",
        "span": [f"{report.first:%d/%m/%Y}", f"{report.last:%d/%m/%Y}"],
        "as_of": f"{at.astimezone(HANOI):%d/%m/%Y}",
        "asked": len(whole.units),
        "reported": len(whole.units) - len(whole.missing),
        "figures": [_figure(number, line) for number, line in enumerate(figures, 1)],
        "narratives": [_narrative(telling) for telling in whole.tellings],
        "units": [
            {"name": unit.unit_name, "reported": unit.is_submitted, "values": [_text(line.values.get(unit.pk)) for line in figures]}
            for unit in whole.units
        ],
        "missing": [unit.unit_name for unit in whole.missing],
    }  # fmt: skip


def letterhead_of(agency: Agency, province: Province) -> dict[str, str]:
    return {
        "issuer": agency.name.removesuffix(f" {province.title} {province.name}"),
        "abbreviation": agency.abbreviation,
        "place": province.name,
        "superior": f"Ủy ban nhân dân {province.title} {province.name}",
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _ground(line: str) -> str:
    return line if line.startswith("Căn cứ") else f"Căn cứ {line}"


def _text(value: Decimal | None) -> str:
    return "" if value is None else str(value)


def _figure(number: int, line: Line) -> Content:
    question = line.question
    return {
        "n": number, "wording": question.wording, "measure": question.measure, "decimals": question.decimals,
        "average": question.consolidation == Consolidation.AVERAGE, "total": _text(line.total),
        "answered": line.answered, "asked": line.asked,
    }  # fmt: skip


def _narrative(telling: Telling) -> Content:
    """The lead agency's own words; while it wrote none, the units' under their names."""
    texts = [telling.own] if telling.own else [f"{name}: {words}" for name, words in telling.units]
    paragraphs = [part.strip() for text in texts for part in text.replace("\r\n", "\n").split("\n") if part.strip()]
    return {"heading": telling.question.wording, "paragraphs": paragraphs}


def document_of(content: Content, *, number: int | None, issued_on: date | None) -> OfficialDocument:
    """``number`` None: a draft."""
    signatory = content["signatory"]
    authority = signatory.get("authority")
    return OfficialDocument(
        letterhead=Letterhead(**content["letterhead"]),
        type_abbr=TYPE,
        subject=capfirst(content["subject"]),
        signatory=Signatory(
            signatory.get("title", ""), signatory.get("name", ""), Authority[authority] if authority else None,
            signatory.get("instead_of", ""),
        ),
        recipients=Recipients(("Như trên", *content["recipients"])),
        number=number,
        issued_on=issued_on,
        grounds=tuple(content["grounds"]),
        draft=number is None,
        addressees=(content["addressee"],),
    )  # fmt: skip


def printed(content: Content) -> Content:
    """``content`` with its figures as documents write them, and the appendix cut into parts that fit a page's width."""
    figures = [{**row, "total": _words(row["total"])} for row in content["figures"]]
    return content | {"figures": figures, "parts": _parts(content)}


def _parts(content: Content) -> list[Content]:
    figures = content["figures"]
    parts = []
    for start in range(0, len(figures), COLUMNS):
        columns = figures[start : start + COLUMNS]
        rows = [
            {"name": unit["name"], "cells": [_cell(unit, start + place) for place in range(len(columns))]}
            for unit in content["units"]
            if unit["reported"]
        ]
        totals = [_words(row["total"]) for row in columns]
        parts.append({"columns": columns, "rows": rows, "totals": totals})
    return parts


def _cell(unit: Content, place: int) -> str:
    return _words(unit["values"][place]) or "-"


def _words(text: str) -> str:
    return figure_in_words(Decimal(text)) if text else ""
