"""A case as a PDF for the paper file."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _

from agencies.actors import Member
from casemgr.backoffice import presentation
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.cases import back_to
from casemgr.backoffice.forms import PrintForm
from complaints.models import Complainant
from documents.decree30 import Letterhead
from documents.pdf import RenderError, render_pdf
from events import clock
from workflows.selectors.answers import staff_facts
from workflows.selectors.casefile import CaseFile, case_file, find_case
from workflows.services.access import record_access, show_identity
from workflows.states import State, Track

log = structlog.get_logger(__name__)
# Official paper is in Vietnamese whatever the screen is in.
PAPER_LANGUAGE = "vi"


class PrintView(DeskView):
    """POST makes the PDF and records it; who complained is on it only when that was ticked."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return back_to(number, "print")

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        case = find_case(number, self.actor)
        form = PrintForm(request.POST)
        form.is_valid()
        # Recorded first: what could be read once the paper exists was looked at, even if printing then fails.
        complainant = None
        if form.cleaned_data.get("with_identity"):
            complainant = show_identity(case_id=case.pk, by=self.actor)
        record_access(case_id=case.pk, by=self.actor, kind="case.printed")
        try:
            pdf = case_pdf(case_file(case, self.actor), self.actor, complainant)
        except RenderError as error:
            log.error("printing failed", case=case.pk, error=type(error).__name__)
            messages.error(request, _("The PDF could not be made. Please try again, or tell your administrator."))
            return redirect("backoffice:case", number=case.number)
        response = HttpResponse(pdf, content_type="application/pdf", status=HTTPStatus.OK)
        response["Content-Disposition"] = f'attachment; filename="{case.number}.pdf"'
        response["Cache-Control"] = "no-store"
        return response


def case_pdf(file: CaseFile, actor: Member, complainant: Complainant | None) -> bytes:
    """The summary sheet, as far as ``actor`` may read the case. Raises RenderError."""
    now, agency, case = clock.now(), actor.agency, file.case
    with translation.override(PAPER_LANGUAGE):
        context = {
            "letterhead": Letterhead(
                agency.name, agency.abbreviation, case.province.name, agency.parent.name if agency.parent else ""
            ),
            "code": case.number,
            "title": subject(file),
            "sections": _sections(file, complainant),
            "timeline": [_timeline_row(entry) for entry in presentation.timeline_entries(file.timeline)],
            "printed_by": str(actor.person),
            "printed_at": now,
        }
        return render_pdf("documents/case_summary.html", context, title=case.number, as_of=now, language=PAPER_LANGUAGE)


def subject(file: CaseFile) -> str:
    """One line on what the case is about, from what the citizen named."""
    complaint = file.complaint
    about = complaint.product or file.case.category or complaint.category or complaint.get_kind_display()
    return f"{about} – {complaint.seller_name}" if complaint.seller_name else str(about)


def _sections(file: CaseFile, complainant: Complainant | None) -> list[dict[str, Any]]:
    case, complaint = file.case, file.complaint
    handling = [
        (_("State"), State(case.state).label),
        (_("Track"), Track(case.track).label),
        (_("Category"), str(case.category or "")),
        (_("Responsible agency"), case.owner.name),
        (_("Handler"), str(case.handler or "")),
        (_("Lodged at"), presentation.moment(case.lodged_at)),
        (_("Due"), presentation.moment(case.due_at)),
    ]
    sections = [
        (_("Handling"), handling),
        (_("Sender"), _rows(presentation.unmasked(complainant, complaint))),
        (
            _("What the sender reports"),
            [
                *_rows(presentation.complaint_facts(complaint, named=file.complainant is not None)),
                (_("Story"), complaint.narrative),
            ],
        ),
        (_("Added later"), [(presentation.moment(s.added_at), s.text) for s in file.supplements]),
        (_("Numbers and addresses"), _rows(presentation.indicator_rows(file.indicators))),
        (_("Files"), [(e.original_name, f"SHA-256 {e.sha256}") for e in file.evidence]),
        (_("Outcome"), [row for resolution in file.resolutions for row in _resolution(resolution)]),
    ]
    return [{"heading": heading, "rows": rows} for heading, rows in sections if rows]


def _rows(facts: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (str(fact["label"]), f"{fact['value']} ({fact['hint']})" if fact["hint"] else str(fact["value"]))
        for fact in facts
        if fact["value"]
    ]


def _resolution(resolution: Any) -> list[tuple[str, str]]:
    return [(resolution.get_outcome_display(), resolution.answer.text), *staff_facts(resolution.facts())]


def _timeline_row(entry: dict[str, Any]) -> dict[str, Any]:
    what = "\n".join(filter(None, [entry["title"], entry["text"]]))
    return {"when": entry["at"], "what": what, "who": entry["actor"]}
