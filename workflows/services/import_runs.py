"""Registers sent by an agency: asked for and decided on here, worked on by the relay (`import_running`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agencies.actors import Actor, Member
from agencies.models import Province, User
from complaints.storage import store, stored_names
from complaints.tables import MOST_BYTES
from complaints.uploads import UploadRefused
from events import clock, progress
from events.services.recording import record_event
from workflows.errors import CaseNotFound, MoveNotAllowed
from workflows.import_columns import IGNORED, TARGET, BadMapping, chosen, others_by_now
from workflows.models import ImportRun
from workflows.models.import_run import may_import

FOLDER = "imports"
KEPT = timedelta(hours=24)
GIVEN_UP_AFTER = timedelta(hours=48)
NAME_LIMIT = 200
FILES = ("file", "workbook", "report")
_NOTHING_DONE: dict[str, Any] = {"done": 0, "lodged": 0, "repeated": 0, "bad": 0, "problems": []}
State = ImportRun.State
RUNNING = (State.READING, State.CHECKING, State.IMPORTING)
OPEN = (State.READING, State.MAPPING, State.CHECKING, State.CHECKED, State.IMPORTING)


def ask_for_import(*, by: Member, province: Province, file: File[Any], name: str) -> ImportRun:
    """Store the file and owe the relay its reading. Raises UploadRefused, StorageFull, MoveNotAllowed."""
    if not may_import(by):
        raise MoveNotAllowed(
            _("Registers are imported by supervisors and administrators of an agency that handles cases.")
        )
    if (file.size or 0) > MOST_BYTES:
        raise UploadRefused(_("The file is too large: at most %(n)d MB.") % {"n": MOST_BYTES // 1024**2})
    stored = store(file, folder=FOLDER).name
    try:
        return _ask(by, province, stored, name)
    except BaseException:
        default_storage.delete(stored)
        raise


@transaction.atomic
def _ask(by: Member, province: Province, stored: str, name: str) -> ImportRun:
    """The lock on the person's row counts two taps one after the other."""
    User.objects.select_for_update().get(pk=by.person.pk)
    if ImportRun.objects.filter(owner=by.person, state__in=RUNNING).exists():
        raise MoveNotAllowed(_("One of your registers is being read or imported. Please wait for it, or cancel it."))
    now = clock.now()
    run = ImportRun.objects.create(
        owner=by.person, agency=by.agency, province=province, name=name[:NAME_LIMIT], file=stored,
        language=(get_language() or "vi")[:2], asked_at=now, expires_at=now + KEPT,
    )  # fmt: skip
    record(run, "import.asked", by)
    return run


@transaction.atomic
def choose_columns(*, run_id: int, by: Member, targets: Sequence[str], of: str = "") -> None:
    """What each column says, as a person decided of those of the sheet ``of``; the relay checks every row. Raises
    BadMapping, CaseNotFound, MoveNotAllowed."""
    run = find_run(run_id, by)
    _same_sheet(run, of)
    columns = chosen(run.headings if run.file else (), targets)
    _move(run, (State.MAPPING, State.CHECKED), State.CHECKING, targets=list(columns.targets), **_NOTHING_DONE)
    record(run, "import.check_asked", by)


@transaction.atomic
def choose_sheet(*, run_id: int, by: Member, sheet: str, targets: Sequence[str], of: str) -> None:
    """The relay reads this sheet, unless it does so already; what was said of the columns of the sheet ``of`` stays with
    equal headings. Raises BadMapping, CaseNotFound, MoveNotAllowed."""
    run = find_run(run_id, by)
    if run.state == State.READING and run.sheet == sheet:
        return
    _same_sheet(run, of)
    if not run.workbook or sheet not in [name for name, _is_hidden in run.sheets]:
        raise BadMapping(_("The workbook has no sheet of that name."))
    fields = {"sheet": sheet, "targets": _decided(run, targets), "error": "", "total": 0}
    _move(run, (State.MAPPING, State.CHECKED), State.READING, **fields, **_NOTHING_DONE)
    record(run, "import.sheet_chosen", by)


def _decided(run: ImportRun, targets: Sequence[str]) -> list[str]:
    """Of a column nobody knew, the page says “not imported” by itself: that is no decision, and not carried as one."""
    if len(targets) != len(run.headings):
        raise BadMapping(others_by_now())
    return [
        code if code in TARGET else IGNORED if before else ""
        for code, before in zip(targets, run.targets, strict=True)
    ]  # fmt: skip


