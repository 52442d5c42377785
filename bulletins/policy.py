"""Who may prepare bulletins: editors and approvers of the lead agency, which issues them."""

from agencies.actors import Actor, Member
from agencies.models import Role


def may_prepare(actor: Actor | None) -> bool:
    return isinstance(actor, Member) and actor.agency.is_lead and actor.has(Role.EDITOR, Role.APPROVER)
