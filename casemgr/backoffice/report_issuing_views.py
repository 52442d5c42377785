"""Issuing a periodic report: the question, with what it would leave out, and the deed."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bulletins.models_reports import Report
from bulletins.policy_reports import may_issue
from bulletins.report_errors import StaleReport
from bulletins.report_periods import Span
from bulletins.selectors_reports import Progress, progress_of
from bulletins.services.report_issuing import issue_report
from casemgr.backoffice.report_access import LeadPage
from casemgr.backoffice.report_forms import IssueForm
from events import clock
from workflows.deadlines import HANOI
from workflows.errors import InvalidInput


class IssueView(LeadPage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = self.report(pk)
        if not (report.is_open and may_issue(self.actor)):
            return redirect("backoffice:report-whole", pk=report.pk)
        progress = progress_of([report])[report.pk]
        return self._ask(request, report, IssueForm(version=report.version, reported=progress.reported))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = self.report(pk)
        form = IssueForm(request.POST, version=report.version, reported=0)
        if not form.is_valid():
            return self._ask(request, report, form, HTTPStatus.BAD_REQUEST)
        said = form.cleaned_data
        looked_at = {"version": said["version"], "reported": said["reported"]}
        try:
            issued = issue_report(report_id=pk, by=self.actor, signatory=form.signatory(), **looked_at)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self._ask(request, report, form, HTTPStatus.BAD_REQUEST)
        except StaleReport as error:
            return self._stale(request, pk, str(error))
        messages.success(request, _("Issued as %(symbol)s.") % {"symbol": issued.symbol})
        return redirect("backoffice:report-pdf", pk=pk)

    def _stale(self, request: HttpRequest, pk: int, sentence: str) -> HttpResponse:
        """At the report as it stands now, with the names that were typed."""
        report = self.report(pk)
        reported = progress_of([report])[report.pk].reported
        data = request.POST.copy()
        data["version"], data["reported"] = str(report.version), str(reported)
        form = IssueForm(data, version=report.version, reported=reported)
        return self._ask(request, report, form, HTTPStatus.CONFLICT, stale=sentence)

    def _ask(
        self, request: HttpRequest, report: Report, form: IssueForm, status: HTTPStatus = HTTPStatus.OK, **more: Any
    ) -> HttpResponse:
        progress = progress_of([report])[report.pk]
        context = {
            "report": report, "span": Span(report.first, report.last), "form": form,
            "consequences": [*_left_out(progress), *_too_early(report), *_for_good()],
        }  # fmt: skip
        return render(request, "backoffice/reports/issue.html", context | more, status=status)


def _left_out(progress: Progress) -> list[str]:
    n = progress.units - progress.reported
    if not n:
        return [_("All units have reported.")]
    sentence = ngettext(
        "%(n)d of %(units)d units has not reported: it is named in the report, and can report no more.",
        "%(n)d of %(units)d units have not reported: they are named in the report, and can report no more.",
        n,
    )
    return [sentence % {"n": n, "units": progress.units}]


def _too_early(report: Report) -> list[str]:
    now = clock.now()
    today = now.astimezone(HANOI).date()
    told = []
    if now < report.units_due_at:
        until = formats.date_format(report.units_due_at.astimezone(HANOI), "SHORT_DATETIME_FORMAT")
        told.append(_("The units may report until %(until)s: that time is not over.") % {"until": until})
    if today < report.due_on:
        told.append(_("The whole is due on %(on)s: there is time left.") % {"on": _day(report.due_on)})
    if today <= report.last:
        told.append(
            _("The period ends on %(on)s: what happens until then will be missing.") % {"on": _day(report.last)}
        )
    return told


def _for_good() -> list[str]:
    return [
        _("It takes the next number of your agency's register, and is frozen as it stands."),
        _("This cannot be undone: an issued report is neither changed nor taken back."),
    ]


def _day(day: Any) -> str:
    return str(formats.date_format(day, "SHORT_DATE_FORMAT"))
