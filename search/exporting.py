"""Exports: asked for in a request, written by the relay, kept for a day."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agencies.actors import Member, System
from agencies.models import User
from complaints.storage import store, stored_names
from events import clock, progress
from events.services.recording import record_event
from workflows.errors import CaseNotFound, MoveNotAllowed
from workflows.models import Case

from . import watchlists
from .export_tables import RELATED, WRITERS, Cell, row
from .models import SearchExport
from .owners import acting_owners, owner_of
from .saved import kept, narrowing_of
from .selectors import Narrowing, case_pages, watched_pages

MOST_ROWS = 50_000
MOST_A_DAY, MOST_RUNNING = 20, 3
KEPT = timedelta(hours=24)
GIVEN_UP_AFTER = timedelta(hours=6)
PAGE = 500
State = SearchExport.State


class OwnerGone(Exception):
    """Whoever asked no longer handles cases there."""


class Cancelled(Exception):
    """Its owner does not want it any more."""


@transaction.atomic
def ask_for_export(
    *, by: Member, text: str, narrowing: Narrowing, form: str, is_watchlist: bool = False
) -> SearchExport:
    """Owe the relay a file of what the search, or the watchlist, finds. Raises MoveNotAllowed beyond three at once, or twenty a day; the
    lock on the person's row counts two taps one after the other."""
    User.objects.select_for_update().get(pk=by.person.pk)
    mine = SearchExport.objects.filter(owner=by.person)
    if mine.filter(state__in=[State.ASKED, State.BUILDING]).count() >= MOST_RUNNING:
        raise MoveNotAllowed(_("Three of your files are being written. Please wait for one of them."))
    if mine.filter(asked_at__gt=clock.now() - timedelta(days=1)).count() >= MOST_A_DAY:
        raise MoveNotAllowed(_("Twenty files a day are the most. Please come back tomorrow."))
    made = SearchExport.objects.create(
        owner=by.person, agency=by.agency, text=text, filters=kept(narrowing), is_watchlist=is_watchlist,
        format=SearchExport.Format(form), language=(get_language() or "vi")[:2], asked_at=clock.now(),
    )  # fmt: skip
    _record(made, "search.export_asked", by)
    return made


def build_export(export_id: int) -> None:
    """Write the file, once. Of two relays the lease lets one at it; one that died is begun anew, and its half file was
    never stored. What the owner may see is asked page by page, as the search page asks it. Raises SearchUnavailable:
    tried again."""
    if not SearchExport.objects.filter(pk=export_id, state__in=[State.ASKED, State.BUILDING]).update(
        state=State.BUILDING, done=0
    ):
        return
    made = SearchExport.objects.select_related("owner", "agency").get(pk=export_id)
    try:
        _keep(made, _written(made))
    except OwnerGone:
        _fail(made)
    except Cancelled:
        return


def _written(made: SearchExport) -> str:
    with tempfile.TemporaryDirectory(prefix="export-") as folder, translation.override(made.language):
        path = Path(folder) / f"export.{made.format}"
        WRITERS[made.format](path, _rows(made))
        with path.open("rb") as file:
            return store(file, folder="exports").name


def _rows(made: SearchExport) -> Iterator[list[Cell]]:
    written: list[int] = []
    total = 0
    for total, ids in _pages(made):
        _say_progress(made, total, len(written))
        own = Case.objects.visible_to(_owner(made))
        cases = own.select_related(*RELATED).in_bulk(ids[: MOST_ROWS - len(written)])
        for case in (cases[pk] for pk in ids if pk in cases):
            written.append(case.pk)
            yield row(case)
        if len(written) >= MOST_ROWS:
            break
    made.cases = written
    _say_progress(made, total if len(written) >= MOST_ROWS else len(written), len(written))


def _pages(made: SearchExport) -> Iterator[tuple[int, list[int]]]:
    if made.is_watchlist:
        return watched_pages(_owner(made), watchlists.query(made.text), size=PAGE)
    return case_pages(_owner(made), made.text, narrowing_of(made), size=PAGE)


def _owner(made: SearchExport) -> Member:
    """As they may act at this moment. Raises OwnerGone."""
    actor = acting_owners([made]).get(owner_of(made))
    if actor is None:
        raise OwnerGone
    return actor


