"""What the table of moves cannot say: named conditions on the actor and the case, each with the sentence that
says what is missing. Pure: nothing is read but the case, its owner and the actor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from agencies.actors import Actor, Citizen, Member
from agencies.models import Role
from workflows.models import Case
from workflows.states import Bar, Stance, State, Track


@dataclass(frozen=True)
class Condition:
    """``holds(actor, case)``, and in ``missing`` why the move waits while it does not."""

    holds: Callable[[Actor, Case], bool]
    missing: Any


def _may_refuse_consumers(actor: Actor, case: Case) -> bool:
    """Luật 19/2023 Đ53.3."""
    return not (case.owner.is_association and case.track == Track.CONSUMER)


def _may_assign(actor: Actor, case: Case) -> bool:
    """A handler takes a case nobody has, or begins on his own (one he found, or one opened again), where the
    agency allows it."""
    if not isinstance(actor, Member) or actor.has(Role.SUPERVISOR):
        return True
    his = case.handler_id == actor.person.pk and case.state == State.ACCEPTED
    return actor.agency.handlers_self_assign and (case.handler_id is None or his)


def _sender_reminded(actor: Actor, case: Case) -> bool:
    return case.reminded_at is not None and case.reminded_at >= case.state_since


def _supports_negotiation(actor: Actor, case: Case) -> bool:
    """The agency of industry and trade, and the association: Luật 19/2023 Đ56.3, Đ50.1đ."""
    return case.owner.is_lead or case.owner.is_association


def _proposed_by_another(actor: Actor, case: Case) -> bool:
    return case.proposed_by_id is not None and isinstance(actor, Member) and case.proposed_by_id != actor.person.pk


def _withdrawal_is_theirs(actor: Actor, case: Case) -> bool:
    """The citizen ends consumer and feedback cases; others end by a supervisor, after the wish."""
    wished = case.withdrawal_wished_at is not None
    return not wished if isinstance(actor, Citizen) else wished


CONDITIONS: dict[str, Condition] = {
    "may_refuse_consumers": Condition(
        _may_refuse_consumers, _("The association may not refuse a consumer's legitimate complaint.")
    ),
    "may_assign": Condition(_may_assign, _("Only a supervisor gives this case to a handler.")),
    "has_sender": Condition(
        lambda actor, case: case.has_sender, _("Nobody lodged this case: there is no sender to ask.")
    ),
    "sender_reminded": Condition(_sender_reminded, _("The sender was not reminded yet; the system does it in time.")),
    "supports_negotiation": Condition(
        _supports_negotiation, _("Only the department of industry and trade and the association support negotiation.")
    ),
    "business_failed_to_settle": Condition(
        lambda actor, case: case.respondent_stance in (Stance.SILENT, Stance.REFUSES),
        _("Negotiation opens when the business did not answer, or refused without a good reason."),
    ),
    "may_be_settled": Condition(
        lambda actor, case: case.bar == Bar.NONE,
        _("The law does not let this dispute be settled between the sides (Law 19/2023, Article 54.2)."),
    ),
    "mediates": Condition(
        lambda actor, case: case.owner.is_association, _("Only the consumers' association mediates.")
    ),
    "one_person_resolves": Condition(
        lambda actor, case: not case.owner.requires_two_persons,
        _("In this agency a supervisor confirms each resolution: propose it."),
    ),
    "two_persons_resolve": Condition(
        lambda actor, case: case.owner.requires_two_persons,
        _("In this agency the handler resolves without a proposal."),
    ),
    "nothing_proposed": Condition(
        lambda actor, case: case.proposed_by_id is None, _("A proposal is waiting for a supervisor already.")
    ),
    "proposed_by_another": Condition(
        _proposed_by_another, _("There is no proposal of another person that waits for a supervisor.")
    ),
    "withdrawal_is_theirs": Condition(
        _withdrawal_is_theirs,
        _("The sender asks to withdraw first; on a violation or a crime a supervisor then decides."),
    ),
    "withdrawal_wished": Condition(
        lambda actor, case: case.withdrawal_wished_at is not None, _("The sender did not ask to withdraw.")
    ),
}
