"""A version's Thông báo with its attachment (Decree 30/2020/NĐ-CP) as a PDF."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage

from agencies.models import Agency, Province
from bulletins.content import closing_numbers, period_content, sections
from bulletins.defanging import paragraphs, told
from bulletins.figures import MIN_GROUP
from bulletins.hotlines import hotlines_of
from bulletins.models import BulletinVersion, WarningItem
from bulletins.spans import Span
from documents.pdf import Limits, Rendered, render_document
from documents.spreadsheet import text_cell
from workflows.paper_layout import letterhead_of, official_document

TEMPLATE = "bulletins/warning_bulletin.html"
STYLES = ("bulletins/warning_bulletin.css",)
CSV_NAME = "so-lieu.csv"
LIMITS = Limits(seconds=120, memory_mb=640)


def version_content(
    version: BulletinVersion, items: list[WarningItem], correction: dict[str, Any] | None = None
) -> dict[str, Any]:
    """All the version says, ready to be frozen. ``figures`` as they were computed last."""
    bulletin = version.bulletin
    span = Span(bulletin.period_kind, bulletin.first_day, bulletin.last_day)
    head = {
        "subject": version.title,
        "signatory": _signatory(version),
        "recipients": [line.strip() for line in version.recipients.splitlines() if line.strip()],
        "urgency": version.urgency or None,
        "letterhead": letterhead(bulletin.agency, bulletin.province),
    }
    figures = {"figures": version.figures, "charts": version.charts}
    return composed(head, figures, span, items, bulletin.province, version.introduction, correction)


def composed(
    head: Mapping[str, Any], figures: Mapping[str, Any], span: Span, items: list[WarningItem], province: Province,
    introduction: str = "", correction: dict[str, Any] | None = None,
) -> dict[str, Any]:  # fmt: skip
    has_figures = bool(figures.get("figures"))
    return {
        **head,
        "subject": told(head["subject"]),
        "recipients": [told(line) for line in head.get("recipients", ())],
        "figures": figures.get("figures"),
        "charts": figures.get("charts") or [],
        "period": period_content(span),
        "introduction": paragraphs(introduction),
        "sections": sections(items, start=1 if has_figures else 0, every=has_figures),
        "hotlines": hotlines_of(province),
        "gateway": settings.PUBLIC_URL,
        "province": {"code": province.pk, "name": province.name, "title": province.title},
        "correction": correction,
        "min_group": MIN_GROUP,
    }


def letterhead(agency: Agency, province: Province) -> dict[str, str]:
    """The name without its province, which the superior's line tells; that is the People's Committee's where none is
    entered."""
    head = letterhead_of(agency, province.name)
    head["issuer"] = agency.name.removesuffix(f" {province.title} {province.name}")
    return head | {"superior": head["superior"] or f"Ủy ban nhân dân {province.title} {province.name}"}


def _signatory(version: BulletinVersion) -> dict[str, str]:
    given = {
        "title": version.signatory_title, "name": version.signatory_name, "authority": version.signatory_authority,
        "instead_of": version.signatory_instead_of,
    }  # fmt: skip
    return {name: value for name, value in given.items() if value}


def render_content(
    content: Mapping[str, Any], *, number: int | None, issued_on: date | None, as_of: datetime
) -> Rendered:
    """The PDF of frozen content; without a number a draft, marked as such. Equal arguments give equal bytes.
    Raises documents.pdf.RenderError, FileNotFoundError for a photo that is gone."""
    document = official_document(content, "TB", number=number, issued_on=issued_on)
    charts = {f"chart-{chart['code']}.svg": chart["svg"].encode() for chart in content["charts"]}
    figures = figures_csv(content)
    context = {
        "document": document,
        "content": content,
        "charts": {chart["code"]: chart for chart in content["charts"]},
        "csv_name": CSV_NAME if figures else "",
        "closing_numbers": closing_numbers(content),
    }
    assets = {**charts, **_photos(content), **({CSV_NAME: figures} if figures else {})}
    return render_document(
        TEMPLATE, context, title=f"{document.type_name}: {content['subject']}", as_of=as_of, assets=assets,
        stylesheets=STYLES, limits=LIMITS,
    )  # fmt: skip


def _photos(content: Mapping[str, Any]) -> dict[str, bytes]:
    found = {}
    for section in content["sections"]:
        for item in section["items"]:
            for photo in item["photos"]:
                with default_storage.open(photo["file"]) as file:
                    found[f"photo-{photo['sha256']}.jpg"] = file.read()
    return found


def figures_csv(content: Mapping[str, Any]) -> bytes:
    """The tables as one CSV (UTF-8 with a mark, for spreadsheets); empty without figures. Hidden numbers stay hidden."""
    figures = content.get("figures")
    if not figures:
        return b""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["bang", "nhom", "so_luong"])
    writer.writerows(_csv_rows(figures))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _csv_rows(figures: Mapping[str, Any]) -> Iterable[list[str]]:
    plain = ("received", "before", "last_year", "found", "resolved", "resolved_before", "resolved_last_year", "on_time",
             "satisfied", "loss")  # fmt: skip
    for name in plain:
        value = figures.get(name)
        yield ["tong_hop", name, "" if value is None else str(value)]
    if figures.get("until"):
        yield ["tong_hop", "until", figures["until"]]
    for table in figures["tables"]:
        for label, number in table["rows"]:
            yield [table["code"], text_cell(label or "khac"), "" if number is None else str(number)]


def issuing_agency(province: Province) -> Agency | None:
    """The lead agency of the province."""
    return province.agencies.filter(is_lead=True, is_active=True).order_by("code").first()
