"""The table of an export: what its columns are, and its rows written as XLSX or CSV."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from documents.spreadsheet import text_cell
from workflows.deadlines import HANOI
from workflows.models import Case

from .received import received_at

if TYPE_CHECKING:
    from openpyxl.cell import WriteOnlyCell

RELATED = (
    "owner", "handler", "category", "complaint__product_group", "complaint__channel", "complaint__commune",
)  # fmt: skip
Cell = str | int | date | datetime | None
DAY, WHEN = "dd/mm/yyyy", "dd/mm/yyyy hh:mm"


def _when(at: datetime | None) -> datetime | None:
    """As clocks in Hanoi show it: a spreadsheet knows no zones."""
    return at.astimezone(HANOI).replace(tzinfo=None, second=0, microsecond=0) if at else None


def _name(thing: Any) -> str:
    return str(thing) if thing else ""


# What everybody may read who may see the case: not who complained, not their story, no notes.
COLUMNS: Sequence[tuple[Any, Callable[[Case], Cell]]] = (
    (_("Number"), lambda case: case.number),
    (_("State"), lambda case: str(case.get_state_display())),
    (_("Track"), lambda case: str(case.get_track_display())),
    (_("Responsible agency"), lambda case: case.owner.name),
    (_("Handler"), lambda case: _name(case.handler)),
    (_("Category"), lambda case: _name(case.category)),
    (_("Product group"), lambda case: _name(case.complaint.product_group)),
    (_("Sales channel"), lambda case: _name(case.complaint.channel)),
    (_("Commune"), lambda case: _name(case.complaint.commune)),
    (_("Product or service"), lambda case: case.complaint.product),
    (_("Brand"), lambda case: case.complaint.brand),
    (_("Seller"), lambda case: case.complaint.seller_name),
    (_("Amount (đồng)"), lambda case: case.complaint.amount),
    (_("Received on"), lambda case: received_at(case).astimezone(HANOI).date()),
    (_("Lodged"), lambda case: _when(case.lodged_at)),
    (_("Due"), lambda case: _when(case.due_at)),
    (_("Outcome"), lambda case: str(case.get_outcome_display()) if case.outcome else ""),
    (_("Urgent"), lambda case: str(_("yes")) if case.urgent else ""),
)


# In letters, as spreadsheets count; by column.
WIDTHS = (17, 22, 26, 30, 22, 26, 22, 22, 22, 34, 18, 28, 16, 16, 17, 17, 24, 8)


def row(case: Case) -> list[Cell]:
    """``case`` read with `RELATED`. Whatever people typed cannot become a formula."""
    cells = [read(case) for _heading, read in COLUMNS]
    return [text_cell(cell) if isinstance(cell, str) else cell for cell in cells]


def headings() -> list[Cell]:
    return [str(heading) for heading, _read in COLUMNS]


def write_xlsx(path: Path, rows: Iterable[list[Cell]]) -> None:
    """Row by row: the workbook is never whole in memory."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(_("Cases")))
    sheet.freeze_panes = "A2"
    for number, (heading, width) in enumerate(zip(headings(), WIDTHS, strict=True), 1):
        sheet.column_dimensions[get_column_letter(number)].width = max(width, len(str(heading)) + 4)
    written = 0
    for cells in _with_headings(rows):
        sheet.append([_dated(sheet, cell) if isinstance(cell, date) else cell for cell in cells])
        written += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{written}"
    book.save(path)


def _dated(sheet: Any, at: date) -> WriteOnlyCell:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, at)
    cell.number_format = WHEN if isinstance(at, datetime) else DAY
    return cell


def write_csv(path: Path, rows: Iterable[list[Cell]]) -> None:
    """UTF-8 with a mark, which spreadsheets ask for."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(map(_as_text, _with_headings(rows)))


def _as_text(cells: list[Cell]) -> list[Cell]:
    return [_shown(cell) if isinstance(cell, date) else cell for cell in cells]


def _shown(at: date) -> str:
    return f"{at:%d/%m/%Y %H:%M}" if isinstance(at, datetime) else f"{at:%d/%m/%Y}"


def _with_headings(rows: Iterable[list[Cell]]) -> Iterator[list[Cell]]:
    yield headings()
    yield from rows


WRITERS: dict[str, Callable[[Path, Iterable[list[Cell]]], None]] = {"xlsx": write_xlsx, "csv": write_csv}
