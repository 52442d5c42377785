import pytest

from documents.spreadsheet import LONGEST_CELL, text_cell


@pytest.mark.parametrize(
    "typed",
    ["=1+1", "+84912", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1", "\u00a0=HYPERLINK(1)", "＋1", "\n=x", "-"],
)
def test_what_would_be_a_formula_is_text(typed):
    assert text_cell(typed).startswith("'")


@pytest.mark.parametrize("typed", ["kem = trộn", "5-6", "a@b.example", "", "Số 1", "'=1"])
def test_other_text_stays_as_it_is(typed):
    assert text_cell(typed) == typed


def test_what_a_workbook_refuses_is_left_out():
    assert text_cell("a\x00b\x1fc\ufffe") == "abc"
    assert len(text_cell("x" * 100_000)) == LONGEST_CELL
