"""Issuing a periodic report: a number of the register, everything printed frozen; the relay lays it out."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from io import BytesIO

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from bulletins.models_questionnaires import TYPE
from bulletins.models_reports import Report
from bulletins.policy_reports import may_issue
from bulletins.report_errors import StaleReport
from bulletins.report_layout import Content, content_of, document_of, printed
from bulletins.selectors_reports import put_together_report
from bulletins.services.report_access import locked_report
from documents.decree30 import Authority
from documents.pdf import render_pdf
from documents.services.numbering import take_number
from events import clock
from events.chain import salted_digest
from events.services.recording import record_event
from workflows.deadlines import HANOI
from workflows.errors import InvalidInput, MoveNotAllowed

TEMPLATE = "bulletins/periodic_report.html"
STYLES = ["bulletins/periodic_report.css"]
FOLDER = "reports"
NOBODY: Mapping[str, str] = {"title": "Giám đốc"}


@transaction.atomic
def issue_report(*, report_id: int, by: Member, version: int, reported: int, signatory: Mapping[str, str]) -> Report:
    """Number and freeze it. ``reported``: how many units had reported on the page that was looked at; a unit that sends
    at this moment waits for the report's row, or was faster and is told of. Raises ReportNotFound, StaleReport,
    MoveNotAllowed, InvalidInput."""
    report = locked_report(report_id, by, version)
    if not may_issue(by):
        raise MoveNotAllowed(_("A supervisor or approver of the lead agency issues the report."))
    signed = check_signatory(signatory)
    whole, now = put_together_report(report), clock.now()
    if len(whole.units) - len(whole.missing) != reported:
        raise StaleReport(
            _("Another unit has reported, or a report was sent back, while you were on the page."), report
        )
    year = now.astimezone(HANOI).year
    report.content, report.salt = content_of(report, whole, signed, now), secrets.token_hex(16)
    report.number = take_number(
        agency=report.agency, year=year, document_type=TYPE, purpose=report.name[:200], by=by.person
    )
    report.state, report.issued_at, report.issued_by = Report.State.ISSUED, now, by.person
    report.version += 1
    report.save()
    digest = salted_digest(report.salt, json.dumps(report.content, sort_keys=True, ensure_ascii=False))
    record_event(report.stream, "report.issued", by=by, report=report.pk, reported=reported, digest=digest)
    return report


def check_signatory(given: Mapping[str, str]) -> dict[str, str]:
    """Cleaned. Raises InvalidInput."""
    signed = {name: " ".join(text.split()) for name, text in given.items() if text.strip()}
    for name in ("title", "name"):
        if name not in signed:
            raise InvalidInput(name, _("An official report is signed: say by whom."))
    if signed.get("authority", "") not in ("", *Authority.__members__):
        raise InvalidInput("authority", _("Choose one of the list."))
    needs = signed.get("authority", "ACTING") != "ACTING"
    if needs != ("instead_of" in signed):
        raise InvalidInput("instead_of", _("Say in whose stead, or choose no “instead of”."))
    return signed


def draft_pdf(report: Report) -> bytes:
    """As it would be issued now, without number and date, marked as a draft. Raises RenderError."""
    now = clock.now()
    return _pdf(content_of(report, put_together_report(report), NOBODY, now), report, draft=True)


def content_now(report: Report) -> Content:
    """What was frozen, or what it would be now."""
    return report.content or content_of(report, put_together_report(report), NOBODY, clock.now())


def _pdf(content: Content, report: Report, *, draft: bool) -> bytes:
    at = report.issued_at or clock.now()
    number = None if draft or report.number is None else report.number.number
    document = document_of(content, number=number, issued_on=None if draft else at.astimezone(HANOI).date())
    context = {"document": document, "content": printed(content)}
    return render_pdf(TEMPLATE, context, title=f"Báo cáo: {content['subject']}", as_of=at, stylesheets=STYLES)


def lay_out(report_id: int) -> None:
    """Make the PDF and keep it, once: a repeated delivery finds it there. Equal content gives equal bytes and the file is
    named by them, so two relays at once leave one file. Raises RenderError: the delivery is tried again."""
    report = Report.objects.select_related("number").get(pk=report_id)
    if report.rendered_at:
        return
    pdf = _pdf(report.content, report, draft=False)
    sha256 = hashlib.sha256(pdf).hexdigest()
    name = f"{FOLDER}/{sha256[:2]}/{sha256}"
    if not default_storage.exists(name):
        name = default_storage.save(name, File(BytesIO(pdf)))
    # The file is durable before the row names it.
    Report.objects.filter(pk=report_id, rendered_at=None).update(pdf=name, sha256=sha256, rendered_at=clock.now())
