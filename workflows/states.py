"""The machine on one page: every state and every move, in the order a case lives.

`Case` takes its transitions from here, `policy` its permissions, the documentation its
diagram and the tests their matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from agencies.models import Role

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Track(TextChoices):
    CONSUMER = "consumer", _("Consumer complaint")
    VIOLATION = "violation", _("Market violation")
    CRIME = "crime", _("Crime report")
    FEEDBACK = "feedback", _("Feedback")


class State(TextChoices):
    LODGED = "lodged", _("Newly lodged")
    ACCEPTED = "accepted", _("Accepted")
    REFERRED = "referred", _("Being transferred")
    AWAITING_COMPLAINANT = "awaiting_complainant", _("Waiting for the complainant")
    INVESTIGATING = "investigating", _("Under verification")
    AWAITING_RESPONDENT = "awaiting_respondent", _("Waiting for the business")
    NEGOTIATING = "negotiating", _("Supported negotiation")
    MEDIATING = "mediating", _("Mediation")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")
    REFUSED = "refused", _("Not accepted for handling")
    WITHDRAWN = "withdrawn", _("Withdrawn by the sender")


S = State
ENDED = (S.CLOSED, S.WITHDRAWN)
SETTLED = (S.RESOLVED, S.REFUSED, *ENDED)
OPEN = tuple(state for state in S if state not in SETTLED)
RESUME = "<where it was>"
STAYS = "<stays>"
RESUME_OR_RESOLVED = "<where it was, or resolved>"


class Relation(StrEnum):
    """How the actor's agency, or the actor, stands to the case."""

    OWNER = "owner"
    OWN_HANDLER = "own_handler"
    TARGET = "target"
    LEAD = "lead"
    CITIZEN = "citizen"
    BUSINESS = "business"
    SYSTEM = "system"


@dataclass(frozen=True)
class By:
    """Who may move: someone in ``relation`` holding one of ``roles`` (none: no role needed)."""

    relation: Relation
    roles: frozenset[str] = frozenset()


def owner(*roles: Role) -> By:
    return By(Relation.OWNER, frozenset(roles))


def target(*roles: Role) -> By:
    return By(Relation.TARGET, frozenset(roles))


OWN_HANDLER = By(Relation.OWN_HANDLER, frozenset({Role.HANDLER}))
LEAD_SUPERVISOR = By(Relation.LEAD, frozenset({Role.SUPERVISOR}))
CITIZEN, BUSINESS, SYSTEM = By(Relation.CITIZEN), By(Relation.BUSINESS), By(Relation.SYSTEM)
INTAKE, HANDLER, SUPERVISOR = Role.INTAKE, Role.HANDLER, Role.SUPERVISOR
CONSUMER = (Track.CONSUMER,)


@dataclass(frozen=True)
class Move:
    """``conditions`` are names of `workflows.conditions`: what must also hold of the actor and the case."""

    name: str
    label: str | _StrPromise
    sources: tuple[State, ...]
    target: str
    by: tuple[By, ...]
    tracks: tuple[Track, ...] = tuple(Track)
    conditions: tuple[str, ...] = ()
    consequence: str | _StrPromise = ""


