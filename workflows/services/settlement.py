"""How a negotiation or a mediation ends: with minutes that both sides confirm, or without a settlement."""

from __future__ import annotations

import hmac
import secrets
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Actor, Business, Citizen, Member
from complaints.models import Complainant
from events import clock
from events.chain import salted_digest
from workflows import policy
from workflows.clocks import timetable
from workflows.deadlines import HANOI, deadline
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed, RoomMovedOn
from workflows.minutes import minutes_content
from workflows.models import (
    Audience,
    Case,
    NegotiationReport,
    Purpose,
    RemarkKind,
    Resolution,
    Room,
    Settlement,
    SettlementConfirmation,
    Side,
)
from workflows.obligations import Occasion
from workflows.selectors.rooms import why_not_agreed
from workflows.services.clocks import meet_obligation
from workflows.services.invitations import invite_business
from workflows.services.moving import begin, clean_text, finish, record, write_remark
from workflows.services.papers import issue_paper
from workflows.services.room_opening import REPORT_WORKING_DAYS
from workflows.services.rooms import close_room
from workflows.states import Outcome, State

TEMPLATE = "documents/settlement_minutes.html"


@transaction.atomic
def record_settlement(
    *,
    case_id: int,
    by: Member,
    version: int,
    respondent_name: str,
    held_on: date,
    place: str,
    dispute: str,
    complainant_opinion: str,
    respondent_opinion: str,
    result: str,
    answer: str,
    respondent_contact: str = "",
    complainant_contact: str = "",
) -> Case:
    """The minutes of what both sides agreed, with the fields of Luật 19/2023 Đ60.2 and Đ65.2, numbered and frozen;
    the case is resolved by them. ``answer`` is told to the sender and stands in the history of the case, which its
    later owners read. Both sides read the contacts in the minutes. Raises InvalidInput, MoveNotAllowed while nothing
    was agreed in the room."""
    case = begin(case_id, "record_settlement", by, version)
    texts = {
        "dispute": dispute,
        "complainant_opinion": complainant_opinion,
        "respondent_opinion": respondent_opinion,
        "result": result,
        "place": place,
        "respondent_name": respondent_name,
    }
    cleaned = {name: clean_text(text, name) for name, text in texts.items()}
    _check_held_on(case, held_on)
    _require_agreement(case)
    room = _close(case, Room.Ending.SETTLED, by)
    outcome = Outcome.SETTLED_MEDIATION if room.is_mediation else Outcome.SETTLED_NEGOTIATION
    remark = write_remark(case, answer, by=by, kind=RemarkKind.OUTCOME, audience=Audience.CITIZEN, field="answer")
    resolution = Resolution.objects.create(
        case=case, agency=case.owner, outcome=outcome, answer=remark, resolved_at=clock.now()
    )
    contacts = {
        "respondent_contact": respondent_contact.strip(),
        "complainant_contact": complainant_contact.strip(),
    }
    settlement = _write_minutes(room, resolution, by, held_on=held_on, **contacts, **cleaned)
    invite_business(case, Purpose.CONFIRMATION, by=by, respondent_id=_business_of(room))
    case.record_settlement(outcome=outcome)
    finish(
        case, "case.settled", by=by, outcome=outcome, remark=remark, settlement=settlement.pk, minutes=settlement.digest
    )
    return case


def _business_of(room: Room) -> int | None:
    return room.invitation.respondent_id if room.invitation else None


def _check_held_on(case: Case, held_on: date) -> None:
    if held_on > clock.now().astimezone(HANOI).date():
        raise InvalidInput("held_on", _("This day has not come yet. Please check it."))
    if held_on < case.lodged_at.astimezone(HANOI).date():
        raise InvalidInput("held_on", _("The complaint had not been lodged on that day. Please check it."))


def _require_agreement(case: Case) -> None:
    """An offer that was accepted, or the handler's summary of what both sides said yes to, by telephone for instance.
    The lock on the room keeps an offer of this moment out."""
    room = Room.objects.select_for_update(of=("self",)).filter(case=case, closed_at=None).first()
    if room is None:
        return
    if why := why_not_agreed(room):
        raise MoveNotAllowed(why)


def _close(case: Case, ending: Room.Ending, by: Actor, text: str | None = None) -> Room:
    """The room is there while the case is in its state; a row that lacks it was written past the services."""
    room = close_room(case, ending, by=by, text=text)
    if room is None:
        raise MoveNotAllowed(_("There is no open room for this case."))
    return room


