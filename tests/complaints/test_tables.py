"""Tables that people send, and what is sent in their place."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference

from complaints.tables import LONGEST_CELL, MOST_COLUMNS, Row, TableRefused, read_rows


def rows(path: Path, data: bytes, sheet: str = "") -> list[Row]:
    path.write_bytes(data)
    with path.open("rb") as file:
        return list(read_rows(file, sheet))


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "so.csv"


def cells(path: Path, data: bytes) -> list[list[str]]:
    return [list(row.cells) for row in rows(path, data)]


TEXT = "Nội dung;Số tiền\r\nBán hàng giả, kém;1.500.000\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("sign", [";", ",", "\t", "|"])
def test_encodings_and_signs_are_found(path, encoding, sign):
    text = TEXT.replace(", kém", " kém").replace(";", sign)
    assert cells(path, text.encode(encoding)) == [["Nội dung", "Số tiền"], ["Bán hàng giả kém", "1.500.000"]]


def test_a_named_sign_and_breaks_within_cells(path):
    data = 'sep=|\r\na|b\r\n"một\r\nhai; ba"|"nói ""thật"""\r\n'.encode()
    assert cells(path, data) == [["a", "b"], ["một\r\nhai; ba", 'nói "thật"']]


def test_rows_are_counted_as_the_spreadsheet_counts_them(path):
    assert [row.number for row in rows(path, b"a,b\n\n,\nc,d\n")] == [1, 4]


@pytest.mark.parametrize("encoding", ["cp1258", "latin-1"])
def test_an_old_encoding_is_refused_with_what_to_do(path, encoding):
    data = "Nội dung".encode("cp1258", "ignore") if encoding == "cp1258" else "Néi dung".encode("latin-1")
    with pytest.raises(TableRefused, match="CSV UTF-8"):
        rows(path, data + b";a\n" + b"\xd0\xe9;b\n")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "không có nội dung"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), r"\.xls"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(200)), "không phải là bảng"),
        (b"%PDF-1.7\n\x01\x02\x03 binary", "không phải là bảng"),
        (b"PK\x03\x04 nothing more", "hỏng"),
    ],
)
def test_what_is_no_table_is_refused(path, data, said):
    with pytest.raises(TableRefused, match=said):
        rows(path, data)


def test_nul_in_a_text_is_no_harm(path):
    assert cells(path, b"a,b\nx\x00y,z\n") == [["a", "b"], ["x\x00y", "z"]]


def test_a_million_columns_are_refused(path):
    with pytest.raises(TableRefused, match=str(MOST_COLUMNS)):
        rows(path, b"x," * 1_000_000 + b"x\n1\n")


def test_one_wide_row_is_that_rows_problem(path):
    found = rows(path, b"a,b\n1," + b"2," * 1_000_000 + b"3\n4,5\n")
    assert [bool(row.problem) for row in found] == [False, True, False]
    assert len(found[1].cells) == MOST_COLUMNS


def test_quotation_marks_that_do_not_match_are_that_rows_problem(path):
    found = rows(path, b'a,b\n"x"y,1\nz,2\n')
    assert [bool(row.problem) for row in found] == [False, True, False]


def test_a_mark_that_never_ends_does_not_swallow_the_rest_silently(path):
    found = rows(path, b'a,b\n1,2\n"' + b"x,y\n" * 100_000)
    assert any(row.problem for row in found)
    assert max(len(cell) for row in found for cell in row.cells) <= LONGEST_CELL


def workbook(*lines: list, title: str = "Sheet", **more: list) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for line in lines:
        book.active.append(line)
    for name, others in more.items():
        sheet = book.create_sheet(name)
        for line in others:
            sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_whatever_it_is_called(path):
    data = workbook(
        ["Nội dung", "Ngày", "Số"],
        ["Hàng giả", date(2024, 11, 5), 1_500_000.0],
        [],
        ["x", datetime(2024, 1, 2, 10, 30, tzinfo=None), 1.5],  # noqa: DTZ001 - workbooks have no zones
    )
    found = rows(path, data)
    assert found[1] == Row(2, ["Hàng giả", "2024-11-05", "1500000"])
    assert found[2] == Row(4, ["x", "2024-01-02 10:30", "1.5"])


def test_a_sheet_may_be_named(path):
    data = workbook(["a"], title="Một", Hai=[["b"]])
    assert rows(path, data, "Hai")[0].cells == ["b"]
    assert rows(path, data)[0].cells == ["a"]
    with pytest.raises(TableRefused, match="trang tính"):
        rows(path, data, "Ba")


def test_of_a_formula_only_the_value_kept_counts_and_nothing_is_computed(path):
    assert rows(path, workbook(["a", "b"], ["=1+1", "còn"]))[1].cells == ["", "còn"]


def test_merged_cells_are_the_first_and_blanks(path):
    book = openpyxl.Workbook()
    book.active.append(["Sổ tiếp nhận", None, None])
    book.active.merge_cells("A1:C1")
    book.active.append(["a", "b", "c"])
    out = io.BytesIO()
    book.save(out)
    assert [list(row.cells) for row in rows(path, out.getvalue())] == [["Sổ tiếp nhận"], ["a", "b", "c"]]


def test_a_cell_that_holds_an_error_says_so(path):
    """Left out, a broken look-up would be a case without its seller."""
    assert rows(path, workbook(["Nội dung", "Người bán"], ["x", "#REF!"]))[1].cells == ["x", "#REF!"]


