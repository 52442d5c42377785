"""Reading complaints and evidence."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from complaints import codes
from complaints.models import Complaint, Derivative, Evidence


def find_by_code(code_text: str) -> int | None:
    """The id of the complaint whose tracking code was typed. A malformed code costs the same look-up as an unknown one."""
    code = codes.normalise_code(code_text[:200])
    digest = codes.code_hash(code or "malformed")
    return Complaint.objects.filter(code_hash=digest).values_list("pk", flat=True).first()


def evidence_of(complaint: Complaint) -> QuerySet[Evidence]:
    """In the order sent, with verdict and pictures: two queries at any number of files."""
    return (
        Evidence.objects.filter(complaint=complaint)
        .select_related("scan", "supplement")
        .prefetch_related(Prefetch("derivatives", Derivative.objects.order_by("purpose")))
    )
