"""Who may do what with periodic reports. Pure functions over the actor; which rows they see is in the querysets.

A unit's reporters fill in its questionnaire, its supervisors and approvers send it. Those of the lead agency open
reports, send questionnaires back and write the whole; its supervisors and approvers issue it.
"""

from typing import TypeGuard

from agencies.actors import Actor, Member
from agencies.models import Role

REPORTERS = (Role.HANDLER, Role.SUPERVISOR, Role.EDITOR, Role.APPROVER)
# Who is told; a handler is not, unless nobody else is there.
RESPONSIBLE = (Role.SUPERVISOR, Role.EDITOR, Role.APPROVER)
SENDERS = (Role.SUPERVISOR, Role.APPROVER)


def may_report(actor: Actor | None) -> TypeGuard[Member]:
    return isinstance(actor, Member) and actor.has(*REPORTERS)


def may_send(actor: Actor | None) -> TypeGuard[Member]:
    return isinstance(actor, Member) and actor.has(*SENDERS)


def may_lead(actor: Actor | None) -> TypeGuard[Member]:
    return isinstance(actor, Member) and actor.agency.is_lead and actor.has(*RESPONSIBLE)


def may_issue(actor: Actor | None) -> TypeGuard[Member]:
    return isinstance(actor, Member) and actor.agency.is_lead and actor.has(*SENDERS)
