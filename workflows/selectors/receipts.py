"""What an agency keeps of a case it passed on: when, to whom, the paper, its own notes. Nothing of the case itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from agencies.actors import Member
from workflows.errors import CaseNotFound
from workflows.models import Audience, Paper, Referral, Remark, RemarkKind
from workflows.selectors.queue import receipts


@dataclass(frozen=True)
class Receipt:
    """``passed`` with its case's number; ``notes`` oldest first, with their authors."""

    passed: Referral
    paper: Paper | None
    notes: list[Remark]


def find_receipt(pk: int, reader: Member) -> Receipt:
    """Raises CaseNotFound: another agency's receipt does not exist here. Two queries."""
    found = receipts(reader).select_related("case", "target", "paper__number", "reason", "explanation").filter(pk=pk)
    referral = found.first()
    if referral is None:
        raise CaseNotFound(_("There is no such receipt, or it is not yours to see."))
    return Receipt(referral, referral.paper, own_notes(referral, reader))


def own_notes(referral: Referral, reader: Member) -> list[Remark]:
    """What the agency's own people wrote for colleagues, until the case went: not what they asked or told the sender."""
    audiences = [Audience.AGENCY, Audience.SHARED, *([Audience.POLICE] if reader.is_police else [])]
    written = Remark.objects.filter(case=referral.case_id, agency=reader.agency, audience__in=audiences)
    kinds = [RemarkKind.NOTE, RemarkKind.REASON]
    return list(written.filter(kind__in=kinds, written_at__lte=referral.ended_at).select_related("author"))
