"""Our quick reading of a workbook says what openpyxl says itself: it uses parts of it that are nobody's promise."""

import io
import warnings

import openpyxl
import pytest

from complaints.workbook import Workbook, _Parser
from tests.complaints.odd_workbooks import ROW, odd_book
from tests.complaints.test_tables import HEAD, TAIL

STRINGS = (
    '<si><t>Nội dung</t></si><si><r><t>Hàng </t></r><r><rPr><b/></rPr><t xml:space="preserve"> giả</t></r>'
    '<rPh sb="0" eb="1"><t>đọc</t></rPh><phoneticPr fontId="1"/></si>'
    '<si><t xml:space="preserve">  a_x000D_\nb </t></si><si><t>_x005F_x000D_</t></si><si/><si><t/></si>'
    '<si><t>k</t><rPh sb="0" eb="1"><t>PH</t></rPh></si>'
)
NAMED = '<row r="1">' + "".join(f'<c t="s"><v>{at}</v></c>' for at in range(7)) + "</row>"
KINDS = (
    '<row r="3"><c r="A3" s="1"><v>45000.5</v></c><c r="B3" s="2"><v>1.5</v></c><c r="C3" s="1"><v>-5</v></c>'
    '<c r="D3" t="b"><v>0</v></c><c r="E3" t="e"><v>#N/A</v></c><c r="F3" t="str"><f>A1</f><v>for</v></c>'
    '<c r="G3"><f>1+1</f><v>2</v></c><c r="H3"><f>1</f></c><c r="I3" t="d"><v>2024-11-05T10:00:00</v></c>'
    '<c r="J3"><v>1e3</v></c><c r="K3"><v>912345678</v></c></row>'
)
INLINE = (
    '<row><c t="inlineStr"><is><t xml:space="preserve"> in </t></is></c><c t="inlineStr"><is><r><t>x</t></r>'
    '<r><t>y</t></r><rPh sb="0" eb="1"><t>q</t></rPh></is></c><c t="inlineStr"><is><t>_x005F_a</t></is></c>'
    '<c t="inlineStr"/><c t="inlineStr"><is/></c></row>'
)
ODD = {
    "texts in their own part": odd_book([NAMED], strings=STRINGS),
    "kinds of cells": odd_book([KINDS]),
    "days counted from 1904": odd_book([KINDS], properties='<workbookPr date1904="1"/>'),
    "texts in their cells": odd_book([INLINE]),
    "no places": odd_book(["<row/><row><c><v>1</v></c><c/><c><v>3</v></c></row><row r='7'><c><v>7</v></c></row>"]),
    "a part named from the root": odd_book([ROW], place="/xl/worksheets/s%d.xml"),
    "a part named roundabout": odd_book([ROW], place="../xl/./worksheets/s%d.xml"),
    "no styles": odd_book([ROW], has_styles=False),
    "a number of a row with a point": odd_book(['<row r="2.0"><c r="A2"><v>5</v></c></row>']),
    "two sheets": odd_book([ROW, INLINE]),
}
Said = list[list[tuple[int, dict[int, object]]]]


def ours(data: bytes) -> Said:
    book = Workbook(io.BytesIO(data))
    return [
        [(number, values((cell["column"], cell["value"]) for cell in cells)) for number, cells in book.rows(sheet)]
        for sheet in book.sheets
    ]


def theirs(data: bytes) -> Said:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    for sheet in book.worksheets:
        sheet.reset_dimensions()
    return [
        [(number, values(enumerate(row, 1))) for number, row in enumerate(sheet.iter_rows(values_only=True), 1)]
        for sheet in book.worksheets
    ]


def values(cells) -> dict[int, object]:
    return {column: value for column, value in cells if value is not None}


def that_say_something(said: Said) -> Said:
    return [[row for row in rows if row[1]] for rows in said]


@pytest.mark.parametrize("data", ODD.values(), ids=ODD)
def test_a_workbook_says_what_it_says_to_others(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = that_say_something(ours(data))
        assert found == that_say_something(theirs(data))
    assert all(found)


def test_nothing_is_kept_of_rows_that_were_read():
    sheet = HEAD + b'<row ht="15" customHeight="1"><c><v>1</v></c></row>' * 3 + TAIL
    parser = _Parser(io.BytesIO(sheet), [], data_only=True)
    assert [number for number, _cells in parser.parse()] == [1, 2, 3]
    assert parser.row_dimensions == {}