def test_a_stray_cell_far_below_is_one_row_more(path):
    book = openpyxl.Workbook()
    for _ in range(100):
        book.active.append(["x"] * 40)
    book.active.cell(1_048_576, 1, "lạc")
    out = io.BytesIO()
    book.save(out)
    found = rows(path, out.getvalue())
    assert (len(found), found[-1]) == (101, Row(1_048_576, ["lạc"]))


def test_a_sheet_that_is_a_chart_is_no_table(path):
    book = openpyxl.Workbook()
    book.active.append(["a"])
    chart = BarChart()
    chart.add_data(Reference(book.active, min_col=1, min_row=1))
    book.create_chartsheet("Biểu đồ", 0).add_chart(chart)
    out = io.BytesIO()
    book.save(out)
    assert rows(path, out.getvalue())[0].cells == ["a"]


def repacked(data: bytes, **parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name.split("/")[-1].split(".")[0], old.read(name)))
    return out.getvalue()


HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(path):
    bomb = repacked(workbook(["a"]), sheet1=HEAD + b"<row/>" * 80_000_000 + TAIL)
    assert len(bomb) < 2_000_000
    with pytest.raises(TableRefused, match="giải nén"):
        rows(path, bomb)


@pytest.mark.parametrize(
    "sheet",
    [
        HEAD + b'<row r="1">' + b"<c><v>1</v></c>" * 100_000 + b"</row>" + TAIL,
        HEAD + b'<row r="1"><c r="ZZZZZ1"><v>1</v></c></row>' + TAIL,
        HEAD + b'<row r="99999999999"><c><v>1</v></c></row>' + TAIL,
        b'<!DOCTYPE x [<!ENTITY a "' + b"z" * 1000 + b'"><!ENTITY b "' + b"&a;" * 1000 + b'">]>'
        + HEAD + b'<row r="1"><c t="inlineStr"><is><t>' + b"&b;" * 1000 + b"</t></is></c></row>" + TAIL,
        HEAD + b"<row>",
    ],
    ids=["a hundred thousand cells", "a column beyond the last", "a row beyond the last", "entities", "cut off"],
)  # fmt: skip
def test_hostile_sheets_are_refused(path, sheet):
    with pytest.raises(TableRefused):
        rows(path, repacked(workbook(["a"]), sheet1=sheet))


def test_what_a_sheet_says_of_its_size_is_not_believed(path):
    sheet = HEAD.replace(b"<sheetData>", b'<dimension ref="A1:A1"/><sheetData>')
    sheet += (
        b'<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2"><c r="A2"><v>3</v></c></row>' + TAIL
    )
    assert [list(row.cells) for row in rows(path, repacked(workbook(["a"]), sheet1=sheet))] == [["1", "2"], ["3"]]


STRINGS = (
    '<?xml version="1.0" encoding="UTF-8"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<si><t>Nội dung</t></si>"
    "<si><r><rPr><b/></rPr><t>Hàng </t></r><r><t>giả</t></r><rPh sb='0' eb='1'><t>đọc là</t></rPh></si>"
    '<si><t xml:space="preserve"> hai\nhàng </t></si><si><t/></si></sst>'
).encode()


def with_strings(sheet: bytes) -> bytes:
    """As a spreadsheet program writes texts: in a part of their own."""
    data = repacked(workbook(["x"]), sheet1=sheet)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    named = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'.encode()
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        types = old.read("[Content_Types].xml").replace(b"</Types>", named)
    out = io.BytesIO(repacked(data, **{"[Content_Types]": types}))
    with zipfile.ZipFile(out, "a") as book:
        book.writestr("xl/sharedStrings.xml", STRINGS)
    return out.getvalue()


def test_texts_in_their_own_part_are_read_without_how_they_look_and_sound(path):
    sheet = (
        HEAD + b'<row r="1"><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c t="s"><v>3</v></c></row>'
    )
    assert cells(path, with_strings(sheet + TAIL)) == [["Nội dung", "Hàng giả", " hai\nhàng "]]


def test_cells_stand_where_they_say_they_do_in_whatever_order(path):
    sheet = (
        b'<row r="3"><c r="D3" t="inlineStr"><is><t>d</t></is></c><c r="B3" t="inlineStr"><is><r><t>b</t></r></is></c>'
        b'<c t="b"><v>1</v></c></row><row><c t="e"><v>#REF!</v></c><c t="str"><v> </v></c><c><v>2.50</v></c>'
        b'<c t="inlineStr"><is><t> </t></is></c></row>'
    )
    found = rows(path, repacked(workbook(["a"]), sheet1=HEAD + sheet + TAIL))
    assert found == [Row(3, ["", "b", "True", "d"]), Row(4, ["#REF!", " ", "2.5"])]


def test_no_entity_fetches_anything(path, tmp_path):
    (tmp_path / "secret").write_text("kín")
    declared = f'<!DOCTYPE x [<!ENTITY a SYSTEM "{(tmp_path / "secret").as_uri()}">]>'.encode()
    sheet = declared + HEAD + b'<row r="1"><c t="inlineStr"><is><t>&a;</t></is></c></row>' + TAIL
    with pytest.raises(TableRefused):
        rows(path, repacked(workbook(["a"]), sheet1=sheet))
