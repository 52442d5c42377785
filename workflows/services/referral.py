"""Referral: offered, then taken, returned or recalled. The sender owns the case until it is taken."""

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Actor
from agencies.models import Agency
from events import clock
from workflows.errors import InvalidInput
from workflows.models import Audience, Case, Referral, Remark, RemarkKind
from workflows.services.classification import reclassify
from workflows.services.moving import begin, finish, write_remark


@transaction.atomic
def refer_case(
    *, case_id: int, to: Agency, by: Actor, reason: str, version: int, shares_identity: bool = False, track: str = ""
) -> Case:
    """Offer the case to another agency. Identity goes along only when it is needed; ``track`` is what the sender
    takes the case for now, and its clocks follow. An offer returned or recalled puts the track back.

    Raises InvalidInput when the target is the owner, handles no cases or serves another province.
    """
    case = begin(case_id, "refer", by, version)
    if to.pk == case.owner_id or not to.is_active or to.assisted_intake_only:
        raise InvalidInput("to", _("Choose another agency."))
    if not to.provinces.filter(pk=case.province_id).exists():
        raise InvalidInput("to", _("That agency does not serve this province."))
    remark = write_remark(case, reason, by=by, kind=RemarkKind.REASON, audience=Audience.SHARED, field="reason")
    offer(case, to=to, by=by, shares_identity=shares_identity, remark=remark, track=track)
    return case


def offer(
    case: Case, *, to: Agency, by: Actor, shares_identity: bool, remark: Remark | None = None, track: str = ""
) -> None:
    """The bare move, inside the caller's transaction and lock."""
    chosen = reclassify(case, track=track)
    case.refer(to=to)
    Referral.objects.create(
        case=case, sender=case.owner, target=to, shares_identity=shares_identity, track_before=chosen["track_before"],
        offered_at=clock.now(),
    )  # fmt: skip
    finish(case, "case.referred", by=by, to=to.code, shares_identity=shares_identity, remark=remark, **chosen)


@transaction.atomic
def take_referral(*, case_id: int, by: Actor, version: int, track: str = "", category: str = "") -> Case:
    """The target becomes the owner and confirms the track and the category, or changes them.

    Raises InvalidInput as `reclassify` does.
    """
    case = begin(case_id, "take_referral", by, version)
    chosen = reclassify(case, track=track, category=category)
    referral = _end_referral(case, Referral.State.TAKEN)
    case.take_referral()
    finish(case, "case.referral_taken", by=by, sender=referral.sender.code, to=referral.target.code, **chosen)
    return case


@transaction.atomic
def return_referral(*, case_id: int, by: Actor, version: int, reason: str) -> Case:
    """The target gives the case back and loses sight of it."""
    case = begin(case_id, "return_referral", by, version)
    remark = write_remark(case, reason, by=by, kind=RemarkKind.REASON, audience=Audience.SHARED, field="reason")
    referral = _end_referral(case, Referral.State.RETURNED)
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
    referral = _end_referral(case, Referral.State.RECALLED)
    chosen = reclassify(case, track=referral.track_before)
    case.recall_referral()
    finish(case, "case.referral_recalled", by=by, to=referral.target.code, remark=remark, **chosen)
    return case


def _end_referral(case: Case, state: str) -> Referral:
    referral = Referral.objects.select_related("sender", "target").get(case=case, state=Referral.State.OFFERED)
    referral.state, referral.ended_at = state, clock.now()
    referral.save(update_fields=["state", "ended_at"])
    return referral
