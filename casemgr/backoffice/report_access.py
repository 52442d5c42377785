"""Who may sit at the pages of periodic reports."""

from __future__ import annotations

from django.utils.translation import gettext as _

from agencies.actors import Member
from bulletins.models_reports import Report
from bulletins.policy_reports import may_lead, may_report
from bulletins.report_errors import ReportNotFound
from bulletins.selectors_reports import find_report
from casemgr.backoffice.access import DeskView


class ReportPage(DeskView):
    """A page for whoever reports for an agency."""

    def admits(self, actor: object) -> bool:
        return may_report(actor)  # type: ignore[arg-type]


class LeadPage(ReportPage):
    """A page of the whole: to others it does not exist."""

    def report(self, pk: int) -> Report:
        return led_report(pk, self.actor)


def led_report(pk: int, actor: Member) -> Report:
    """Raises ReportNotFound."""
    if not may_lead(actor):
        raise ReportNotFound(_("There is no such report, or you may not see it."))
    return find_report(pk, actor)
