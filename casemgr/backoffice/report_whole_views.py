"""The whole of a periodic report: the units' figures put together, the lead agency's text, the files."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bulletins.models_reports import Report
from bulletins.policy_reports import may_issue
from bulletins.report_errors import InvalidAnswers, StaleReport
from bulletins.report_periods import Span
from bulletins.selectors_reports import Whole, put_together_report
from bulletins.services.report_issuing import content_now, draft_pdf
from bulletins.services.report_reviewing import write_narratives
from casemgr.backoffice import drafts
from casemgr.backoffice.access import private
from casemgr.backoffice.report_access import LeadPage
from casemgr.backoffice.report_forms import NarrativeForm
from casemgr.backoffice.report_presentation import figure
from documents.pdf import RenderError

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class WholePage(LeadPage):
    def draft(self, report: Report) -> str:
        return f"report-whole:{report.pk}:{self.actor.person.pk}"

    def show(
        self, request: HttpRequest, report: Report, whole: Whole, status: HTTPStatus = HTTPStatus.OK, **more: Any
    ) -> HttpResponse:
        reported = len(whole.units) - len(whole.missing)
        context = {
            "report": report, "span": Span(report.first, report.last), "whole": whole, "reported": reported,
            "lines": [{"line": line, "total": figure(line.total)} for line in whole.lines if line.asked],
            "units": _rows(whole), "draft": self.draft(report),
            "form": NarrativeForm(tellings=whole.tellings, version=report.version),
            "may_issue": may_issue(self.actor),
        } | more  # fmt: skip
        form: Any = context["form"]
        fields = list(form.visible_fields())
        context["tellings"] = [
            {"telling": telling, "field": field} for telling, field in zip(whole.tellings, fields, strict=True)
        ]
        return render(request, "backoffice/reports/whole.html", context, status=status)


def _rows(whole: Whole) -> list[dict[str, Any]]:
    """The units that reported, with their figures in the order of the lines."""
    lines = [line for line in whole.lines if line.asked]
    return [
        {"unit": unit, "cells": [{"label": line.question.wording, "figure": figure(line.values.get(unit.pk))} for line in lines]}
        for unit in whole.units
        if unit.is_submitted
    ]  # fmt: skip


class WholeView(WholePage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = self.report(pk)
        return self.show(request, report, put_together_report(report))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = self.report(pk)
        whole = put_together_report(report)
        form = NarrativeForm(request.POST, tellings=whole.tellings, version=report.version)
        if not form.is_valid():
            return self.show(request, report, whole, HTTPStatus.BAD_REQUEST, form=form)
        version = form.cleaned_data["version"]
        try:
            write_narratives(report_id=pk, by=self.actor, version=version, words=form.words())
        except StaleReport as error:
            return self._stale(request, pk, str(error))
        except InvalidAnswers as error:
            for name, sentence in error.fields.items():
                form.add_error(name, sentence)
            return self.show(request, report, whole, HTTPStatus.BAD_REQUEST, form=form)
        drafts.sent(request, self.draft(report))
        messages.success(request, _("The text is saved."))
        return redirect("backoffice:report-whole", pk=pk)

    def _stale(self, request: HttpRequest, pk: int, sentence: str) -> HttpResponse:
        report = self.report(pk)
        whole = put_together_report(report)
        data = request.POST.copy()
        data["version"] = str(report.version)
        form = NarrativeForm(data, tellings=whole.tellings, version=report.version)
        form.is_valid()
        return self.show(request, report, whole, HTTPStatus.CONFLICT, form=form, stale=sentence)


class PdfView(LeadPage):
    """The issued file, or a page that waits for it; of an open report a draft made now."""

    def get(self, request: HttpRequest, pk: int) -> Any:
        report = self.report(pk)
        if report.is_open:
            try:
                pdf = draft_pdf(report)
            except RenderError:
                messages.error(request, _("The PDF could not be made. Please try again later."))
                return redirect("backoffice:report-whole", pk=pk)
            return _attachment(pdf, "application/pdf", f"bao-cao-{report.pk}-du-thao.pdf")
        if report.rendered_at is None or "waited" in request.GET:
            return render(request, "backoffice/reports/issued.html", {"report": report})
        name = f"bao-cao-{report.symbol.replace('/', '-')}.pdf"
        return private(FileResponse(default_storage.open(str(report.pdf.name)), as_attachment=True, filename=name))


class WorkbookView(LeadPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        from bulletins.report_workbook import workbook_of

        report = self.report(pk)
        return _attachment(workbook_of(content_now(report)), XLSX, f"bao-cao-{report.pk}.xlsx")


def _attachment(data: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(data, content_type=content_type, headers=headers)
