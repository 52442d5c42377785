"""What the relay does with a register: reads it, checks every row, lodges it a slice at a time. Each may come twice."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from itertools import islice
from typing import IO, Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from agencies.actors import Member, System, acting_as, memberships_of
from complaints import codes
from complaints.lodgement import Lodgement
from complaints.models import Complaint
from complaints.storage import store
from complaints.tables import Row, Table, TableRefused, open_table
from events import clock, progress
from workflows.import_columns import Columns, carried, split_heading
from workflows.import_reports import Report
from workflows.import_values import Reading, RowReader
from workflows.importing import BadLine
from workflows.models import ImportRun
from workflows.models.import_run import may_import
from workflows.routing import NoRoute
from workflows.selectors.importing import choices, scope_of
from workflows.services.import_runs import FILES, FOLDER, KEPT, State, delete_sent, record
from workflows.services.importing import Lodging, breaks_a_rule, used_before

MOST_ROWS = 100_000
# Short enough that nobody else waits for the database, and that the page sees it move.
BATCH = 200
SLICE_SECONDS = 20
_SHOWN_PROBLEMS = 50
_BY = System("imports")


class Gone(Exception):
    """Cancelled, or taken on by another relay."""


def _at_work(state: str) -> Callable[[Callable[[ImportRun], None]], Callable[[int], None]]:
    """For a run in this state, in its owner's language; in any other state there is nothing to do."""

    def decorate(work: Callable[[ImportRun], None]) -> Callable[[int], None]:
        @wraps(work)
        def worked(run_id: int) -> None:
            runs = ImportRun.objects.select_related("agency__kind", "owner", "province")
            if run := runs.filter(pk=run_id, state=state).first():
                with translation.override(run.language):
                    _attempt(work, run)

        return worked

    return decorate


def _attempt(work: Callable[[ImportRun], None], run: ImportRun) -> None:
    try:
        work(run)
    except Gone:
        return
    except NoRoute:
        _fail(run, _("The province has no routing rule that fits. Please tell your administrator."))
    except TableRefused as refusal:
        _fail(run, str(refusal))


@_at_work(State.READING)
def read_file(run: ImportRun) -> None:
    """The file becomes rows and headings. A sheet that cannot be read leaves the choice of another."""
    with (
        _copy(run.workbook or run.file) as source,
        tempfile.TemporaryFile() as target,
        open_table(source, run.sheet) as table,
    ):
        fields = _of_the_workbook(run, table)
        try:
            headings, rows = split_heading(table.rows)
            total = _write_rows(rows, target)
        except TableRefused as refusal:
            if not fields["workbook"]:
                raise
            fields |= {"error": str(refusal)[:300], "file": "", "total": 0, "done": 0}
            _hand_on(run, State.MAPPING, "import.sheet_refused", **fields)
            return
        columns = carried(headings, Columns(tuple(run.headings), tuple(run.targets)))
        fields |= {"headings": list(columns.headings), "targets": list(columns.targets), "total": total, "done": 0}
        stored = store(target, folder=FOLDER).name
    _hand_on(run, State.MAPPING, "import.read", file=stored, **fields)


def _of_the_workbook(run: ImportRun, table: Table) -> dict[str, Any]:
    """It is kept where there is another sheet to choose."""
    others = [sheet for sheet in table.sheets if sheet.name != table.sheet]
    return {
        "workbook": (run.workbook or run.file).name if others else "",
        "sheet": table.sheet,
        "sheets": [list(sheet) for sheet in table.sheets],
    }


def _write_rows(rows: Iterator[Row], target: IO[bytes]) -> int:
    total = 0
    for total, row in enumerate(rows, 1):
        if total > MOST_ROWS:
            raise TableRefused(_("More than %(n)s rows. Please send the register in parts.") % {"n": MOST_ROWS})
        target.write(json.dumps([row.number, list(row.cells), row.problem]).encode() + b"\n")
    if not total:
        raise TableRefused(_("The file holds no rows."))
    return total


@_at_work(State.CHECKING)
def check(run: ImportRun) -> None:
    """Every row is read as it would be lodged; the bad ones are listed in the report."""
    with _rows(run) as rows, _report_file() as text:
        reader, report = _reader(run), Report(text, run.headings)
        lodging = Lodging(reader.reading.scope, reader, agency=run.agency, dry_run=True)
        problems: list[list[Any]] = []
        bad = 0
        for done in lodging.all((row.number, row) for row in rows):
            for row in done.rejected:
                bad += 1
                report.bad(row.number, row.reason, row.line.cells)
                problems += [[row.number, row.reason]] if bad <= _SHOWN_PROBLEMS else []
            _say(run, State.CHECKING, done=done.read)
        counts = {"lodged": lodging.progress.lodged, "repeated": lodging.progress.repeated, "bad": bad}
        stored = _stored(text)
    _hand_on(run, State.CHECKED, "import.checked", counts, report=stored, problems=problems)


@_at_work(State.IMPORTING)
def go_on(run: ImportRun) -> None:
    """Lodge for some seconds; then owe the rest, or end with the report."""
    by = _owner(run)
    with _rows(run) as rows:
        reader, until = _reader(run), time.monotonic() + SLICE_SECONDS
        for row in islice(rows, run.done):
            reader.key(row)
        lodging = Lodging(reader.reading.scope, reader, agency=run.agency, by=by)
        while batch := [(row.number, row) for row in islice(rows, BATCH)]:
            _take(run, lodging, batch)
            if time.monotonic() > until and run.done < run.total:
                _owe_the_rest(run)
                return
    _end(run)