MOVES = (
    Move("accept", _("Accept"), (S.LODGED,), S.ACCEPTED, (owner(INTAKE, SUPERVISOR),),
         consequence=_("Your agency owns the case and the clock of its track starts. The sender sees it on the tracking page.")),
    Move("refuse", _("Do not accept"), (S.LODGED, S.ACCEPTED), S.REFUSED, (owner(SUPERVISOR),),
         conditions=("may_refuse_consumers",),
         consequence=_("The case ends here unless the sender objects. The sender reads the reason and where to go instead.")),
    Move("refer", _("Transfer to another agency"), (S.LODGED, S.ACCEPTED, S.INVESTIGATING), S.REFERRED,
         (owner(INTAKE, SUPERVISOR), OWN_HANDLER, SYSTEM),
         consequence=_("The other agency sees the case now. You stay responsible until it takes the case.")),
    Move("take_referral", _("Take the case"), (S.REFERRED,), S.ACCEPTED, (target(INTAKE, SUPERVISOR),),
         consequence=_("Your agency becomes responsible. The sending agency keeps a receipt and its own notes only.")),
    Move("return_referral", _("Return to the sender"), (S.REFERRED,), RESUME, (target(INTAKE, SUPERVISOR),),
         consequence=_("The case goes back to the sending agency and you no longer see it.")),
    Move("recall_referral", _("Recall the transfer"), (S.REFERRED,), RESUME, (owner(SUPERVISOR),),
         consequence=_("The other agency no longer sees the case.")),
    Move("overdue_referral", _("Escalate an overdue transfer"), (S.REFERRED,), STAYS, (SYSTEM,)),
    Move("reassign_referral", _("Decide who takes the transfer"), (S.REFERRED,), STAYS, (LEAD_SUPERVISOR,),
         consequence=_("The case is offered to the agency you choose; the one that did not answer no longer sees it.")),
    Move("assign", _("Assign a handler"), (S.ACCEPTED, S.INVESTIGATING), S.INVESTIGATING,
         (owner(SUPERVISOR), By(Relation.OWNER, frozenset({HANDLER}))), conditions=("may_assign",),
         consequence=_("The handler is told at once and verification begins.")),
    Move("ask_complainant", _("Ask the sender"), (S.ACCEPTED, S.INVESTIGATING), S.AWAITING_COMPLAINANT,
         (OWN_HANDLER, owner(SUPERVISOR, INTAKE)), conditions=("has_sender",),
         consequence=_("The sender sees the question on the tracking page. The case waits for the answer.")),
    Move("answer", _("Record the sender's answer"), (S.AWAITING_COMPLAINANT,), RESUME,
         (CITIZEN, owner(INTAKE, HANDLER, SUPERVISOR)),
         consequence=_("The case goes back to where it was before the question.")),
    Move("give_up_waiting", _("Stop waiting"), (S.AWAITING_COMPLAINANT,), RESUME_OR_RESOLVED, (OWN_HANDLER, owner(SUPERVISOR)),
         conditions=("sender_reminded",),
         consequence=_("The case goes on without the answer, or ends because it cannot. The sender is told which.")),
    Move("send_to_respondent", _("Send to the business"), (S.ACCEPTED, S.INVESTIGATING), S.AWAITING_RESPONDENT,
         (OWN_HANDLER,), CONSUMER,
         consequence=_("The business gets a link of its own and sees exactly what you chose. Its time to answer begins.")),
    Move("respond", _("Record the business's answer"), (S.AWAITING_RESPONDENT,), S.INVESTIGATING,
         (BUSINESS, owner(INTAKE, HANDLER, SUPERVISOR)), CONSUMER,
         consequence=_("The case goes back to its handler. The sender sees what the business answered.")),
    Move("respondent_silent", _("Record the business's silence"), (S.AWAITING_RESPONDENT,), S.INVESTIGATING,
         (SYSTEM,), CONSUMER),
    Move("open_negotiation", _("Open supported negotiation"), (S.INVESTIGATING,), S.NEGOTIATING, (OWN_HANDLER,), CONSUMER,
         conditions=("supports_negotiation", "business_failed_to_settle", "may_be_settled"),
         consequence=_("Both sides get a room of their own to write and make offers in. They are told at once.")),
    Move("open_mediation", _("Open mediation"), (S.INVESTIGATING, S.NEGOTIATING), S.MEDIATING, (OWN_HANDLER,), CONSUMER,
         conditions=("mediates", "may_be_settled"),
         consequence=_("What is said in mediation stays in its room. Both sides must have agreed to it.")),
    Move("record_settlement", _("Record the settlement"), (S.NEGOTIATING, S.MEDIATING), S.RESOLVED, (OWN_HANDLER,), CONSUMER,
         consequence=_("The minutes are drawn up and both sides confirm them by their own links.")),
    Move("end_without_settlement", _("End without settlement"), (S.NEGOTIATING, S.MEDIATING), S.INVESTIGATING,
         (OWN_HANDLER,), CONSUMER,
         consequence=_("The room closes. The sender is told what can still be done: arbitration, or the court.")),
    Move("resolve", _("Resolve"), (S.INVESTIGATING,), S.RESOLVED, (OWN_HANDLER,), conditions=("one_person_resolves",),
         consequence=_("The sender reads your answer at once and may object within the objection window.")),
    Move("propose_resolution", _("Propose the resolution"), (S.INVESTIGATING,), STAYS, (OWN_HANDLER,),
         conditions=("two_persons_resolve", "nothing_proposed"),
         consequence=_("A supervisor confirms your proposal or sends it back. The sender sees nothing until then.")),
    Move("confirm_resolution", _("Confirm the resolution"), (S.INVESTIGATING,), S.RESOLVED, (owner(SUPERVISOR),),
         conditions=("proposed_by_another",),
         consequence=_("The sender reads the answer at once and may object within the objection window.")),
    Move("return_proposal", _("Send the proposal back"), (S.INVESTIGATING,), STAYS, (owner(SUPERVISOR),),
         conditions=("proposed_by_another",),
         consequence=_("The handler is told why and proposes anew. The sender sees nothing of it.")),
    Move("object", _("Object to the answer"), (S.RESOLVED, S.CLOSED, S.REFUSED), S.ACCEPTED, (CITIZEN, BUSINESS),
         consequence=_("The case is opened again and the agency is told why.")),
    Move("reopen", _("Reopen"), (S.RESOLVED, S.CLOSED, S.REFUSED), S.ACCEPTED, (owner(SUPERVISOR),),
         consequence=_("The case is open again and its clock starts anew. The sender sees it on the tracking page.")),
    Move("close", _("Close"), (S.RESOLVED, S.REFUSED), S.CLOSED, (SYSTEM, owner(SUPERVISOR)),
         consequence=_("The case is final. Only a supervisor can reopen it later.")),
    Move("withdraw", _("End as the sender withdraws"), OPEN, S.WITHDRAWN, (CITIZEN, owner(SUPERVISOR)),
         conditions=("withdrawal_is_theirs",),
         consequence=_("Handling ends. This cannot be undone.")),
    Move("carry_on", _("Carry on handling"), OPEN, STAYS, (owner(SUPERVISOR),), conditions=("withdrawal_wished",),
         consequence=_("The sender is told that the agency goes on of its own initiative. The time limit stays.")),
    Move("link_duplicate", _("Close as a duplicate"), OPEN, S.CLOSED, (owner(INTAKE), OWN_HANDLER),
         consequence=_("The sender is told and follows the other case's public history. Only a supervisor can reopen it.")),
)

