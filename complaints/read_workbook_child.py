"""Child process: an XLSX file on standard input; on standard output its sheets that hold something and the one that is
read, ``{"sheets": [[name, is hidden], …], "sheet": name}``, then the rows of that, a JSON array a line.

Nothing is computed: of a formula the value counts that the spreadsheet kept. A refusal is a line ``{"refused": …}``.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from itertools import islice
from typing import TYPE_CHECKING, Any

from complaints import sandbox

if TYPE_CHECKING:
    from complaints.workbook import Sheet, Workbook

SECONDS = 240
WRITTEN = 512 * 1024**2
MOST_COLUMNS = 200
LAST_ROW = 1_048_576
_MOST_PARTS = 5_000
_MOST_UNPACKED = 400 * 1024**2
# The one part that is held in memory as a whole.
_MOST_STRINGS = 100 * 1024**2
_MOST_SHEETS = 200
# Rows that are only coloured may go on for a million.
_LOOKED_AT = 200
_encode = json.JSONEncoder(ensure_ascii=False).encode


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


def answer(file: Any, wanted: str) -> Iterator[object]:
    from complaints.workbook import Workbook, plain

    book = Workbook(file)
    offered = [sheet for sheet in book.sheets[:_MOST_SHEETS] if holds_something(book, sheet)]
    found = [sheet for sheet in book.sheets if sheet.title == plain(wanted)] if wanted else _first(book, offered)
    yield {
        "sheets": [[sheet.title, sheet.is_hidden] for sheet in offered],
        "sheet": found[0].title if found else "",
    }
    if not found:
        raise Refused("strict" if book.is_strict else "sheet" if wanted else "damaged")
    yield from rows(book, found[0])


def _first(book: Workbook, offered: list[Sheet]) -> list[Sheet]:
    """What a person sees on opening it comes first."""
    return [sheet for sheet in offered if not sheet.is_hidden] or offered or book.sheets


def holds_something(book: Workbook, sheet: Sheet) -> bool:
    try:
        return any(texts_of(cells) for _number, cells in islice(book.rows(sheet), _LOOKED_AT))
    except Exception:
        # It will be said when it is chosen.
        return True


def rows(book: Workbook, sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    for number, cells in book.rows(sheet):
        if not 1 <= number <= LAST_ROW:
            raise Refused("large" if number > 0 else "damaged")
        if texts := texts_of(cells):
            yield number, texts


def texts_of(cells: Iterable[Mapping[str, Any]]) -> list[str]:
    """Each in its column, up to the last that says something. Raises Refused."""
    texts: list[str] = []
    for cell in cells:
        value, at = cell["value"], cell["column"] - 1
        if value is None:
            continue
        text = text_of(value)
        if at < MOST_COLUMNS:
            texts.extend([""] * (at + 1 - len(texts)))
            texts[at] = text
        elif text.strip():
            raise Refused("wide")
    while texts and not texts[-1].strip():
        texts.pop()
    return texts


def text_of(value: Any) -> str:
    """As a person would type it; days as YYYY-MM-DD."""
    if isinstance(value, str):
        return value
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
    # Nothing here goes in circles, and much is made.
    gc.disable()
    # Where it is installed (with the tools of development) openpyxl parses in Python, at half the speed. Expat bounds
    # what entities unfold to and fetches none; whatever else a file does, it does here.
    os.environ.update(OPENPYXL_DEFUSEDXML="False")
    try:
        check(sys.stdin.buffer)
        for said in answer(sys.stdin.buffer, sys.argv[1] if len(sys.argv) > 1 else ""):
            _say(said)
    except Refused as refusal:
        _say({"refused": refusal.args[0]})
    except Exception:
        # Whatever a hostile file makes of the reader: it is not read.
        _say({"refused": "damaged"})
    sys.stdout.flush()


def _say(what: object) -> None:
    """In blocks of some kilobytes, which the other side reads as they come."""
    sys.stdout.write(_encode(what) + "\n")


if __name__ == "__main__":
    main()
