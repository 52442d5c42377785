"""Who may prepare bulletins: editors and approvers of the agency that issues them."""

from agencies.actors import Actor, Member
from agencies.models import Role


def may_prepare(actor: Actor | None) -> bool:
    return isinstance(actor, Member) and actor.has(Role.EDITOR, Role.APPROVER)
