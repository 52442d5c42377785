"""Who may do what to bulletins: editors and approvers of the lead agency, which issues them. What they see is
`visible_to`'s; two persons are kept apart by `services.issuing` and a constraint."""

from django.utils.translation import gettext as _

from agencies.actors import Actor, Member
from agencies.models import Role
from bulletins.bulletin_states import MOVE, State
from bulletins.models import BulletinVersion
from workflows.errors import MoveNotAllowed


def may_prepare(actor: Actor | None) -> bool:
    return isinstance(actor, Member) and actor.agency.is_lead and actor.has(Role.EDITOR, Role.APPROVER)


def may_edit(actor: Actor | None) -> bool:
    return may_prepare(actor) and isinstance(actor, Member) and actor.has(Role.EDITOR)


def may_carry(actor: Actor | None) -> bool:
    """Press, broadcasters and communes with a loudspeaker: what is published is handed to them."""
    return isinstance(actor, Member) and actor.has(Role.PRESS)


def may_hand_over(actor: Actor | None) -> bool:
    """Who opens the page of what is handed over: those who carry it, and those who issue it."""
    return may_carry(actor) or may_prepare(actor)


def may_move(actor: Actor | None, name: str, version: BulletinVersion) -> bool:
    """By role and by where the version stands."""
    move = MOVE[name]
    return (
        may_prepare(actor)
        and isinstance(actor, Member)
        and actor.has(*move.roles)
        and actor.agency.pk == version.bulletin.agency_id
        and version.state in move.sources
    )


def require(actor: Actor | None, name: str, version: BulletinVersion) -> None:
    """Raises MoveNotAllowed."""
    if may_move(actor, name, version):
        return
    if version.state not in MOVE[name].sources:
        raise MoveNotAllowed(
            _("The bulletin is not at that step: it is %(state)s.") % {"state": version.get_state_display()}
        )
    raise MoveNotAllowed(_("Editors write and publish bulletins; approvers approve, sign and withdraw them."))


def require_something_to_correct(name: str, version: BulletinVersion) -> None:
    """A withdrawn bulletin stays withdrawn, with all it ever told: a correction of it goes back or away, and not on.
    Raises MoveNotAllowed."""
    if MOVE[name].leads_on and version.corrects_withdrawn:
        raise MoveNotAllowed(
            _("The bulletin it corrects was withdrawn, so the correction goes no further. Begin a new bulletin.")
        )


def require_correctable(version: BulletinVersion) -> None:
    """Raises MoveNotAllowed."""
    if version.state == State.WITHDRAWN:
        raise MoveNotAllowed(_("A withdrawn bulletin is not corrected. Begin a new one; its warnings are still there."))
    if version.state != State.PUBLISHED:
        raise MoveNotAllowed(_("Only a published bulletin is corrected."))


def require_editor(actor: Actor | None) -> None:
    if not may_edit(actor):
        raise MoveNotAllowed(_("Only bulletin editors of the lead agency write bulletins."))


def may_take_down(actor: Actor | None) -> bool:
    """Approvers, of what their own agency told: which items these are is `visible_to`'s."""
    return may_prepare(actor) and isinstance(actor, Member) and actor.has(Role.APPROVER)


def require_taking_down(actor: Actor | None) -> None:
    """Raises MoveNotAllowed."""
    if not may_take_down(actor):
        raise MoveNotAllowed(_("Only approvers of the agency take a published warning down."))
