"""Reading what is sensitive: each look is recorded in the transaction that allows it."""

from django.db import transaction

from agencies.actors import Member
from workflows.models import Case
from workflows.services.moving import record


@transaction.atomic
def record_access(*, case_id: int, by: Member, kind: str, **data: int | str) -> Case:
    """Record that ``by`` looked (``case.identity_shown``, ``case.evidence_opened``, ``case.printed``).
    Raises CaseNotFound."""
    case = Case.objects.visible_to(by).locked(case_id)
    record(case, kind, by=by, **data)
    return case
