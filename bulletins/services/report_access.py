"""Taking a report or a questionnaire to change it, and naming who is told.

Whoever changes either holds the report's row first, then the questionnaire's: a report that is being issued waits for a
unit that is sending, and the other way round, and nobody waits in a circle.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.utils.translation import gettext as _

from agencies.actors import Actor, Member
from agencies.models import Membership
from bulletins.models_reports import Questionnaire, Report
from bulletins.policy_reports import REPORTERS, RESPONSIBLE, may_lead
from bulletins.report_errors import ReportNotFound, StaleReport
from workflows.errors import MoveNotAllowed


def locked_report(report_id: int, by: Actor, version: int | None = None) -> Report:
    """Raises ReportNotFound, StaleReport, MoveNotAllowed once it is issued."""
    found = Report.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=report_id).first()
    if found is None:
        raise ReportNotFound(_("There is no such report, or you may not see it."))
    if not found.is_open:
        raise MoveNotAllowed(_("This report was issued: nothing in it is changed any more."))
    if version is not None and found.version != version:
        raise StaleReport(_("Someone changed this report while you were on the page."), found)
    return found


def locked_questionnaire(questionnaire_id: int, by: Actor, version: int | None = None) -> Questionnaire:
    """With its report, locked before it. Raises ReportNotFound, StaleReport, MoveNotAllowed."""
    seen = Questionnaire.objects.visible_to(by).filter(pk=questionnaire_id)
    report_id = seen.values_list("report_id", flat=True).first()
    if report_id is None:
        raise ReportNotFound(_("There is no such report, or you may not see it."))
    report = locked_report(report_id, by)
    found = Questionnaire.objects.select_for_update(of=("self",)).select_related("agency").get(pk=questionnaire_id)
    found.report = report
    if version is not None and found.version != version:
        raise StaleReport(_("Someone changed this questionnaire while you were on the page."), found)
    return found


def may_fill(actor: Actor | None, questionnaire: Questionnaire) -> bool:
    """Whose unit it is; the lead agency for a commune without an account."""
    if not isinstance(actor, Member):
        return False
    if questionnaire.agency_id is None:
        return may_lead(actor) or questionnaire.commune_id == actor.agency.commune_id
    return questionnaire.agency_id == actor.agency.pk


def responsible(agencies: Collection[int]) -> dict[int, list[int]]:
    """Agency id → the people who answer for its reports; where there are none, whoever may fill them in. One query."""
    held = Membership.objects.filter(
        agency__in=list(agencies), revoked_at=None, person__is_active=True, role__in=REPORTERS
    )
    found: dict[int, set[int]] = defaultdict(set)
    others: dict[int, set[int]] = defaultdict(set)
    for agency, person, role in held.values_list("agency", "person", "role"):
        (found if role in RESPONSIBLE else others)[agency].add(person)
    return {agency: sorted(found[agency] or others[agency]) for agency in agencies}