MOVE = {move.name: move for move in MOVES}


class Outcome(TextChoices):
    COMPENSATED = "compensated", _("Compensated")
    REPLACED = "replaced", _("Goods replaced")
    REFUNDED = "refunded", _("Money refunded")
    REPAIRED = "repaired", _("Repaired")
    APOLOGY = "apology", _("Apology given")
    SETTLED_NEGOTIATION = "settled_negotiation", _("Settled by negotiation")
    SETTLED_MEDIATION = "settled_mediation", _("Settled by mediation")
    SANCTIONED = "sanctioned", _("Administrative sanction")
    GOODS_SEIZED = "goods_seized", _("Goods seized")
    CONTENT_REMOVED = "content_removed", _("Content removed")
    ACCOUNT_BLOCKED = "account_blocked", _("Account blocked")
    PROSECUTION_OPENED = "prosecution_opened", _("Prosecution opened")
    NOT_PROSECUTED = "not_prosecuted", _("Not prosecuted")
    NO_VIOLATION = "no_violation", _("No violation found")
    INSUFFICIENT_INFORMATION = "insufficient_information", _("Not enough information")
    NO_ANSWER_FROM_COMPLAINANT = "no_answer_from_complainant", _("No answer from the complainant")
    OUTSIDE_COMPETENCE = "outside_competence", _("Outside competence")
    DUPLICATE = "duplicate", _("Duplicate")


_O = Outcome
# What may be the end of a case whatever it is about.
_ANYWHERE = (
    _O.NO_VIOLATION, _O.INSUFFICIENT_INFORMATION, _O.NO_ANSWER_FROM_COMPLAINANT, _O.OUTSIDE_COMPETENCE, _O.DUPLICATE,
)  # fmt: skip
_REDRESS = (_O.COMPENSATED, _O.REPLACED, _O.REFUNDED, _O.REPAIRED, _O.APOLOGY)
OUTCOMES: dict[Track, tuple[Outcome, ...]] = {
    Track.CONSUMER: (
        *_REDRESS, _O.SETTLED_NEGOTIATION, _O.SETTLED_MEDIATION, _O.SANCTIONED, _O.CONTENT_REMOVED, *_ANYWHERE,
    ),
    Track.VIOLATION: (
        _O.SANCTIONED, _O.GOODS_SEIZED, _O.CONTENT_REMOVED, _O.ACCOUNT_BLOCKED, _O.REFUNDED,
        _O.PROSECUTION_OPENED, _O.NOT_PROSECUTED, *_ANYWHERE,
    ),
    Track.CRIME: (
        _O.PROSECUTION_OPENED, _O.NOT_PROSECUTED, _O.ACCOUNT_BLOCKED, _O.GOODS_SEIZED, _O.CONTENT_REMOVED,
        _O.SANCTIONED, _O.REFUNDED, *_ANYWHERE,
    ),
    Track.FEEDBACK: (*_REDRESS, _O.SANCTIONED, _O.CONTENT_REMOVED, *_ANYWHERE),
}  # fmt: skip


class Stance(TextChoices):
    """What the business made of the complaint. ``refuses``: without a good reason, as the handler judges it."""

    UNKNOWN = "", _("not asked yet")
    ACCEPTS = "accepts", _("accepts the request")
    OFFERS = "offers", _("offers something else")
    DISPUTES = "disputes", _("disputes it with reasons")
    REFUSES = "refuses", _("refuses")
    SILENT = "silent", _("did not answer")


class Bar(TextChoices):
    """Why a dispute may not be settled between the sides: Luật 19/2023 Đ54.2."""

    NONE = "", _("none")
    PUBLIC_INTEREST = "public_interest", _("national or public interest is harmed")
    PROHIBITION = "prohibition", _("a prohibition of the law or social morals is breached")
    MANY_CONSUMERS = "many_consumers", _("many consumers who cannot be named are harmed")


class RefusalReason(TextChoices):
    """A closed list: Luật Bảo vệ quyền lợi người tiêu dùng 19/2023 Đ58."""

    NO_CAPACITY = "no_capacity", _("the sender is a minor or incapacitated and has no representative")
    NOT_CONSUMER = "not_consumer", _("the sender is neither the consumer nor a representative")
    NO_EVIDENCE = "no_evidence", _("the business or the transaction cannot be identified")
    OUTSIDE_COMPETENCE = "outside_competence", _("outside the agency's competence")
    ALREADY_RESOLVED = "already_resolved", _("already resolved")
