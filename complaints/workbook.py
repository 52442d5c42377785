"""The sheets of an XLSX file, for the child process that reads them: openpyxl's parts put together for speed.

Its own way of opening parses each sheet that does not tell its size from end to end, and makes some ten objects of each
plain text: most of the time a register takes. Nothing but that is done otherwise here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, NamedTuple

from openpyxl.cell.text import Text
from openpyxl.packaging.manifest import Manifest
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

_STRING = f"{{{SHEET_MAIN_NS}}}si"
_INLINE = f"{{{SHEET_MAIN_NS}}}is"
_TEXT = f"{{{SHEET_MAIN_NS}}}t"


LONGEST_TITLE = 200
# With room for a number.
_LONGEST_STEM = LONGEST_TITLE - 12
# What it says it is made of; of such a workbook openpyxl finds no sheet.
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"


class Sheet(NamedTuple):
    title: str
    is_hidden: bool
    part: str


class Workbook:
    """``file`` stays open as long as it is read."""

    def __init__(self, file: Any) -> None:
        reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
        reader.read_manifest()
        reader.read_workbook()
        apply_stylesheet(reader.archive, reader.wb)
        self._archive, self._book = reader.archive, reader.wb
        self._strings = _strings(reader.archive, reader.package)
        self.is_strict = _STRICT in reader.archive.read(reader.parser.workbook_part_name)
        found = [
            (sheet, relation.target) for sheet, relation in reader.parser.find_sheets()
            if relation.target in reader.valid_files and "chartsheet" not in relation.Type
        ]  # fmt: skip
        titles = distinct([sheet.name for sheet, _part in found])
        self.sheets = [
            Sheet(title, sheet.state != "visible", part) for title, (sheet, part) in zip(titles, found, strict=True)
        ]

    def rows(self, sheet: Sheet) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        """Number and cells (``column`` from 1, ``value``) of each row that is written down, as it is written down."""
        book = self._book
        with self._archive.open(sheet.part) as source:
            yield from _Parser(
                source, self._strings, data_only=True, epoch=book.epoch, date_formats=book._date_formats,
                timedelta_formats=book._timedelta_formats,
            ).parse()  # fmt: skip


def plain(title: str) -> str:
    """As it comes back from a page. The format allows 31 characters, a file any number."""
    return " ".join(title.split())[:LONGEST_TITLE].strip()


def distinct(names: Iterable[str]) -> list[str]:
    """As `plain`, each unlike all others, since a sheet is chosen by it: ``(3)`` is the third, which has no name;
    ``So (2)`` stands for what is called ``So`` as well."""
    own = [plain(name) or f"({number})" for number, name in enumerate(names, 1)]
    taken, titles = set(own), dict[str, None]()
    numbers: dict[str, Iterator[int]] = defaultdict(lambda: count(2))
    for title in own:
        if title not in titles:
            titles[title] = None
            continue
        stem = title[:_LONGEST_STEM].strip()
        made = (f"{stem} ({number})" for number in numbers[stem])
        another = next(each for each in made if each not in taken)
        taken.add(another)
        titles[another] = None
    return list(titles)


class _Parser(WorkSheetParser):
    def parse_row(self, row: Any) -> tuple[int, list[dict[str, Any]]]:
        parsed: tuple[int, list[dict[str, Any]]] = super().parse_row(row)
        # What the row looks like would be kept, of each of a million.
        self.row_dimensions.clear()
        return parsed

    def parse_cell(self, element: Any) -> dict[str, Any]:
        inline = element.find(_INLINE) if element.get("t") == "inlineStr" else None
        if inline is None:
            return super().parse_cell(element)
        if place := element.get("r"):
            self.col_counter = coordinate_to_tuple(place)[1]
        else:
            self.col_counter += 1
        return {"column": self.col_counter, "value": _content(inline)}


def _strings(archive: Any, package: Manifest) -> list[str]:
    """What the sheets name by number."""
    part = package.find(SHARED_STRINGS)
    if part is None:
        return []
    strings = []
    with archive.open(part.PartName[1:]) as source:
        for _event, node in iterparse(source):
            if node.tag == _STRING:
                strings.append(_content(node).replace("x005F_", ""))
                node.clear()
    return strings


def _content(node: Any) -> str:
    """Without how it looks, and without how it is pronounced."""
    if len(node) == 1 and node[0].tag == _TEXT:
        return node[0].text or ""
    return Text.from_tree(node).content
