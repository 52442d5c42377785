"""Referral: offered, then taken, returned or recalled. The sender owns the case until it is taken."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Actor, Member
from agencies.models import Agency, Province
from events import clock
from workflows import policy
from workflows.errors import MoveNotAllowed
from workflows.models import Audience, Case, PhoneCall, Referral, Remark, RemarkKind
from workflows.obligations import Occasion
from workflows.referral_sheet import Sheet
from workflows.services.classification import reclassify
from workflows.services.clocks import meet_obligation
from workflows.services.links import revoke_links
from workflows.services.moving import begin, finish, write_remark
from workflows.services.referral_sheets import issue_sheet
from workflows.services.referral_terms import (
    Call,
    Shared,
    choose_files,
    explain,
    keep_call,
    require_call,
    require_receiver,
)
from workflows.states import MOVE


@transaction.atomic
def refer_case(
    *,
    case_id: int,
    to: Agency,
    by: Actor,
    reason: str,
    version: int,
    shares_identity: bool = False,
    track: str = "",
    shared: Shared | None = None,
    explanation: str = "",
    province: str = "",
    call: Call | None = None,
    sheet: Sheet | None = None,
) -> Case:
    """Offer the case to another agency. ``shared`` is what goes along (``shares_identity`` alone: all the rest);
    ``track`` is what the sender takes the case for now, and its clocks follow. An offer returned or recalled puts the
    track back. ``sheet``: what the paper that goes with it says; None for no paper.

    Raises InvalidInput when the target is the owner, handles no cases or serves no such province; when it is not the
    competent one and ``explanation`` is empty; when the case is urgent crime and nobody telephoned.
    """
    case = begin(case_id, "refer", by, version)
    elsewhere = require_receiver(case, to, province)
    chosen = reclassify(case, track=track)
    require_call(case, call, by=by)
    remark = write_remark(case, reason, by=by, kind=RemarkKind.REASON, audience=Audience.SHARED, field="reason")
    why = explain(case, to, elsewhere, explanation, by=by)
    shared = shared or Shared(identity=shares_identity)
    referral = offer(
        case, to=to, by=by, shared=shared, remark=remark, chosen=chosen, explanation=why, to_province=elsewhere
    )
    if call is not None and isinstance(by, Member):
        keep_call(referral, call, by=by)
    if sheet is not None:
        issue_sheet(referral, sheet, by=by)
    return case


def offer(
    case: Case,
    *,
    to: Agency,
    by: Actor,
    shared: Shared,
    remark: Remark | None = None,
    chosen: dict[str, str] | None = None,
    explanation: Remark | None = None,
    to_province: Province | None = None,
) -> Referral:
    """The bare move, inside the caller's transaction and lock. ``chosen`` is what `reclassify` gave."""
    chosen = chosen or reclassify(case)
    case.refer(to=to)
    referral = Referral.objects.create(
        case=case,
        sender=case.owner,
        target=to,
        shares_identity=shared.identity,
        shares_notes=shared.notes,
        shares_files=shared.files_shared,
        reason=remark,
        explanation=explanation,
        track_before=chosen["track_before"],
        to_province=to_province,
        offered_at=clock.now(),
    )
    choose_files(referral, shared)
    told: dict[str, Any] = {
        "shares_identity": shared.identity,
        "shares_notes": shared.notes,
        "files": str(shared.files_shared),
    }
    finish(case, "case.referred", by=by, to=to.code, remark=remark, **told | chosen)
    return referral


@transaction.atomic
def take_referral(*, case_id: int, by: Actor, version: int, track: str = "", category: str = "") -> Case:
    """The target becomes the owner and confirms the track and the category, or changes them. From another province it
    takes the case along: rules, calendar, overseers and figures are then that province's; the number stays.

    Raises InvalidInput as `reclassify` does.
    """
    case = begin(case_id, "take_referral", by, version)
    chosen = reclassify(case, track=track, category=category)
    referral = end_offer(case, Referral.State.TAKEN)
    if referral.to_province_id:
        chosen |= {"province": referral.to_province_id, "province_before": case.province_id}
    chosen |= {"sender": referral.sender.code, "to": referral.target.code, "handler_before": case.handler_id}
    case.take_referral(province=referral.to_province)
    finish(case, "case.referral_taken", by=by, **chosen)
    if case.track not in MOVE["respond"].tracks:
        revoke_links(case, by=by)
    if referral.target_id == _owed_the_file(case):
        meet_obligation(case, Occasion.RETURN_FILE, by=by)
    return case


def _owed_the_file(case: Case) -> int | None:
    """The agency competent for the breach of a crime that was not prosecuted, as the last resolution names it."""
    breaches = case.resolutions.filter(administrative_breach=True).order_by("-resolved_at", "-id")
    return breaches.values_list("competent_agency", flat=True).first()


@transaction.atomic
def return_referral(*, case_id: int, by: Actor, version: int, reason: str) -> Case:
    """The target gives the case back and loses sight of it."""
    case = begin(case_id, "return_referral", by, version)
    remark = write_remark(case, reason, by=by, kind=RemarkKind.REASON, audience=Audience.SHARED, field="reason")
    referral = end_offer(case, Referral.State.RETURNED, remark)
    chosen = reclassify(case, track=referral.track_before)
    case.return_referral()
    chosen |= {"to": referral.sender.code, "target": referral.target.code}
    finish(case, "case.referral_returned", by=by, remark=remark, **chosen)
    return case


@transaction.atomic
def recall_referral(*, case_id: int, by: Actor, version: int, reason: str) -> Case:
    """The sender takes the offer back before it is taken."""
    case = begin(case_id, "recall_referral", by, version)
    remark = write_remark(case, reason, by=by, kind=RemarkKind.REASON, audience=Audience.SHARED, field="reason")
    referral = end_offer(case, Referral.State.RECALLED, remark)
    chosen = reclassify(case, track=referral.track_before)
    case.recall_referral()
    finish(case, "case.referral_recalled", by=by, to=referral.target.code, remark=remark, **chosen)
    return case


@transaction.atomic
def record_call(*, case_id: int, by: Member, call: Call) -> PhoneCall:
    """A call about an open offer, by either side; it moves nothing. Raises CaseNotFound, MoveNotAllowed, InvalidInput."""
    case = Case.objects.visible_to(by).locked(case_id)
    if case.offered_to_id is None or not policy.may_note(by, case):
        raise MoveNotAllowed(_("The case is not being transferred now."))
    return keep_call(open_offer(case), call, by=by)


@transaction.atomic
def issue_sheet_later(*, case_id: int, by: Member, sheet: Sheet) -> Case:
    """The paper of an offer that the system, or somebody in haste, made without one. Raises CaseNotFound,
    MoveNotAllowed, InvalidInput."""
    case = Case.objects.visible_to(by).locked(case_id)
    if case.offered_to_id is None or case.owner_id != by.agency.pk:
        raise MoveNotAllowed(_("The case is not being transferred now."))
    issue_sheet(open_offer(case), sheet, by=by)
    return case


def open_offer(case: Case) -> Referral:
    """Of a locked case in the state `referred`."""
    offers = Referral.objects.select_related(
        "sender__kind", "target__kind", "to_province", "explanation", "case__complaint"
    )
    return offers.get(case=case, state=Referral.State.OFFERED)


def end_offer(case: Case, state: str, reason: Remark | None = None) -> Referral:
    referral = open_offer(case)
    referral.state, referral.ended_at, referral.ended_reason = state, clock.now(), reason
    referral.save(update_fields=["state", "ended_at", "ended_reason"])
    return referral
