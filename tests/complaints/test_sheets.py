"""Which sheets a workbook offers, and which of them is read."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference

from complaints.tables import Sheet, Table, TableRefused, open_table
from tests.complaints.odd_workbooks import ROW, odd_book
from tests.complaints.test_tables import HEAD, TAIL, repacked, workbook


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "so.xlsx"


def opened(path: Path, data: bytes, sheet: str = "") -> tuple[Table, list[list[str]]]:
    path.write_bytes(data)
    with path.open("rb") as file, open_table(file, sheet) as table:
        return table, [list(row.cells) for row in table.rows]


def book(**sheets: str) -> bytes:
    """Name → state; each holds its name."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, state in sheets.items():
        made.create_sheet(name).append([name])
        made[name].sheet_state = state
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_those_that_hold_something_are_offered_in_their_order_and_hidden_ones_marked(path):
    made = openpyxl.Workbook()
    made.active.title = "Trống"
    made.create_sheet("Danh mục").append(["x"])
    made["Danh mục"].sheet_state = "veryHidden"
    made.create_sheet("Năm 2024").append(["Nội dung"])
    made.create_sheet("Chỉ dấu cách").append([" "])
    chart = BarChart()
    chart.add_data(Reference(made["Năm 2024"], min_col=1, min_row=1))
    made.create_chartsheet("Biểu đồ").add_chart(chart)
    made.create_sheet("Năm 2023").append(["Nội dung"])
    out = io.BytesIO()
    made.save(out)
    table, _rows = opened(path, out.getvalue())
    assert table.sheets == (Sheet("Danh mục", True), Sheet("Năm 2024"), Sheet("Năm 2023"))
    assert table.sheet == "Năm 2024"


@pytest.mark.parametrize(
    ("data", "sheet"),
    [
        (book(A="hidden", B="visible", C="visible"), "B"),
        (workbook(title="Trống", Sau=[["Sau"]]), "Sau"),
    ],
    ids=["first is hidden", "first is empty"],
)
def test_without_a_name_the_first_that_is_seen_and_holds_something_is_read(path, data, sheet):
    table, rows = opened(path, data)
    assert (table.sheet, rows) == (sheet, [[sheet]])


def test_a_hidden_sheet_is_read_where_nothing_else_holds_anything_and_where_it_is_named(path):
    made = openpyxl.Workbook()
    made.create_sheet("Ẩn").append(["a"])
    made["Ẩn"].sheet_state = "hidden"
    out = io.BytesIO()
    made.save(out)
    assert opened(path, out.getvalue())[0].sheet == "Ẩn"
    assert opened(path, book(A="visible", B="hidden"), "B")[1] == [["B"]]


def test_a_text_has_no_sheets(path):
    table, rows = opened(path, b"a,b\n")
    assert (table.sheet, table.sheets, rows) == ("", (), [["a", "b"]])


def test_sheets_are_told_also_where_the_one_that_is_wanted_cannot_be_read(path):
    wide = workbook(["x"] * 300, title="Rộng", Hai=[["b"]])
    for data, sheet, sentence in ((wide, "", "200"), (book(A="visible", B="visible"), "C", "trang tính")):
        path.write_bytes(data)
        with path.open("rb") as file, open_table(file, sheet) as table:
            assert len(table.sheets) == 2
            with pytest.raises(TableRefused, match=sentence):
                list(table.rows)


def test_a_damaged_sheet_harms_no_other(path):
    data = repacked(book(A="visible", B="visible"), sheet2=HEAD + b"<row>")
    table, rows = opened(path, data)
    assert ([sheet.name for sheet in table.sheets], rows) == (["A", "B"], [["A"]])
    with pytest.raises(TableRefused):
        opened(path, data, "B")


def renamed(data: bytes, first: str, second: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/workbook.xml":
                part = part.replace(b'name="A"', b'name="%b"' % first.encode())
                part = part.replace(b'name="B"', b'name="%b"' % second.encode())
            new.writestr(name, part)
    return out.getvalue()


@pytest.mark.parametrize(("sheet", "sentence"), [("", "Strict Open XML"), ("A", "Strict Open XML")])
def test_of_a_strict_workbook_it_is_said_what_to_do(path, sheet, sentence):
    with pytest.raises(TableRefused, match=sentence):
        opened(path, odd_book([ROW], is_strict=True), sheet)


@pytest.mark.parametrize(("sheet", "sentence"), [("", "hỏng"), ("A", "không có trang tính nào tên")])
def test_a_workbook_without_sheets_is_damaged_unless_a_name_was_wanted(path, sheet, sentence):
    with pytest.raises(TableRefused, match=sentence):
        opened(path, odd_book([]), sheet)


def test_a_row_before_the_first_is_damage(path):
    with pytest.raises(TableRefused, match="hỏng"):
        opened(path, odd_book(['<row r="0"><c><v>1</v></c></row>']))


def test_names_are_not_believed(path):
    data = renamed(book(A="visible", B="visible"), "&lt;b&gt; &#10; x", "y" * 100_000)
    table, _rows = opened(path, data)
    assert [sheet.name for sheet in table.sheets] == ["<b> x", "y" * 200]
    assert opened(path, data, "<b>  x")[1] == [["A"]]
    assert opened(path, data, "y" * 200)[1] == [["B"]]


@pytest.mark.parametrize(
    ("first", "second", "offered"),
    [
        ("So", "So ", ["So", "So (2)"]),
        ("&#160;", "So", ["(1)", "So"]),
        ("So", " ", ["So", "(2)"]),
        (" ", "(1)", ["(1)", "(1) (2)"]),
        ("y" * 300, "y" * 301, ["y" * 200, "y" * 188 + " (2)"]),
    ],
)
def test_each_sheet_has_a_name_of_its_own_by_which_it_is_read(path, first, second, offered):
    data = renamed(book(A="visible", B="visible"), first, second)
    table, _rows = opened(path, data)
    assert [sheet.name for sheet in table.sheets] == offered
    assert [opened(path, data, name)[1] for name in offered] == [[["A"]], [["B"]]]


def test_a_made_up_name_takes_nobodys_own():
    from complaints.workbook import distinct, plain

    titles = distinct(["So", "So", "So (2)", "", " So", "x" * 250, "x" * 200, "x" * 200])
    assert titles[:5] == ["So", "So (3)", "So (2)", "(4)", "So (4)"]
    assert len(set(titles)) == len(titles)
    assert [plain(title) for title in titles] == titles


def test_thousands_of_sheets_are_not_offered(path):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for number in range(300):
        made.create_sheet(f"T{number}").append(["x"])
    out = io.BytesIO()
    made.save(out)
    table, rows = opened(path, out.getvalue())
    assert (len(table.sheets), rows) == (200, [["x"]])


def test_rows_that_are_only_coloured_are_not_read_to_their_end_to_look_for_something(path):
    far = b'<row><c t="inlineStr"><is><t>far</t></is></c></row>'
    blank = HEAD + b'<row><c s="1"/></row>' * 1_000 + far + TAIL
    data = repacked(book(A="visible", B="visible"), sheet1=blank)
    table, _rows = opened(path, data)
    assert [sheet.name for sheet in table.sheets] == ["B"]
    assert opened(path, data, "A")[1] == [["far"]]
