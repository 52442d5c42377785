"""Reading complaints, evidence and drafts."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from complaints import codes
from complaints.models import Complaint, Derivative, Draft, Evidence, Upload


def find_by_code(code_text: str) -> Complaint | None:
    """The complaint of a tracking code as typed. A malformed code costs the same look-up as an unknown one."""
    code = codes.normalise_code(code_text[:200])
    digest = codes.code_hash(code or "malformed")
    return Complaint.objects.filter(code_hash=digest).first()


def evidence_of(complaint: Complaint) -> QuerySet[Evidence]:
    """In the order sent, with verdict and pictures: two queries at any number of files."""
    return (
        Evidence.objects.filter(complaint=complaint)
        .select_related("scan", "supplement")
        .prefetch_related(Prefetch("derivatives", Derivative.objects.order_by("purpose")))
    )


def draft_by_key(key: str) -> Draft | None:
    """The draft whose cookie holds ``key``."""
    return Draft.objects.filter(key_hash=codes.key_hash(key)).first() if key else None


def uploads_of(draft: Draft) -> QuerySet[Upload]:
    return Upload.objects.filter(draft=draft).order_by("id")
