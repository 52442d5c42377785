"""Reading what is sensitive: each look is recorded in the transaction that allows it."""

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from complaints.models import Complainant, Evidence, Scan
from complaints.policy import may_open_original
from workflows import policy
from workflows.errors import CaseNotFound, MoveNotAllowed
from workflows.models import Case
from workflows.selectors.sharing import files_for
from workflows.services.moving import record


@transaction.atomic
def record_access(*, case_id: int, by: Member, kind: str, **data: int | str) -> Case:
    """Record that ``by`` looked (``case.identity_shown``, ``case.evidence_opened``, ``case.printed``).
    Raises CaseNotFound."""
    case = Case.objects.visible_to(by).locked(case_id)
    record(case, kind, by=by, **data)
    return case


@transaction.atomic
def show_identity(*, case_id: int, by: Member, kind: str = "case.identity_shown") -> Complainant | None:
    """Who complained (None: anonymous). Raises CaseNotFound, MoveNotAllowed."""
    case = record_access(case_id=case_id, by=by, kind=kind)
    if not policy.may_see_identity(by, case):
        raise MoveNotAllowed(_("The sender's identity was not shared with your agency."))
    return Complainant.objects.filter(complaint=case.complaint_id).first()


@transaction.atomic
def open_evidence(*, case_id: int, by: Member, evidence_id: int) -> Evidence:
    """The sealed original of a file. Raises CaseNotFound, MoveNotAllowed while it is quarantined."""
    case = record_access(case_id=case_id, by=by, kind="case.evidence_opened", evidence=evidence_id)
    evidence = files_for(by, case).filter(pk=evidence_id).first()
    if evidence is None:
        raise CaseNotFound(_("There is no such case, or it is not yours to see."))
    scan = getattr(evidence, "scan", None)
    if not may_open_original(scan):
        raise MoveNotAllowed(_quarantined(scan))
    return evidence


def _quarantined(scan: Scan | None) -> str:
    if scan is None:
        return _("The file is still being checked for viruses. Please try again in a few minutes.")
    return _("A virus was found in this file. It stays locked.")
