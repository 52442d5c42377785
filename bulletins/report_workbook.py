"""A periodic report as a workbook whose sums are formulas: whoever corrects a unit's cell sees the whole follow."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from bulletins.report_layout import Content
from documents.spreadsheet import text_cell

SUMMARY, UNITS, WORDS = "Tổng hợp", "Theo đơn vị", "Thuyết minh"
HEAD = 4  # the row of the headings
FIRST = HEAD + 1
FIRST_COLUMN = 3  # of the figures on the sheet of the units
_BOLD, _WRAP = Font(bold=True), Alignment(wrap_text=True, vertical="top")
_TINT = PatternFill("solid", fgColor="EEF2F6")


def workbook_of(content: Content) -> bytes:
    """Three sheets: the indicators with their sums, a row per unit, the words. Texts cannot become formulas."""
    book = Workbook()
    summary, units, words = book.active, book.create_sheet(UNITS), book.create_sheet(WORDS)
    assert isinstance(summary, Worksheet)  # nosec B101: a new workbook has a first sheet
    summary.title = SUMMARY
    _units(units, content)
    _summary(summary, content)
    _words(words, content)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _units(sheet: Worksheet, content: Content) -> None:
    _title(sheet, content)
    figures = content["figures"]
    _heading(sheet, ["STT", "Đơn vị báo cáo", *(_label(row) for row in figures)], [6, 44, *[18] * len(figures)])
    for place, unit in enumerate(content["units"]):
        row = FIRST + place
        sheet.cell(row, 1, place + 1)
        _text(sheet.cell(row, 2), unit["name"] if unit["reported"] else f"{unit['name']} (chưa báo cáo)")
        for column, (value, figure) in enumerate(zip(unit["values"], figures, strict=True), FIRST_COLUMN):
            if value:
                _number(sheet.cell(row, column), Decimal(value), figure["decimals"])
    last = FIRST + len(content["units"])
    _text(sheet.cell(last, 2), content["whole"]).font = _BOLD
    for column, figure in enumerate(figures, FIRST_COLUMN):
        cell = sheet.cell(last, column, _formula(column, len(content["units"]), figure))
        cell.font, cell.number_format = _BOLD, _format(2 if figure["average"] else figure["decimals"])
    sheet.freeze_panes = sheet.cell(FIRST, FIRST_COLUMN)


def _formula(column: int, units: int, figure: Content, sheet: str = "") -> str:
    """A sum or an average over the units' rows; nothing where nobody answered. Empty cells do not count."""
    letter = get_column_letter(column)
    cells = f"{sheet}{letter}{FIRST}:{letter}{FIRST + units - 1}"
    whole = f"ROUND(AVERAGE({cells}),2)" if figure["average"] else f"SUM({cells})"
    return f'=IF(COUNT({cells})=0,"",{whole})'


def _summary(sheet: Worksheet, content: Content) -> None:
    _title(sheet, content)
    heads = [
        "STT",
        "Chỉ tiêu",
        "Đơn vị tính",
        content["whole"],
        "Cách tổng hợp",
        "Số đơn vị có số liệu",
        "Số đơn vị phải báo cáo",
    ]
    _heading(sheet, heads, [6, 60, 14, 20, 16, 14, 14])
    units, place = len(content["units"]), f"'{UNITS}'!"
    for offset, figure in enumerate(content["figures"]):
        row, column = FIRST + offset, FIRST_COLUMN + offset
        sheet.cell(row, 1, figure["n"])
        _text(sheet.cell(row, 2), figure["wording"])
        _text(sheet.cell(row, 3), figure["measure"])
        total = sheet.cell(row, 4, _formula(column, units, figure, place))
        total.font, total.number_format = _BOLD, _format(2 if figure["average"] else figure["decimals"])
        _text(sheet.cell(row, 5), "Trung bình" if figure["average"] else "Cộng")
        letter = get_column_letter(column)
        sheet.cell(row, 6, f"=COUNT({place}{letter}{FIRST}:{letter}{FIRST + units - 1})")
        sheet.cell(row, 7, figure["asked"])
    sheet.freeze_panes = sheet.cell(FIRST, 1)


def _words(sheet: Worksheet, content: Content) -> None:
    _title(sheet, content)
    _heading(sheet, ["Mục", "Nội dung"], [40, 100])
    row = FIRST
    for narrative in content["narratives"]:
        for number, paragraph in enumerate(narrative["paragraphs"] or [""]):
            _text(sheet.cell(row, 1), narrative["heading"] if number == 0 else "")
            _text(sheet.cell(row, 2), paragraph)
            row += 1


def _title(sheet: Worksheet, content: Content) -> None:
    _text(sheet.cell(1, 1), f"Báo cáo {content['subject']}").font = Font(bold=True, size=14)
    first, last = content["span"]
    said = f"Số liệu từ ngày {first} đến ngày {last}; {content['reported']}/{content['asked']} đơn vị đã báo cáo"
    _text(sheet.cell(2, 1), f"{said}, tính đến ngày {content['as_of']}.")
    for row in (1, 2):
        sheet.cell(row, 1).alignment = Alignment(wrap_text=False)


def _heading(sheet: Worksheet, heads: list[str], widths: list[int]) -> None:
    for column, (head, width) in enumerate(zip(heads, widths, strict=True), 1):
        cell = _text(sheet.cell(HEAD, column), head)
        cell.font, cell.fill = _BOLD, _TINT
        sheet.column_dimensions[get_column_letter(column)].width = width


def _label(figure: Content) -> str:
    return f"({figure['n']}) {figure['wording']}" + (f" ({figure['measure']})" if figure["measure"] else "")


def _text(cell: Any, text: str) -> Cell:
    cell.value, cell.alignment = text_cell(text), _WRAP
    return cell


def _number(cell: Any, value: Decimal, decimals: int) -> None:
    cell.value = int(value) if value == value.to_integral_value() else value
    cell.number_format = _format(decimals)


def _format(decimals: int) -> str:
    return "#,##0" + (f".{'0' * decimals}" if decimals else "")
