"""Who may do what with requests for help and joint actions: pure functions over (actor, what, which)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from agencies.actors import Actor, Member, System
from agencies.models import Role
from workflows.errors import MoveNotAllowed
from workflows.models import Case, Cooperation, JointAction, JointTask
from workflows.policy import permits, relations
from workflows.states import OPEN, OWN_HANDLER, SUPERVISOR, owner

C = Cooperation.State
# Which deeds there are, and where a request must stand for them. The first three are the asked agency's.
DEEDS: dict[str, tuple[str, ...]] = {
    "take": (C.ASKED,),
    "decline": (C.ASKED, C.TAKEN),
    "contribute": (C.TAKEN, C.RETURNED),
    "return": (C.CONTRIBUTED,),
    "dismiss": Cooperation.RUNNING,
}
_OWNERS = ("return", "dismiss")


def may_ask(actor: Actor, case: Case) -> bool:
    """The case's handler and the owner's supervisors, while the case is open: for a request, and a joint action."""
    return case.state in OPEN and _leads(actor, case)


def _leads(actor: Actor, case: Case) -> bool:
    if not isinstance(actor, Member) or actor.agency.assisted_intake_only:
        return False
    standing = relations(actor, case)
    return permits(OWN_HANDLER, actor, standing) or permits(owner(SUPERVISOR), actor, standing)


def may(actor: Actor, deed: str, cooperation: Cooperation) -> bool:
    if cooperation.state not in DEEDS[deed]:
        return False
    if deed == "return" and cooperation.was_returned:
        return False
    if deed in _OWNERS:
        return isinstance(actor, System) or may_ask(actor, cooperation.case)
    if not isinstance(actor, Member) or actor.agency.pk != cooperation.target_id:
        return False
    if cooperation.case.state not in OPEN:
        return False
    return actor.has(Role.INTAKE, Role.SUPERVISOR) if deed == "decline" else actor.handles_cases


def require(actor: Actor, deed: str, cooperation: Cooperation) -> None:
    """Raises MoveNotAllowed with what stands in the way."""
    if not may(actor, deed, cooperation):
        raise MoveNotAllowed(why_not(deed, cooperation))


def why_not(deed: str, cooperation: Cooperation) -> str:
    if cooperation.state not in DEEDS[deed]:
        return _("This is not possible while the request is “%(state)s”.") % {"state": cooperation.get_state_display()}
    if deed == "return" and cooperation.was_returned:
        return _("A contribution is sent back once; ask anew for what is still missing.")
    if deed in _OWNERS:
        return _("Only the case's handler or a supervisor of the responsible agency does this, while the case is open.")
    return _("Only people of the agency that was asked do this, while the case is open.")


def sees_what_was_shared(actor: Actor, cooperation: Cooperation) -> bool:
    """The agency asked sees it while it works on the request; whoever may see the case sees what was shown of it."""
    if isinstance(actor, Member) and actor.agency.pk == cooperation.target_id:
        return (cooperation.is_running and cooperation.case.state in OPEN) or is_owner(actor, cooperation.case)
    return True


def is_owner(actor: Actor, case: Case) -> bool:
    return isinstance(actor, Member) and actor.agency.pk == case.owner_id


def may_mark_police_only(actor: Actor, cooperation: Cooperation) -> bool:
    """Between police only: an asker who could not read the answer would have asked for nothing."""
    return isinstance(actor, Member) and actor.is_police and cooperation.asker.is_police


def may_lead(actor: Actor, action: JointAction) -> bool:
    """End it, call it off: the case's handler and the owner's supervisors, also when the case was faster."""
    return action.is_running and _leads(actor, action.case)


def may_post(actor: Actor, action: JointAction, agencies: frozenset[int]) -> bool:
    """``agencies``: ids of those with a task. Everybody of these and of the owner writes on the running board."""
    if not action.is_running or not isinstance(actor, Member) or not actor.handles_cases:
        return False
    return actor.agency.pk in agencies or is_owner(actor, action.case)


def may_work_on(actor: Actor, task: JointTask, action: JointAction, *sources: str) -> bool:
    if not action.is_running or task.state not in sources:
        return False
    return isinstance(actor, Member) and actor.handles_cases and actor.agency.pk == task.agency_id


def may_open_own_initiative(actor: Actor) -> bool:
    """Handlers and supervisors of agencies that handle cases; who only helps to lodge sends a report instead."""
    return (
        isinstance(actor, Member) and not actor.agency.assisted_intake_only and actor.has(Role.HANDLER, Role.SUPERVISOR)
    )
