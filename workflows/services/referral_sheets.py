"""The paper that goes with an offer, numbered in the transaction that makes the offer."""

from __future__ import annotations

from django.utils.translation import gettext as _

from agencies.actors import Actor, Member
from workflows import referral_sheet as said
from workflows.errors import InvalidInput, MoveNotAllowed
from workflows.models import Audience, Paper, Referral
from workflows.referral_sheet import Sheet
from workflows.services.papers import issue_paper


def issue_sheet(referral: Referral, sheet: Sheet, *, by: Actor) -> Paper:
    """One paper per offer, read by both agencies. The caller holds the case's lock. Raises InvalidInput when nobody
    may recommend prosecution here, MoveNotAllowed when the offer has its paper."""
    if referral.paper_id:
        raise MoveNotAllowed(_("The sheet of this transfer was issued already."))
    case, officer = referral.case, str(by.person) if isinstance(by, Member) else ""
    if sheet.recommends and not said.may_recommend(case, referral.sender, referral.target):
        raise InvalidInput("sheet", _("Only a state agency recommends prosecution, to the police, on a crime report."))
    if sheet.recommends:
        content, template = said.recommendation_content(referral, sheet, officer), said.RECOMMENDATION_TEMPLATE
        document_type, purpose = said.RECOMMENDATION, "Kiến nghị khởi tố"
    else:
        content, template = said.slip_content(referral, sheet, officer), said.SLIP_TEMPLATE
        document_type, purpose = said.SLIP, "Chuyển hồ sơ"
    referral.paper = issue_paper(
        case, by=by, document_type=document_type, template=template, content=content, audience=Audience.SHARED,
        purpose=purpose,
    )  # fmt: skip
    referral.save(update_fields=["paper"])
    return referral.paper
