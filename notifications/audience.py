"""Who is concerned by what: rows of a table, and the people behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agencies.models import Agency, Membership, Role
from events.models import Event
from notifications.models import Reason
from workflows.models import Case

OWNER, TARGET, SENDER, LEAD = "owner", "target", "sender", "lead"
_ROLE_REASON = {Role.INTAKE: Reason.INTAKE, Role.SUPERVISOR: Reason.SUPERVISOR}


@dataclass(frozen=True)
class Concern:
    """``agency``: whose people (owner, the target or sender of the referral, or the province's lead agency); ``roles`` among them;
    ``handler``: the case's handler too, and then the roles only when there is none."""

    agency: str = OWNER
    roles: tuple[Role, ...] = ()
    handler: bool = False


DESK = (Role.INTAKE, Role.SUPERVISOR)
CONCERNS: dict[str, tuple[Concern, ...]] = {
    "case.lodged": (Concern(roles=(Role.INTAKE,)),),
    "case.referred": (Concern(TARGET, DESK),),
    "case.referral_taken": (Concern(SENDER, DESK),),
    "case.referral_returned": (Concern(roles=DESK, handler=True),),
    "case.referral_recalled": (Concern(TARGET, DESK),),
    "case.assigned": (Concern(handler=True),),
    "case.answered": (Concern(roles=DESK, handler=True),),
    "case.supplemented": (Concern(roles=DESK, handler=True),),
    "case.objected": (Concern(roles=DESK, handler=True),),
    "case.withdrawn": (Concern(roles=DESK, handler=True), Concern(TARGET, DESK)),
    "case.withdrawal_wished": (Concern(roles=(Role.SUPERVISOR,)),),
    "case.reopened": (Concern(roles=DESK, handler=True),),
    "clock.warned": (Concern(roles=DESK, handler=True), Concern(TARGET, DESK)),
    "clock.extended": (Concern(handler=True),),
    "clock.escalated": (),  # by its rung: ESCALATED
}
# The overseer is told no case: what reached him is counted in the province's figures (selectors/clocks.py).
ESCALATED: dict[str, tuple[Concern, ...]] = {
    "handler": (Concern(roles=DESK, handler=True), Concern(TARGET, DESK)),
    "supervisor": (Concern(roles=(Role.SUPERVISOR,)), Concern(TARGET, (Role.SUPERVISOR,))),
    "lead": (Concern(LEAD, (Role.SUPERVISOR,)),),
}


@dataclass(frozen=True)
class Recipient:
    person_id: int
    agency_id: int
    reason: Reason


def recipients(event: Event, case: Case) -> list[Recipient]:
    """The people to be told of the event, each once; never whoever did it."""
    found: dict[int, Recipient] = {}
    for concern in _concerns(event):
        if agency_id := _agency_id(concern.agency, event, case):
            found |= {r.person_id: r for r in _people(concern, agency_id, case) if r.person_id not in found}
    found.pop(event.actor.get("person"), None)
    return list(found.values())


def _concerns(event: Event) -> tuple[Concern, ...]:
    if event.kind == "clock.escalated":
        return ESCALATED.get(event.data["audience"], ())
    return CONCERNS.get(event.kind, ())


def _agency_id(which: str, event: Event, case: Case) -> int | None:
    """Read from the event, so that a late delivery still tells those of its moment."""
    if which == OWNER:
        return case.owner_id
    if which == LEAD:
        leads = Agency.objects.filter(is_lead=True, is_active=True, provinces=case.province_id)
        return leads.order_by("code").values_list("pk", flat=True).first()
    code = event.data.get("sender" if which == SENDER else "to")
    return Agency.objects.filter(code=code).values_list("pk", flat=True).first()


def _people(concern: Concern, agency_id: int, case: Case) -> Iterable[Recipient]:
    active = Membership.objects.filter(agency_id=agency_id, revoked_at=None, person__is_active=True)
    if concern.handler and case.handler_id and active.filter(person_id=case.handler_id, role=Role.HANDLER).exists():
        return [Recipient(case.handler_id, agency_id, Reason.HANDLER)]
    members = active.filter(role__in=concern.roles).order_by("role").values_list("person_id", "role")
    return [Recipient(person_id, agency_id, _ROLE_REASON[Role(role)]) for person_id, role in members]