def _same_sheet(run: ImportRun, shown: str) -> None:
    """Raises BadMapping where another one was chosen since the page was shown."""
    if run.sheet != shown:
        raise BadMapping(others_by_now())


@transaction.atomic
def confirm_import(*, run_id: int, by: Member, shown: str) -> None:
    """``shown``: the check that the person saw (`ImportRun.check_shown`); no other is lodged. Raises BadMapping,
    CaseNotFound, MoveNotAllowed."""
    run = find_run(run_id, by)
    if run.state == State.CHECKED and run.check_shown != shown:
        raise BadMapping(others_by_now())
    _move(run, (State.CHECKED,), State.IMPORTING, **_NOTHING_DONE)
    record(run, "import.confirmed", by)


def cancel_import(*, run_id: int, by: Member) -> None:
    """What was lodged stays; nothing more is. Nothing happens to one that has ended. Raises CaseNotFound."""
    run = find_run(run_id, by)
    with transaction.atomic():
        # The relay may just have put other files in the place of those that were found.
        last = ImportRun.objects.select_for_update().get(pk=run.pk)
        if last.state not in OPEN:
            return
        ImportRun.objects.filter(pk=run.pk).update(state=State.CANCELLED, file="", workbook="", problems=[])
        record(run, "import.cancelled", by)
    delete_sent(last)


@transaction.atomic
def open_report(*, run_id: int, by: Member) -> ImportRun:
    """The report to be downloaded, which is recorded. Raises CaseNotFound for another's, and once its time is over."""
    run = find_run(run_id, by)
    if not run.report or run.expires_at <= clock.now():
        raise CaseNotFound(_("There is no such import, or its time is over."))
    record(run, "import.report_downloaded", by)
    return run


def find_run(run_id: int, by: Actor) -> ImportRun:
    run = ImportRun.objects.visible_to(by).select_related("agency", "owner", "province").filter(pk=run_id).first()
    if run is None:
        raise CaseNotFound(_("There is no such import, or its time is over."))
    return run


def delete_sent(run: ImportRun) -> None:
    """The files of what was sent, once the row names them no more."""
    for name in filter(None, (run.file.name, run.workbook.name)):
        default_storage.delete(name)


def _move(run: ImportRun, before: Sequence[str], after: str, **fields: Any) -> None:
    """Only as it was found: of the same sheet and check."""
    as_found = {"state__in": before, "sheet": run.sheet, "report": run.report.name}
    if not ImportRun.objects.filter(pk=run.pk, **as_found).update(state=after, **fields):
        raise MoveNotAllowed(_("This cannot be done with the import any more. Please look at it again."))


def delete_expired() -> int:
    """How many went. The row first: a file without a row is a file nobody can reach. What quotes the register goes
    with its files; the counts stay."""
    now, gone = clock.now(), 0
    over = ImportRun.objects.filter(expires_at__lte=now).exclude(name="", file="", workbook="", report="")
    late = now - GIVEN_UP_AFTER
    for run in over.exclude(state=State.IMPORTING, expires_at__gt=late).only("state", *FILES)[:500]:
        gone += _expire(run)
    return gone


def _expire(run: ImportRun) -> bool:
    """Not where it went on since it was found: what its row names by now is still worked on."""
    files = {name: getattr(run, name).name for name in FILES}
    nothing: dict[str, Any] = dict.fromkeys((*FILES, "name", "sheet"), "") | {
        "sheets": [], "problems": [], "headings": [], "targets": [],
    }  # fmt: skip
    state = State.EXPIRED if run.state in OPEN else run.state
    if not ImportRun.objects.filter(pk=run.pk, state=run.state, **files).update(state=state, **nothing):
        return False
    for name in filter(None, files.values()):
        default_storage.delete(name)
    return True


def sweep_files() -> int:
    """Files that no row names, older than a day: of a relay that died between storing one and naming it."""
    named = {name for names in ImportRun.objects.values_list(*FILES) for name in names if name}
    before = clock.now() - KEPT
    left = [
        name for name in stored_names(FOLDER)
        if name not in named and default_storage.get_modified_time(name) < before
    ]  # fmt: skip
    for name in left:
        default_storage.delete(name)
    return len(left)


def record(run: ImportRun, kind: str, by: Actor, **counts: int) -> None:
    record_event(run.stream, kind, by=by, run=run.pk, agency=run.agency.code, **counts)
    progress.moved("import", run.pk)
