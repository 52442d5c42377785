"""What notifications are about, in the words of those who choose how to be told. Each told kind is in one group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Group:
    code: str
    label: _StrPromise
    description: _StrPromise
    kinds: tuple[str, ...] = ()


# Not a group of kinds: the morning's summary of work, told by mail or not at all.
SUMMARY = "summary"

GROUPS = (
    Group(
        "offered", _("New reports, and cases passed between agencies"),
        _("A new report; a case offered to your agency, taken, returned or recalled."),
        (
            "case.lodged", "case.found", "case.referred", "case.referral_taken", "case.referral_returned",
            "case.referral_recalled", "case.referral_reassigned", "case.phoned",
        ),
    ),
    Group(
        "assigned", _("Cases given to you, and what waits for your decision"),
        _("You become the handler; a resolution to confirm or sent back; a case resolved, joined or opened again."),
        (
            "case.assigned", "case.resolution_proposed", "case.proposal_returned", "case.resolved", "case.joined",
            "case.reopened",
        ),
    ),
    Group(
        "sender", _("What the sender says"),
        _("Answers, additions, objections, withdrawals; a question that was not answered in time."),
        (
            "case.answered", "case.supplemented", "case.objected", "case.withdrawn", "case.withdrawal_wished",
            "case.answer_overdue", "case.settlement_wished",
        ),
    ),
    Group(
        "business", _("What the business says"),
        _("Its answer, additions and objections; that it did not answer, or could not be written to."),
        (
            "case.respondent_answered", "case.respondent_supplemented", "case.respondent_silent",
            "case.respondent_objected", "case.negotiation_reported", "case.respondent_unreached",
        ),
    ),
    Group(
        "talks", _("Negotiation and mediation"),
        _("Agreement to mediation, words and offers in the room, minutes confirmed or not."),
        (
            "case.mediation_agreed", "case.mediation_declined", "case.settlement_confirmed",
            "case.settlement_unconfirmed", "room.said", "room.offered", "room.offer_accepted", "room.offer_declined",
            "room.offer_withdrawn",
        ),
    ),
    Group(
        "help", _("Help between agencies, and joint actions"),
        _("What is asked of your agency and by it, taken, declined, contributed."),
        (
            "cooperation.asked", "cooperation.taken", "cooperation.declined", "cooperation.contributed",
            "cooperation.returned", "cooperation.dismissed", "joint_action.asked", "joint_action.taken",
            "joint_action.declined", "joint_action.reported", "joint_action.done", "joint_action.ended",
            "joint_action.called_off",
        ),
    ),
    Group(
        "limits", _("Time limits"),
        _("A limit that ends soon, was extended or is not kept; transfers and help that are overdue."),
        (
            "clock.warned", "clock.extended", "clock.escalated", "case.referral_overdue", "case.referral_escalated",
            "cooperation.overdue", "joint_action.overdue",
        ),
    ),
    Group(
        "searches", _("Saved searches"),
        _("A case that fits a search you saved, where you chose to be told at once."),
        ("search.matched",),
    ),
    Group(
        "reports", _("Periodic reports"),
        _("Your agency is asked for one, it is due or was sent back; a unit has sent its own."),
        ("report.asked", "report.reminded", "report.returned", "report.submitted"),
    ),
    Group(
        "bulletins", _("Warning bulletins"),
        _("One waits for your review or approval; one you wrote in was approved, sent back or signed."),
        (
            "bulletin.submitted", "bulletin.frozen", "bulletin.taken_back", "bulletin.rejected", "bulletin.approved",
            "bulletin.signed",
        ),
    ),
)  # fmt: skip
GROUP_OF = {kind: group.code for group in GROUPS for kind in group.kinds}
CODES = (*(group.code for group in GROUPS), SUMMARY)
