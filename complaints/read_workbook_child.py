"""Child process: an XLSX file on standard input, the rows of one sheet on standard output, a JSON array a line.

Nothing is computed: of a formula the value counts that the spreadsheet kept. A refusal is a line ``{"refused": …}``.
"""

from __future__ import annotations

import json
import sys
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from complaints import sandbox

SECONDS = 240
WRITTEN = 512 * 1024**2
MOST_COLUMNS = 200
LAST_ROW = 1_048_576
_MOST_PARTS = 5_000
_MOST_UNPACKED = 400 * 1024**2
# The one part that is held in memory as a whole.
_MOST_STRINGS = 100 * 1024**2


class Refused(ValueError):
    """Its only argument is the code of a sentence."""


def check(file: Any) -> None:
    """Sizes as declared: the unpacker stops there, whatever follows. Raises Refused."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
    strings = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > _MOST_PARTS or unpacked > _MOST_UNPACKED or strings > _MOST_STRINGS:
        raise Refused("large")


def rows(file: Any, sheet: str) -> Iterator[tuple[int, list[str]]]:
    import openpyxl

    book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    named = [each for each in book.worksheets if not sheet or each.title.strip() == sheet.strip()]
    if not named:
        raise Refused("sheet")
    # What a file says of its own size is not to be believed.
    named[0].reset_dimensions()
    for number, cells in enumerate(named[0].iter_rows(values_only=True), 1):
        if number > LAST_ROW:
            raise Refused("large")
        texts = [text_of(cell) for cell in cells] if any(cell is not None for cell in cells) else []
        while texts and not texts[-1].strip():
            texts.pop()
        if len(texts) > MOST_COLUMNS:
            raise Refused("wide")
        if texts:
            yield number, texts


def text_of(value: Any) -> str:
    """As a person would type it; days as YYYY-MM-DD."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**15 else repr(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time.min else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def main() -> None:
    sandbox.confine(seconds=SECONDS, written=WRITTEN)
    warnings.simplefilter("ignore")
    out = sys.stdout
    try:
        check(sys.stdin.buffer)
        for row in rows(sys.stdin.buffer, sys.argv[1] if len(sys.argv) > 1 else ""):
            out.write(json.dumps(row) + "\n")
    except Refused as refusal:
        out.write(json.dumps({"refused": refusal.args[0]}) + "\n")
    except Exception:
        # Whatever a hostile file makes of the reader: it is not read.
        out.write(json.dumps({"refused": "damaged"}) + "\n")
    out.flush()


if __name__ == "__main__":
    main()