def _say_progress(made: SearchExport, total: int, done: int) -> None:
    """Raises Cancelled."""
    made.total, made.done = total, done
    if not SearchExport.objects.filter(pk=made.pk, state=State.BUILDING).update(total=total, done=done):
        raise Cancelled
    progress.moved("export", made.pk)


@transaction.atomic
def _keep(made: SearchExport, name: str) -> None:
    """The file is durable before the row names it; of an export cancelled at this very moment it is deleted."""
    ready = SearchExport.objects.filter(pk=made.pk, state=State.BUILDING).update(
        state=State.READY, file=name, cases=made.cases, expires_at=clock.now() + KEPT
    )
    if ready:
        _record(made, "search.export_ready", System("search.exports"), rows=made.done)
    else:
        default_storage.delete(name)


@transaction.atomic
def cancel_export(*, export_id: int, by: Member) -> None:
    """Nothing happens to one that is ready. Raises CaseNotFound for another's."""
    made = find_export(export_id, by)
    if SearchExport.objects.filter(pk=made.pk, state__in=[State.ASKED, State.BUILDING]).update(state=State.CANCELLED):
        _record(made, "search.export_cancelled", by)


@transaction.atomic
def open_export(*, export_id: int, by: Member) -> SearchExport:
    """The file to be downloaded, which is recorded. Raises CaseNotFound for another's, and once its time is over;
    MoveNotAllowed once one of its cases is no longer theirs to see."""
    made = find_export(export_id, by)
    if made.state != State.READY or made.expires_at is None or made.expires_at <= clock.now():
        raise CaseNotFound(_("There is no such file, or its time is over."))
    if not _sees_all(by, made.cases):
        raise MoveNotAllowed(_("Some of its cases are no longer yours to see. Please have the file written anew."))
    _record(made, "search.export_downloaded", by, rows=made.done)
    return made


def _sees_all(by: Member, cases: list[int]) -> bool:
    chunks = (cases[start : start + 10_000] for start in range(0, len(cases), 10_000))
    return all(Case.objects.visible_to(by).filter(pk__in=chunk).count() == len(chunk) for chunk in chunks)


def find_export(export_id: int, by: Member) -> SearchExport:
    found = SearchExport.objects.visible_to(by).filter(pk=export_id).first()
    if found is None:
        raise CaseNotFound(_("There is no such file, or its time is over."))
    return found


def delete_expired() -> int:
    """How many files went. The row first: a file without a row is a file nobody can reach. What was searched for goes
    with the file: it may name somebody."""
    over = SearchExport.objects.filter(state__in=[State.READY, State.EXPIRED], expires_at__lte=clock.now())
    gone = 0
    for pk, name in over.exclude(file="").values_list("pk", "file")[:PAGE]:
        SearchExport.objects.filter(pk=pk).update(state=State.EXPIRED, text="", filters={}, cases=[])
        default_storage.delete(name)
        gone += SearchExport.objects.filter(pk=pk).update(file="")
    return gone


def give_up() -> int:
    """Exports that nobody finished in six hours, whatever kept them."""
    given_up = 0
    late = SearchExport.objects.filter(
        state__in=[State.ASKED, State.BUILDING], asked_at__lte=clock.now() - GIVEN_UP_AFTER
    )
    for made in late.select_related("agency")[:PAGE]:
        given_up += _fail(made)
    return given_up


@transaction.atomic
def _fail(made: SearchExport) -> int:
    changed = SearchExport.objects.filter(pk=made.pk, state__in=[State.ASKED, State.BUILDING]).update(
        state=State.FAILED, text="", filters={}
    )
    if changed:
        _record(made, "search.export_failed", System("search.exports"))
    return changed


def sweep_files() -> int:
    """Files that no row names, older than a day: of a relay that died between storing one and naming it."""
    named = set(SearchExport.objects.exclude(file="").values_list("file", flat=True))
    before = clock.now() - KEPT
    left = [
        name for name in stored_names("exports")
        if name not in named and default_storage.get_modified_time(name) < before
    ]  # fmt: skip
    for name in left:
        default_storage.delete(name)
    return len(left)


def _record(made: SearchExport, kind: str, by: Any, **more: int) -> None:
    """What was searched for stays in the row, as long as its file: it may name somebody."""
    record_event(f"export:{made.pk}", kind, by=by, export=made.pk, agency=made.agency.code, **more)
    progress.moved("export", made.pk)
