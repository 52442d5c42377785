import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from tqdm import tqdm

from agencies.models import Agency, Province
from complaints.tables import TableRefused, open_table
from workflows.import_columns import IGNORED, NARRATIVE, BadMapping, Columns, no_story, recognise, split_heading
from workflows.import_reports import Report
from workflows.import_values import Reading, RowReader
from workflows.routing import NoRoute
from workflows.selectors.importing import choices, scope_of
from workflows.services.importing import Progress, Rejected, import_lines, import_rows

LINES = {".jsonl", ".ndjson"}


class BadRows(Exception):
    """With --all-or-nothing: nothing is kept."""


class Command(BaseCommand):
    help = "Lodge the complaints of a file (.csv, .xlsx, or JSON Lines), once each, by the rules of the form."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--province", required=True, metavar="CODE", help="Two-digit code of the province.")
        parser.add_argument("--agency", metavar="CODE", help="Receives all; without it the routing rules decide.")
        parser.add_argument("--source", default="import", help="Name under which source ids are unique.")
        parser.add_argument(
            "--rejects", type=Path, help="Where bad rows are kept (default: FILE.rejected.csv or .jsonl)."
        )
        parser.add_argument(
            "--sheet", default="", help="The sheet of a workbook; without it the first that is seen and holds anything."
        )
        parser.add_argument("--map", action="append", default=[], metavar="HEADING=FIELD", dest="pairs",
                            help="What a column says; FIELD - leaves it out. May be given several times.")  # fmt: skip
        parser.add_argument("--mapping", type=Path, help="The same from a JSON file: {heading: field}.")
        parser.add_argument("--dry-run", action="store_true", help="Read and check everything, write nothing.")
        parser.add_argument("--all-or-nothing", action="store_true", help="One bad row, and nothing is lodged.")

    def handle(self, *args: Any, **options: Any) -> None:
        self.options, self.bad, self.done = options, 0, Progress()
        self.province = _province(options["province"])
        self.agency = _agency(options["agency"], options["province"])
        try:
            self._all_or_nothing() if options["all_or_nothing"] else self._run(dry_run=options["dry_run"])
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except BadMapping as error:
            raise CommandError(f"{options['file']}: {error}") from error
        except TableRefused as error:
            raise CommandError(f"{options['file']}: {error} {self._kept_of_it()}") from error
        except NoRoute as error:
            raise CommandError(f"Province {self.province.pk} has no routing rule that fits; add one first.") from error
        self._conclude()

    def _all_or_nothing(self) -> None:
        """Everything is checked first; what is found out only while lodging takes the rest along."""
        self._run(dry_run=True)
        if self.bad:
            self._refuse()
        if not self.options["dry_run"]:
            try:
                with transaction.atomic():
                    self._run(dry_run=False)
                    if self.bad:
                        raise BadRows
            except BadRows:
                self._refuse()

    def _kept_of_it(self) -> str:
        """A file may turn out to be damaged below rows that were taken."""
        if self.options["dry_run"] or self.options["all_or_nothing"] or not self.done.read:
            return "Nothing was lodged."
        self._conclude()
        return (
            "What was lodged before that stays. Mend the file and send the whole file again: only the rest is lodged."
        )

    def _refuse(self) -> NoReturn:
        raise CommandError(f"{self.bad} bad rows, kept in {self.rejects}; nothing was lodged")

    def _run(self, *, dry_run: bool) -> None:
        self.bad = 0
        with ExitStack() as opened:
            file = opened.enter_context(self.options["file"].open("rb"))
            batches = self._lines(file, dry_run, opened) if self._is_lines(file) else self._rows(file, dry_run, opened)
            for self.done in batches:
                for row in self.done.rejected:
                    self.bad += 1
                    self.stderr.write(f"{self.unit} {row.number}: {row.reason}")
                    self.keep(row)

    def _is_lines(self, file: BinaryIO) -> bool:
        head = file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t")
        file.seek(0)
        return self.options["file"].suffix.lower() in LINES or head.startswith(b"{")

    def _lines(self, file: BinaryIO, dry_run: bool, opened: ExitStack) -> Iterator[Progress]:
        self.unit, self.rejects = "line", self._rejects("jsonl")
        kept: list[BinaryIO] = []

        def keep(row: Rejected) -> None:
            if not kept:
                kept.append(opened.enter_context(self.rejects.open("wb")))
            kept[0].write(row.line.rstrip(b"\n") + b"\n")

        self.keep = keep
        bar = opened.enter_context(tqdm(total=os.fstat(file.fileno()).st_size, unit="B", unit_scale=True, disable=None))
        batches = import_lines(file, self.province, agency=self.agency, source=self.options["source"], dry_run=dry_run)
        for done in batches:
            bar.update(done.bytes_read - bar.n)
            yield done

    def _rows(self, file: BinaryIO, dry_run: bool, opened: ExitStack) -> Iterator[Progress]:
        self.unit, self.rejects = "row", self._rejects("csv")
        table = opened.enter_context(open_table(file, self.options["sheet"]))
        others = [sheet.name for sheet in table.sheets if sheet.name != table.sheet]
        if table.sheet and others:
            self.stdout.write(f"sheet “{table.sheet}”; there are also: {', '.join(others)}")
        headings, rows = split_heading(table.rows)
        columns = self._columns(headings)
        kept: list[Report] = []

        def keep(row: Rejected) -> None:
            if not kept:
                text = opened.enter_context(self.rejects.open("w", encoding="utf-8", newline=""))
                kept.append(Report(text, columns.headings))
            kept[0].bad(row.number, row.reason, row.line.cells)

        self.keep = keep
        read = RowReader(Reading(scope_of(self.province, self.options["source"]), columns, choices()))
        bar = opened.enter_context(tqdm(unit=" rows", disable=None))
        for done in import_rows(rows, read, agency=self.agency, dry_run=dry_run):
            bar.update(done.read - bar.n)
            yield done

    def _columns(self, headings: list[str]) -> Columns:
        columns = recognise(headings, _asked(self.options["pairs"], self.options["mapping"]))
        for heading, code in zip(columns.headings, columns.targets, strict=True):
            if code and code != IGNORED:
                self.stdout.write(f"column “{heading}” → {code}")
        if columns.unknown:
            self.stdout.write(f"not imported, since nobody knows what they say: {', '.join(columns.unknown)}")
        if NARRATIVE not in columns.targets:
            raise BadMapping(no_story())
        return columns

    def _rejects(self, suffix: str) -> Path:
        return self.options["rejects"] or Path(f"{self.options['file']}.rejected.{suffix}")

    def _conclude(self) -> None:
        what = "would be lodged" if self.options["dry_run"] else "lodged"
        said = f"{self.done.lodged} {what}, {self.done.repeated} there before, {self.bad} bad {self.unit}s"
        self.stdout.write(said)
        if self.bad:
            self.stdout.write(f"The bad {self.unit}s are kept in {self.rejects}")


def _asked(pairs: list[str], path: Path | None) -> dict[str, str]:
    """Heading → field. Raises BadMapping."""
    found: dict[str, str] = {}
    if path:
        try:
            found = json.loads(path.read_text(encoding="utf-8-sig"))
        except ValueError:
            found = None  # type: ignore[assignment]
        if not isinstance(found, dict) or not all(isinstance(code, str) for code in found.values()):
            raise BadMapping(f"{path} is no JSON object of headings and fields")
    for pair in pairs:
        heading, sign, code = pair.rpartition("=")
        if not sign:
            raise BadMapping(f"--map {pair}: HEADING=FIELD is wanted")
        found[heading.strip()] = code.strip()
    return found


def _province(code: str) -> Province:
    province = Province.objects.filter(pk=code).first()
    if province is None:
        raise CommandError(f"There is no province {code}; run load_reference first.")
    return province


def _agency(code: str | None, province: str) -> Agency | None:
    if not code:
        return None
    agency = Agency.objects.filter(code=code, is_active=True, provinces=province).first()
    if agency is None:
        raise CommandError(f"There is no agency {code} that serves province {province}.")
    return agency
