"""Who may do what: pure functions over (actor, action, case). Nothing here reads the database
beyond the case, its owner, the one it is offered to and that offer."""

from __future__ import annotations

from django.utils.translation import gettext as _

from agencies.actors import Actor, Business, Citizen, Member, System
from agencies.models import Role
from complaints.policy import may_see_identity as identity_gate
from workflows.conditions import CONDITIONS
from workflows.errors import MoveNotAllowed
from workflows.models import Case, Party, Referral, Side
from workflows.states import MOVE, MOVES, OPEN, OWN_HANDLER, By, Move, Relation, State, Track

# While the sides talk, the talk is ended first.
BARRED_IN = (
    State.LODGED, State.ACCEPTED, State.AWAITING_COMPLAINANT, State.INVESTIGATING, State.AWAITING_RESPONDENT,
)  # fmt: skip


def relations(actor: Actor, case: Case) -> frozenset[Relation]:
    """How the actor stands to the case."""
    if isinstance(actor, System):
        return frozenset({Relation.SYSTEM})
    if isinstance(actor, Citizen):
        return frozenset({Relation.CITIZEN} if actor.complaint_id == case.complaint_id else ())
    if isinstance(actor, Business):
        return frozenset({Relation.BUSINESS} if actor.case_id == case.pk else ())
    if not isinstance(actor, Member):
        return frozenset()
    found = set()
    if case.owner_id == actor.agency.pk:
        found.add(Relation.OWNER)
        if case.handler_id == actor.person.pk:
            found.add(Relation.OWN_HANDLER)
    if case.offered_to_id == actor.agency.pk:
        found.add(Relation.TARGET)
    if case.escalated_to_id == actor.agency.pk:
        found.add(Relation.LEAD)
    return frozenset(found)


def permits(by: By, actor: Actor, standing: frozenset[Relation]) -> bool:
    if by.relation not in standing:
        return False
    return not by.roles or (isinstance(actor, Member) and actor.has(*by.roles))


def may(actor: Actor, move: Move, case: Case) -> bool:
    """Whether this actor may make this move on this case, as the table and its conditions say."""
    return _is_theirs(actor, move, case) and missing(actor, move, case) is None


def _is_theirs(actor: Actor, move: Move, case: Case) -> bool:
    if case.state not in move.sources or case.track not in move.tracks:
        return False
    standing = relations(actor, case)
    return any(permits(by, actor, standing) for by in move.by)


def missing(actor: Actor, move: Move, case: Case) -> str | None:
    """The first condition that does not hold, in words."""
    unmet = (CONDITIONS[name] for name in move.conditions if not CONDITIONS[name].holds(actor, case))
    return next((str(condition.missing) for condition in unmet), None)


def moves_for(actor: Actor, case: Case) -> list[Move]:
    """The moves the actor may make now, in the table's order."""
    return [move for move in MOVES if may(actor, move, case)]


def require(actor: Actor, name: str, case: Case) -> None:
    """Raises MoveNotAllowed with who may, or what is missing, in words."""
    move = MOVE[name]
    if may(actor, move, case):
        return
    raise MoveNotAllowed(why_not(actor, move, case))


def why_not(actor: Actor, move: Move, case: Case) -> str:
    """Who may make the move, or what is missing for it."""
    if case.state not in move.sources:
        return _("“%(move)s” is not possible while the case is “%(state)s”.") % {
            "move": move.label,
            "state": State(case.state).label,
        }
    if case.track not in move.tracks:
        tracks = ", ".join(str(track.label) for track in move.tracks)
        return _("“%(move)s” exists only on: %(tracks)s.") % {"move": move.label, "tracks": tracks}
    if _is_theirs(actor, move, case) and (reason := missing(actor, move, case)):
        return reason
    roles = sorted({str(Role(role).label) for by in move.by for role in by.roles})
    if roles:
        return _("“%(move)s” may be done by: %(roles)s of the agency concerned.") % {
            "move": move.label,
            "roles": ", ".join(roles),
        }
    return _("“%(move)s” is not yours to do on this case.") % {"move": move.label}


def may_keep_register(actor: Actor) -> bool:
    """Enters, changes and merges businesses, verifies them and opens their accounts."""
    return isinstance(actor, Member) and actor.handles_cases and not actor.agency.assisted_intake_only


def may_deal_with_respondent(actor: Actor, case: Case) -> bool:
    """Names the business, sends and revokes its links, judges its refusal: the case's handler, and a supervisor of
    the owner."""
    if not isinstance(actor, Member) or case.owner_id != actor.agency.pk or case.track != Track.CONSUMER:
        return False
    is_own = case.handler_id == actor.person.pk and actor.has(Role.HANDLER)
    return is_own or actor.has(Role.SUPERVISOR)


def may_add_response(actor: Actor, case: Case) -> bool:
    """The business adds to its answer, or answers late, as long as the case is open."""
    return isinstance(actor, Business) and actor.case_id == case.pk and case.state in OPEN


def may_note(actor: Actor, case: Case) -> bool:
    return (
        isinstance(actor, Member)
        and actor.handles_cases
        and not relations(actor, case).isdisjoint({Relation.OWNER, Relation.TARGET})
    )


def may_write_letter(actor: Actor, case: Case) -> bool:
    """To whoever lodged the case, in every state: also after the end there are things to tell."""
    return (
        isinstance(actor, Member)
        and actor.handles_cases
        and case.has_sender
        and Relation.OWNER in relations(actor, case)
    )


def may_supplement(actor: Actor, case: Case) -> bool:
    """A citizen's word is recorded in every state that is not final."""
    if case.state in (State.CLOSED, State.WITHDRAWN) or not case.has_sender:
        return False
    return bool(relations(actor, case) & {Relation.CITIZEN, Relation.OWNER})


def party_of(actor: Actor) -> Party | None:
    """On which side of the case the actor stands, of the two that are asked how content they are."""
    return {"citizen": Party.CITIZEN, "business": Party.BUSINESS}.get(actor.reference()["type"])


def side_of(actor: Actor, case: Case) -> Side | None:
    """Which side the actor speaks for in the case's room: a party, or the handler in between."""
    standing = relations(actor, case)
    if Relation.CITIZEN in standing:
        return Side.COMPLAINANT
    if Relation.BUSINESS in standing:
        return Side.RESPONDENT
    return Side.FACILITATOR if permits(OWN_HANDLER, actor, standing) else None


def may_bar(actor: Actor, case: Case) -> bool:
    """Say that the dispute may not be settled between the sides, or that it may again: before or after a talk."""
    if case.track != Track.CONSUMER or case.state not in BARRED_IN:
        return False
    standing = relations(actor, case)
    return any(permits(by, actor, standing) for by in (OWN_HANDLER, By(Relation.OWNER, frozenset({Role.SUPERVISOR}))))


def clearance(actor: Member) -> str:
    """Which search audience of its agency a member reads: the police's includes police-only notes."""
    return "police" if actor.is_police else "identity" if actor.handles_cases else "ordinary"


def may_see_identity(actor: Actor, case: Case) -> bool:
    """Who complained: the owner's people, and those of the agency it is offered to when that was shared."""
    offer = case.referrals.filter(state=Referral.State.OFFERED).first() if case.offered_to_id else None
    return identity_gate(
        actor,
        owner_agency_id=case.owner_id,
        offered_agency_id=case.offered_to_id,
        shares_identity=bool(offer and offer.shares_identity),
    )