def _write_minutes(room: Room, resolution: Resolution, by: Member, **texts: Any) -> Settlement:
    """The consumer's name is the complaint's own; how to reach them stands there only if it was written in."""
    complainant = Complainant.objects.filter(complaint=room.case.complaint_id).first() or Complainant()
    settlement = Settlement(
        room=room,
        resolution=resolution,
        complainant_name=complainant.name,
        salt=secrets.token_hex(16),
        recorded_by=by.person,
        recorded_at=clock.now(),
        **texts,
    )
    settlement.digest = settlement.computed_digest()
    # For the issuing agency and the two sides; whom the case goes to later gets no minutes by it.
    settlement.paper = issue_paper(
        room.case,
        by=by,
        document_type="BB",
        template=TEMPLATE,
        content=minutes_content(settlement, by),
        audience=Audience.AGENCY,
        purpose="settlement",
        shown_to_respondent=True,
    )
    settlement.save()
    return settlement


@transaction.atomic
def confirm_settlement(*, settlement_id: int, by: Citizen | Business, digest: str) -> SettlementConfirmation:
    """A party has read the minutes of this digest and agrees. The constraint on (settlement, side) makes a second
    press, or a second telephone, find the first one's row. Raises CaseNotFound, RoomMovedOn, MoveNotAllowed."""
    found = Settlement.objects.visible_to(by).select_related("room__case", "resolution")
    settlement = found.filter(pk=settlement_id).first()
    if settlement is None:
        raise CaseNotFound(_("There is no such case, or it is not yours to see."))
    case = Case.objects.visible_to(by).locked(settlement.room.case_id)
    side = policy.side_of(by, case)
    if side is None or side == Side.FACILITATOR:
        raise MoveNotAllowed(_("The minutes are confirmed by the two sides."))
    if case.state not in (State.RESOLVED, State.CLOSED) or case.outcome != settlement.resolution.outcome:
        raise MoveNotAllowed(_("The case was opened again after these minutes: they are not confirmed any more."))
    if not hmac.compare_digest(digest, settlement.digest):
        raise RoomMovedOn(_("These are not the minutes as they stand. Please read them again."))
    confirmation, is_new = SettlementConfirmation.objects.get_or_create(
        settlement=settlement,
        side=side,
        defaults={
            "digest": settlement.digest,
            "confirmed_at": clock.now(),
            "link": by.link_id if isinstance(by, Business) else None,
        },
    )
    if is_new:
        record(case, "case.settlement_confirmed", by=by, settlement=settlement.pk, side=side, minutes=settlement.digest)
    return confirmation


@transaction.atomic
def end_without_settlement(*, case_id: int, by: Member, version: int, reason: str) -> Case:
    """The room closes; ``reason`` is for the two sides and stays in it. What the consumer can do now stands on the
    page of each. A negotiation's report by the business is due 5 working days after (Luật 19/2023 Đ57.5)."""
    case = begin(case_id, "end_without_settlement", by, version)
    room = _close(case, Room.Ending.NOT_SETTLED, by, reason)
    if not room.is_mediation:
        calendar = timetable(case.province_id).calendar
        room.report_due_at = deadline(clock.now(), REPORT_WORKING_DAYS, "WD", calendar)
        room.save(update_fields=["report_due_at"])
    case.end_without_settlement()
    finish(case, "case.unsettled", by=by, talk=room.kind)
    return case


@transaction.atomic
def report_negotiation_result(*, room_id: int, by: Business | Member, text: str) -> NegotiationReport:
    """What the business writes about a negotiation that ended: itself, or a handler for it from a letter.

    Raises CaseNotFound, InvalidInput, MoveNotAllowed before the end, for a mediation, or a second time.
    """
    room = Room.objects.visible_to(by).select_related("case__owner__kind").filter(pk=room_id).first()
    if room is None:
        raise CaseNotFound(_("There is no such case, or it is not yours to see."))
    # The lock that every move takes first; of two reports at once the second finds the first.
    case = Case.objects.locked(room.case_id)
    room.refresh_from_db(fields=["closed_at"])
    if policy.side_of(by, room.case) not in (Side.RESPONDENT, Side.FACILITATOR):
        raise MoveNotAllowed(_("The business reports, or the handler records its letter."))
    if room.is_mediation or room.closed_at is None:
        raise MoveNotAllowed(_("The business reports after a negotiation has ended."))
    if NegotiationReport.objects.filter(room=room).exists():
        raise MoveNotAllowed(_("The report was received already."))
    report = NegotiationReport.objects.create(
        room=room,
        text=clean_text(text, "text"),
        salt=secrets.token_hex(16),
        link=by.link_id if isinstance(by, Business) else None,
        recorded_by=by.person if isinstance(by, Member) else None,
        reported_at=clock.now(),
    )
    digest = salted_digest(report.salt, report.text)
    record(case, "case.negotiation_reported", by=by, room=room.pk, report=report.pk, digest=digest)
    meet_obligation(case, Occasion.REPORT_NEGOTIATION, by=by)
    return report
