"""Periodic reports: the list, opening one, and who has reported."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bulletins.models_reports import Questionnaire, Report
from bulletins.policy_reports import may_issue, may_lead
from bulletins.report_errors import ReportNotFound
from bulletins.report_periods import Span
from bulletins.selectors_reports import Progress, find_report, progress_of, units_of
from bulletins.services.report_opening import open_report
from casemgr.backoffice.report_access import LeadPage, ReportPage
from casemgr.backoffice.report_forms import OpenForm
from casemgr.backoffice.report_presentation import standing
from events import clock
from workflows.errors import InvalidInput

SHOWN = 50
TABS = (
    ("all", gettext_lazy("All units"), "units"),
    ("missing", gettext_lazy("Not reported"), "missing"),
    ("overdue", gettext_lazy("Overdue"), "overdue"),
    ("returned", gettext_lazy("Sent back"), "returned"),
    ("reported", gettext_lazy("Reported"), "reported"),
)


class ReportsView(ReportPage):
    """What the own agency is asked, and for the lead agency every report of its provinces."""

    def get(self, request: HttpRequest) -> HttpResponse:
        leads = may_lead(self.actor)
        own = Questionnaire.objects.visible_to(self.actor).exclude(agency=None).filter(agency=self.actor.agency)
        context: dict[str, Any] = {
            "own": [_own(row) for row in own.select_related("report").order_by("-report__last", "-pk")[:SHOWN]],
            "leads": leads,
            "led": _led(list(Report.objects.visible_to(self.actor)[:SHOWN])) if leads else [],
        }
        return render(request, "backoffice/reports/list.html", context)


def _own(row: Questionnaire) -> dict[str, Any]:
    return {"questionnaire": row, "report": row.report, "standing": standing(row, clock.now())}


def _led(reports: list[Report]) -> list[dict[str, Any]]:
    progress = progress_of(reports)
    return [{"report": report, "progress": progress[report.pk]} for report in reports]


class OpenReportView(LeadPage):
    """Asked on a page of its own; what was typed comes back with what is wrong with it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, self._form(None))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if form.is_valid():
            said = form.cleaned_data
            try:
                report = open_report(kind_id=said["kind"].pk, by=self.actor, plan=form.plan(), name=said["name"])
            except InvalidInput as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
            else:
                messages.success(request, _("The report is open and the units are asked."))
                return redirect("backoffice:report", pk=report.pk)
        return self._page(request, form, HTTPStatus.BAD_REQUEST)

    def _form(self, data: Any) -> OpenForm:
        if not may_lead(self.actor):
            raise ReportNotFound(_("There is no such report, or you may not see it."))
        return OpenForm(data, actor=self.actor)

    def _page(self, request: HttpRequest, form: OpenForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        kinds = form.fields["kind"].queryset  # type: ignore[attr-defined]
        return render(request, "backoffice/reports/open.html", {"form": form, "kinds": list(kinds)}, status=status)


class ReportView(ReportPage):
    """Who has reported. A unit that comes here is led to its own questionnaire."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = find_report(pk, self.actor)
        if not may_lead(self.actor):
            own = Questionnaire.objects.visible_to(self.actor).filter(report=report).order_by("pk")
            return redirect("backoffice:questionnaire", pk=own.values_list("pk", flat=True)[0])
        asked = request.GET.get("view", "")
        view = asked if asked in {code for code, _label, _count in TABS} else "all"
        progress, now = progress_of([report])[report.pk], clock.now()
        context = {
            "report": report,
            "span": Span(report.first, report.last),
            "progress": progress,
            "tabs": _tabs(progress, view),
            "rows": [{"unit": unit, "standing": standing(unit, now)} for unit in units_of(report, view)],
            "may_issue": may_issue(self.actor),
        }
        return render(request, "backoffice/reports/report.html", context)


def _tabs(progress: Progress, view: str) -> list[dict[str, Any]]:
    return [
        {
            "label": label, "url": f"?view={code}", "count": getattr(progress, count), "current": code == view,
            "urgent": code == "overdue" and progress.overdue > 0,
        }
        for code, label, count in TABS
    ]  # fmt: skip
