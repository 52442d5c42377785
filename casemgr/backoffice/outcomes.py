"""A resolution, given or proposed, as the desk shows it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from agencies.actors import Member
from casemgr.backoffice.presentation import fact
from workflows.clocks import timetable
from workflows.deadlines import deadline
from workflows.errors import WorkflowError
from workflows.models import Case, Resolution, ResolutionProposal
from workflows.selectors.answers import staff_facts
from workflows.selectors.casefile import CaseFile
from workflows.services.rehearsing import rehearse_proposal

# BLTTHS: a file that is no crime but an administrative breach goes back within 3 days.
FILE_BACK_DAYS = 3


def resolutions(file: CaseFile) -> list[dict[str, Any]]:
    return [
        {
            "resolution": resolution,
            "facts": [fact(label, value) for label, value in staff_facts(resolution.facts())],
            "file_back": _file_back(file.case, resolution),
        }
        for resolution in file.resolutions
    ]


def _file_back(case: Case, resolution: Resolution) -> str:
    """What is still to be done with the file, and by when."""
    agency = resolution.competent_agency
    if not resolution.administrative_breach or agency is None or case.owner_id != resolution.agency_id:
        return ""
    until = deadline(resolution.resolved_at, FILE_BACK_DAYS, "d", timetable(case.province_id).calendar)
    return _("The file goes to %(agency)s by %(day)s: a supervisor reopens the case and transfers it.") % {
        "agency": agency.name,
        "day": f"{until:%d/%m/%Y}",
    }


def proposed(proposal: ResolutionProposal | None, reader: Member) -> dict[str, Any]:
    """The proposal in full, and what the sender will read once it is confirmed."""
    if proposal is None:
        return {}
    return {
        "proposal": proposal,
        "proposal_facts": [fact(label, value) for label, value in staff_facts(proposal.facts())],
        "proposal_answer": _answer(proposal, reader),
    }


def _answer(proposal: ResolutionProposal, reader: Member) -> Any:
    """None where it no longer fits: then its confirmation would be refused with the reason."""
    try:
        return rehearse_proposal(proposal, by=reader)
    except WorkflowError:
        return None
