"""What became of the rows of a file: a table for the person who sent it, with the bad rows as they were sent."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from typing import IO

from django.utils.translation import gettext as _

from documents.spreadsheet import text_cell

BOM = "\ufeff"


class Report:
    """Written row by row into an open text file (UTF-8, newline=""). Headings are the sender's own: mended, the file
    can be sent again."""

    def __init__(self, file: IO[str], headings: Sequence[str]) -> None:
        # Spreadsheets take a CSV for UTF-8 only with the mark.
        file.write(BOM)
        self._writer = csv.writer(file)
        self._writer.writerow(map(text_cell, [_("Row"), _("Result"), _("Case made"), _("Reason"), *headings]))

    def lodged(self, number: int, case: str) -> None:
        self._writer.writerow([number, _("lodged"), case, ""])

    def bad(self, number: int, reason: str, cells: Iterable[str] = ()) -> None:
        self._writer.writerow([number, _("not lodged"), "", text_cell(reason), *map(text_cell, cells)])