@transaction.atomic
def _take(run: ImportRun, lodging: Lodging, batch: list[tuple[int, Row]]) -> None:
    """The batch and the count of it, both or neither. Raises Gone where another relay was faster, or it was cancelled."""
    before = (lodging.progress.lodged, lodging.progress.repeated)
    taken = lodging.take(batch)
    fields = {
        "done": run.done + len(batch),
        "lodged": run.lodged + taken.lodged - before[0],
        "repeated": run.repeated + taken.repeated - before[1],
        "bad": run.bad + len(taken.rejected),
    }
    if not ImportRun.objects.filter(pk=run.pk, state=State.IMPORTING, done=run.done).update(**fields):
        raise Gone
    for name, value in fields.items():
        setattr(run, name, value)
    progress.moved("import", run.pk)


@transaction.atomic
def _owe_the_rest(run: ImportRun) -> None:
    record(run, "import.continued", _BY, done=run.done)


def _end(run: ImportRun) -> None:
    """The report tells of every row what became of it; the register itself goes."""
    with _rows(run) as rows, _report_file() as text:
        reader, report = _reader(run), Report(text, run.headings)
        problems: list[list[Any]] = []
        while batch := list(islice(rows, 1000)):
            problems += _tell(batch, reader, report)[: _SHOWN_PROBLEMS - len(problems)]
        stored = _stored(text)
    counts = {"lodged": run.lodged, "repeated": run.repeated, "bad": run.bad}
    rest = {"problems": problems, "expires_at": clock.now() + KEPT, "file": "", "workbook": ""}
    _hand_on(run, State.DONE, "import.done", counts, report=stored, **rest)


def _tell(batch: list[Row], reader: RowReader, report: Report) -> list[list[Any]]:
    """Write the batch into the report; the problems of it."""
    scope, problems = reader.reading.scope, []
    read = [(row, *_read(row, reader)) for row in batch]
    found = Complaint.objects.filter(
        province=scope.province,
        source=scope.source,
        source_id__in=[said.source_id for _row, said, _why in read if said],
    ).values_list("source_id", "case__number", "body_digest")
    lodged = {source_id: (number, digest) for source_id, number, digest in found}
    for row, said, reason in read:
        number, digest = lodged.get(said.source_id, ("", "")) if said else ("", "")
        if said and digest == said.body_digest(codes.key()):
            report.lodged(row.number, number)
        else:
            why = reason or (used_before() if number else breaks_a_rule())
            report.bad(row.number, why, row.cells)
            problems.append([row.number, why])
    return problems


def _read(row: Row, reader: RowReader) -> tuple[Lodgement | None, str]:
    """(what it says, nothing) or (nothing, why not)."""
    try:
        return reader(row), ""
    except BadLine as reason:
        return None, str(reason)


def _owner(run: ImportRun) -> Member:
    """As they may act at this moment. Raises TableRefused when they may import no more."""
    actor = acting_as(run.owner, memberships_of(run.owner), run.agency.code) if run.owner.is_active else None
    if not isinstance(actor, Member) or actor.agency.pk != run.agency_id or not may_import(actor):
        raise TableRefused(
            _("Registers are imported by supervisors and administrators of an agency that handles cases.")
        )
    return actor


def _reader(run: ImportRun) -> RowReader:
    columns = Columns(tuple(run.headings), tuple(run.targets))
    return RowReader(Reading(scope_of(run.province, run.agency.code), columns, choices()))


@contextmanager
def _copy(file: Any) -> Iterator[IO[bytes]]:
    """On this machine's disk, wherever the storage is."""
    with default_storage.open(str(file.name)) as stored, tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stored, copy)
        copy.seek(0)
        yield copy


@contextmanager
def _rows(run: ImportRun) -> Iterator[Iterator[Row]]:
    with _copy(run.file) as file:
        yield (Row(*json.loads(line)) for line in file)


@contextmanager
def _report_file() -> Iterator[Any]:
    with tempfile.NamedTemporaryFile("w+", encoding="utf-8", newline="", prefix="import-", suffix=".csv") as text:
        yield text


def _stored(text: Any) -> str:
    text.flush()
    with open(text.name, "rb") as file:
        return store(file, folder=FOLDER).name


def _say(run: ImportRun, state: str, **fields: int) -> None:
    """Raises Gone."""
    if not ImportRun.objects.filter(pk=run.pk, state=state, file=run.file.name).update(**fields):
        raise Gone
    progress.moved("import", run.pk)


def _hand_on(run: ImportRun, state: str, kind: str, counts: dict[str, int] | None = None, **fields: Any) -> None:
    """The next state with its new files, durable before the row names them; what they replace goes. Nothing of it where
    another relay was faster and the person went on: the file and the sheet tell."""
    worked_on = {"file": run.file.name, "sheet": run.sheet}
    before = {getattr(run, name).name for name in FILES}
    after = {fields.get(name, getattr(run, name).name) for name in FILES}
    with transaction.atomic():
        moved = ImportRun.objects.filter(pk=run.pk, state=run.state, **worked_on).update(
            state=state, **(counts or {}), **fields
        )
        if moved:
            record(run, kind, _BY, **(counts or {}))
    for name in filter(None, before - after if moved else after - before):
        default_storage.delete(name)


def _fail(run: ImportRun, sentence: str) -> None:
    with transaction.atomic():
        failed = ImportRun.objects.filter(pk=run.pk, state=run.state, file=run.file.name, sheet=run.sheet).update(
            state=State.FAILED, error=sentence[:300], file="", workbook="", problems=[]
        )
        if failed:
            record(run, "import.failed", _BY)
    if failed:
        delete_sent(run)
