"""Cells that a spreadsheet takes for what they are: text."""

from __future__ import annotations

import re

# What makes a program read a cell as a formula, in full-width letters too; blanks before it do not help.
_FORMULA = re.compile(r"[\s\u00a0]*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n]")
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
LONGEST_CELL = 32_000


def text_cell(text: str) -> str:
    """``text`` without what a workbook refuses, and with a ' before what would be a formula (CSV injection)."""
    plain = _REFUSED.sub("", text)[:LONGEST_CELL]
    return f"'{plain}" if _FORMULA.match(plain) else plain
