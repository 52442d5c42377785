"""What of a case its reader sees because of an offer, and what the sender kept back."""

from __future__ import annotations

from django.db.models import QuerySet

from agencies.actors import Member
from complaints.models import Evidence
from complaints.selectors import evidence_of
from workflows.models import Case, FilesShared, Referral


def offer_read_by(reader: Member, case: Case) -> Referral | None:
    """The open offer because of which ``reader`` sees the case; None for the owner's people and who lodged it. One
    query, and only while the case is offered."""
    if case.offered_to_id is None or case.owner_id == reader.agency.pk:
        return None
    return Referral.objects.read_by(reader.agency).filter(case=case).first()


def files_for(reader: Member, case: Case) -> QuerySet[Evidence]:
    """The files of the case that ``reader`` may see, in the order sent."""
    files, offer = evidence_of(case.complaint), offer_read_by(reader, case)
    if offer is None or offer.shares_files == FilesShared.ALL:
        return files
    return files.filter(pk__in=offer.files.values("pk"))
