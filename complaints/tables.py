"""Tables that people send: CSV and XLSX, read as rows of text. What a file is decides, not what it is called."""

from __future__ import annotations

import codecs
import csv
import io
import json
import os
import re
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from typing import IO, Any, NamedTuple

from django.utils.translation import gettext as _

from complaints import sandbox

MOST_BYTES = 30 * 1024**2
MOST_COLUMNS = 200
LONGEST_CELL = 200_000
# A sheet of 100,000 rows is read in a quarter of it.
_SECONDS = 240
_CHILD = "complaints.read_workbook_child"
# Looked for new rows so often, where all that were written are taken.
_PAUSE = 0.05
_CHUNK = 1024**2
_SIGNS = ";,\t|"
_BINARY = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_NAMED_SIGN = re.compile(r"sep=(.)[\r\n]*", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class TableRefused(ValueError):
    """``str(error)`` says in a sentence what to do about the file."""


class Row(NamedTuple):
    """``number`` as the spreadsheet counts, from 1; ``problem`` says why its cells cannot be read."""

    number: int
    cells: Sequence[str]
    problem: str = ""


class Sheet(NamedTuple):
    """``name`` is whatever the file says, at most 200 characters of it."""

    name: str
    is_hidden: bool = False


class Table(NamedTuple):
    """``sheets``: of a workbook those that hold something, in its order; ``sheet``: the one the rows are of."""

    rows: Iterator[Row]
    sheet: str = ""
    sheets: tuple[Sheet, ...] = ()


@contextmanager
def open_table(file: IO[bytes], sheet: str = "") -> Iterator[Table]:
    """The rows that hold something, of a seekable file on disk, to be taken within; of a workbook those of ``sheet``,
    else of the first that is seen and holds something. Raises TableRefused, and the rows do so at the latest after the
    last: who keeps rows before that must be able to begin again."""
    head = file.read(8)
    file.seek(0)
    if not head:
        raise TableRefused(_("The file is empty. Please choose it again."))
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise TableRefused(
            _("This is an old workbook (.xls), or one with a password. Please save it as .xlsx without a password.")
        )
    with _workbook(file, sheet) if head.startswith(b"PK") else _text(file) as table:
        yield table


def read_rows(file: IO[bytes], sheet: str = "") -> Generator[Row]:
    """As `open_table`, only the rows; to be closed by who leaves them before their end."""
    with open_table(file, sheet) as table:
        yield from table.rows


@contextmanager
def _text(file: IO[bytes]) -> Iterator[Table]:
    with closing(_text_rows(file)) as rows:
        yield Table(rows)


def _text_rows(file: IO[bytes]) -> Generator[Row]:
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        sign = _sign(text)
        yield from _records(text, sign)
    except UnicodeError:
        raise TableRefused(_not_utf8()) from None
    finally:
        text.detach()


def _records(text: IO[str], sign: str) -> Iterator[Row]:
    """A record that cannot be read is one with a problem; the next is read all the same."""
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(text, delimiter=sign, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(number, (), _problem(error))
            continue
        if number == 1 and len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
            raise TableRefused(_sentence("wide"))
        if any(cell and not cell.isspace() for cell in cells):
            is_wide = len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:])
            yield Row(number, cells[:MOST_COLUMNS], _too_wide() if is_wide else "")


def _problem(error: csv.Error) -> str:
    if "field limit" in str(error):
        return _("a cell is longer than %(n)d characters") % {"n": LONGEST_CELL}
    return _("the quotation marks do not match")


def _sign(text: IO[str]) -> str:
    """What separates the cells: named by a first line ``sep=;``, else the sign the first lines agree on."""
    first = text.readline(LONGEST_CELL)
    if named := _NAMED_SIGN.fullmatch(first):
        return named[1]
    sample = first + "".join(islice(iter(lambda: text.readline(LONGEST_CELL), ""), 30))
    text.seek(0)
    return max(_SIGNS, key=lambda sign: _agreement(sample, sign))


def _agreement(sample: str, sign: str) -> tuple[int, int]:
    """(lines with as many cells as the widest, cells a line) when read with this sign; nothing for one column."""
    try:
        widths = [len(cells) for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=sign) if any(cells)]
    except csv.Error:
        return 0, 0
    widest = max(widths, default=0)
    return (widths.count(widest), widest) if widest > 1 else (0, 0)


def _encoding(file: IO[bytes]) -> str:
    head = file.read(4096)
    file.seek(0)
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    if (zeros := head.count(0)) > len(head) // 4:
        return "utf-16-le" if head[1::2].count(0) * 2 > zeros else "utf-16-be"
    if _BINARY.search(head):
        raise TableRefused(_("This is no table. Only .xlsx and .csv are read."))
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise TableRefused(_not_utf8()) from None
    return "utf-8"


def _not_utf8() -> str:
    return _(
        "The letters of this file are in an old encoding (Windows-1258, TCVN3 or VNI), and guessing would spoil them. "
        "Please save it as “CSV UTF-8” or as .xlsx."
    )


def _too_wide() -> str:
    return _("more than %(n)d columns") % {"n": MOST_COLUMNS}


@contextmanager
def _workbook(file: IO[bytes], sheet: str) -> Iterator[Table]:
    """Read by a child without memory or time to spare, into a file that is followed while it grows, and gone afterwards."""
    if os.fstat(file.fileno()).st_size > MOST_BYTES:
        raise TableRefused(_("The workbook is too large: at most %(n)d MB.") % {"n": MOST_BYTES // 1024**2})
    with (
        tempfile.TemporaryFile() as written,
        sandbox.run_on_files(_CHILD, file, written, sheet, seconds=_SECONDS) as work,
    ):
        said = _said(written.fileno(), work)
        book = next(said)
        sheets = tuple(Sheet(*each) for each in book["sheets"])
        yield Table((Row(*row) for row in said), book["sheet"], sheets)


def _said(file: int, work: sandbox.Work) -> Iterator[Any]:
    """What the child says, line by line: first of the workbook, then of each row. Raises TableRefused."""
    try:
        for line in _followed(file, work):
            said = json.loads(line)
            if isinstance(said, dict) and "refused" in said:
                raise TableRefused(_sentence(said["refused"]))
            yield said
    except sandbox.ChildFailed:
        raise TableRefused(_sentence("damaged")) from None


def _followed(file: int, work: sandbox.Work) -> Iterator[bytearray]:
    """The whole lines, as they are written. Raises ChildFailed."""
    place, tail = 0, bytearray()
    while True:
        # Asked before looking: what was written before the end is then seen.
        is_over = work.ended.is_set()
        chunk = os.pread(file, _CHUNK, place)
        place += len(chunk)
        tail += chunk
        if b"\n" in chunk:
            *lines, tail = tail.split(b"\n")
            yield from lines
        elif not chunk and is_over:
            break
        elif not chunk:
            work.ended.wait(_PAUSE)
    work.check()
    if tail:
        raise sandbox.ChildFailed(f"{_CHILD} ended within a line")


def _sentence(code: str) -> str:
    return {
        "sheet": _("The workbook has no sheet of that name."),
        "strict": _(
            "This workbook is saved as “Strict Open XML”, which is not read. Please save it as an ordinary .xlsx."
        ),
        "large": _("Unpacked, the workbook is too large. Please save it anew, with only the sheet that is wanted."),
        "wide": _("The table has more than %(n)d columns. Please send it with fewer.") % {"n": MOST_COLUMNS},
    }.get(
        code,
        _("The workbook is damaged, or too large to be read. Please open it, save it anew as .xlsx, and try again."),
    )
