"""A register kept in a spreadsheet becomes cases: sent, its columns looked at, checked, confirmed, watched."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from agencies.models import Province
from casemgr.backoffice.access import DeskView, private
from casemgr.backoffice.assisted import province_of
from complaints.storage import StorageFull
from complaints.tables import MOST_BYTES
from complaints.uploads import UploadRefused
from workflows.errors import MoveNotAllowed
from workflows.import_columns import IGNORED, TARGETS, BadMapping
from workflows.models import ImportRun
from workflows.models.import_run import may_import
from workflows.selectors.importing import first_rows
from workflows.services.import_running import MOST_ROWS
from workflows.services.import_runs import (
    ask_for_import,
    cancel_import,
    choose_columns,
    choose_sheet,
    confirm_import,
    find_run,
    open_report,
)

SHOWN = 20
_EXAMPLES = 3


class ImportsDesk(DeskView):
    def admits(self, actor: object) -> bool:
        return may_import(actor)  # type: ignore[arg-type]


class ImportsView(ImportsDesk):
    """GET the latest; POST ``file`` sends one more."""

    def get(self, request: HttpRequest, error: str = "", status: int = HTTPStatus.OK) -> HttpResponse:
        context = {
            "runs": ImportRun.objects.visible_to(self.actor)[:SHOWN],
            "most_rows": MOST_ROWS,
            "most_megabytes": MOST_BYTES // 1024**2,
            "error": error,
        }
        return render(request, "backoffice/imports/list.html", context, status=status)

    def post(self, request: HttpRequest) -> HttpResponse:
        file = request.FILES.get("file")
        if file is None:
            return self.get(request, _("Please choose a file."), HTTPStatus.BAD_REQUEST)
        province = get_object_or_404(Province, pk=province_of(self.actor))
        try:
            run = ask_for_import(by=self.actor, province=province, file=file, name=file.name or "")
        except (UploadRefused, MoveNotAllowed) as refused:
            return self.get(request, str(refused), HTTPStatus.BAD_REQUEST)
        except StorageFull:
            return self.get(request, _("There is no room for the file. Please tell your administrator."), 507)
        return redirect("backoffice:import-run", pk=run.pk)


class ImportRunView(ImportsDesk):
    """GET where it stands; POST ``column-0``, ``column-1``… says what each column (of the sheet ``of``) holds and has every
    row checked; with another ``sheet``, or ``read``, that is read and its columns are shown."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = find_run(pk, self.actor)
        return _page(request, run, run.targets)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = find_run(pk, self.actor)
        of = request.POST.get("of", "")
        sheet, targets = request.POST.get("sheet", of), _posted(request, run, of)
        try:
            if sheet != of or "read" in request.POST:
                choose_sheet(run_id=pk, by=self.actor, sheet=sheet, targets=targets, of=of)
            else:
                choose_columns(run_id=pk, by=self.actor, targets=targets, of=of)
        except BadMapping as refused:
            return _page(request, run, targets, str(refused), HTTPStatus.BAD_REQUEST)
        return redirect("backoffice:import-run", pk=pk)


def _page(
    request: HttpRequest, run: ImportRun, targets: list[str], error: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    shows_columns = run.state in (ImportRun.State.MAPPING, ImportRun.State.CHECKED)
    context = {
        "run": run,
        "columns": _columns(run, targets) if shows_columns and run.file else [],
        "sheets": run.sheets if shows_columns and run.workbook else [],
        "choices": [(target.code, target.label) for target in TARGETS],
        "error": error,
    }
    return render(request, "backoffice/imports/run.html", context, status=status)


def _posted(request: HttpRequest, run: ImportRun, of: str) -> list[str]:
    """What was said of the columns, where the page showed any of the sheet that is read by now."""
    if not run.file or of != run.sheet:
        return list(run.targets)
    return [request.POST.get(f"column-{at}", IGNORED) for at in range(len(run.headings))]


def _columns(run: ImportRun, targets: list[str]) -> list[dict[str, Any]]:
    """Each column with its first values, as they were sent."""
    rows = first_rows(run, _EXAMPLES)
    return [
        {
            "name": f"column-{at}",
            "heading": heading,
            "target": target,
            "examples": [row.cells[at] for row in rows if at < len(row.cells) and row.cells[at]],
        }
        for at, (heading, target) in enumerate(zip(run.headings, targets, strict=True))
        if heading or target or any(at < len(row.cells) and row.cells[at] for row in rows)
    ]


class ProgressView(ImportsDesk):
    """For the page that waits; once there is something else to do it is told to load anew."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = find_run(pk, self.actor)
        response = render(request, "backoffice/imports/_progress.html", {"run": run})
        if not run.is_running:
            response["HX-Refresh"] = "true"
        return response


class ConfirmView(ImportsDesk):
    """POST ``shown``, the check that was looked at."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            confirm_import(run_id=pk, by=self.actor, shown=request.POST.get("shown", ""))
        except BadMapping as refused:
            run = find_run(pk, self.actor)
            return _page(request, run, run.targets, str(refused), HTTPStatus.BAD_REQUEST)
        return redirect("backoffice:import-run", pk=pk)


class CancelView(ImportsDesk):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        cancel_import(run_id=pk, by=self.actor)
        messages.success(request, _("Stopped. What was lodged before stays."))
        return redirect("backoffice:imports")


class ReportView(ImportsDesk):
    """POST, for it is recorded; the answer is the file, kept nowhere."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        run = open_report(run_id=pk, by=self.actor)
        file = default_storage.open(str(run.report.name))
        answer = FileResponse(file, as_attachment=True, filename=f"nhap-so-{run.pk}.csv", content_type="text/csv")
        answer["X-Content-Type-Options"] = "nosniff"
        return private(answer)
