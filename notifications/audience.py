"""Who is concerned by what: rows of a table, and the people behind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from agencies.duty import on_duty
from agencies.models import Agency, DutyShift, Membership, Role
from events.models import Event
from notifications.models import CaseFollow, Reason
from notifications.readers import Reader, Readers
from workflows.models import Case

_ROLE_REASON = {Role.INTAKE: Reason.INTAKE, Role.SUPERVISOR: Reason.SUPERVISOR}

OWNER, TARGET, SENDER, BOARD, LEAD = "owner", "target", "sender", "board", "lead"


@dataclass(frozen=True)
class Concern:
    """``agency``: whose people (owner, the target or sender named in the event, all with a task on the joint
    board, or the province's lead agency); ``roles`` among them, those on duty in place of intake; ``handler``: the case's handler too, and then the roles only when there is none;
    ``taker``: likewise whoever took the request for help; ``before``: whoever handled the case until this event."""

    agency: str = OWNER
    roles: tuple[Role, ...] = ()
    handler: bool = False
    taker: bool = False
    before: bool = False


DESK = (Role.INTAKE, Role.SUPERVISOR)
# From a side to the agency between them.
ROOM_NEWS = (
    "case.settlement_wished", "case.mediation_agreed", "case.mediation_declined", "case.settlement_confirmed",
    "case.settlement_unconfirmed", "case.negotiation_reported",
    "room.said", "room.offered", "room.offer_accepted", "room.offer_declined", "room.offer_withdrawn",
)  # fmt: skip
# Of no case: the event names the people and the agency.
OF_NO_CASE = {
    **dict.fromkeys(("report.asked", "report.reminded", "report.returned", "report.submitted"), Reason.REPORTER),
    "bulletin.submitted": Reason.REVIEWER,
    "bulletin.frozen": Reason.APPROVER,
    **dict.fromkeys(
        ("bulletin.taken_back", "bulletin.rejected", "bulletin.approved", "bulletin.signed"), Reason.WRITER
    ),
}
CONCERNS: dict[str, tuple[Concern, ...]] = {
    "case.lodged": (Concern(roles=(Role.INTAKE,)),),
    "case.referred": (Concern(TARGET, DESK),),
    "case.referral_taken": (Concern(SENDER, before=True), Concern(SENDER, DESK)),
    "case.referral_returned": (Concern(roles=DESK, handler=True),),
    "case.referral_recalled": (Concern(TARGET, DESK),),
    "case.referral_overdue": (Concern(roles=(Role.SUPERVISOR,)), Concern(TARGET, (Role.SUPERVISOR,))),
    "case.referral_escalated": (Concern(TARGET, (Role.SUPERVISOR,)), Concern(roles=(Role.SUPERVISOR,))),
    "case.referral_reassigned": (Concern(TARGET, DESK), Concern(SENDER, (Role.SUPERVISOR,)), Concern(roles=DESK)),
    "case.phoned": (Concern(TARGET, DESK),),
    "case.assigned": (Concern(handler=True),),
    "case.answered": (Concern(roles=DESK, handler=True),),
    "case.supplemented": (Concern(roles=DESK, handler=True),),
    "case.objected": (Concern(roles=DESK, handler=True),),
    "case.withdrawn": (Concern(roles=DESK, handler=True), Concern(TARGET, DESK)),
    "case.withdrawal_wished": (Concern(roles=(Role.SUPERVISOR,)),),
    **dict.fromkeys(ROOM_NEWS, (Concern(roles=DESK, handler=True),)),
    "case.reopened": (Concern(roles=DESK, handler=True),),
    "case.found": (Concern(roles=(Role.SUPERVISOR,)),),
    "cooperation.asked": (Concern(TARGET, DESK),),
    "cooperation.taken": (Concern(roles=DESK, handler=True),),
    "cooperation.declined": (Concern(roles=DESK, handler=True),),
    "cooperation.contributed": (Concern(roles=DESK, handler=True),),
    "cooperation.returned": (Concern(TARGET, DESK, taker=True),),
    "cooperation.dismissed": (Concern(TARGET, DESK, taker=True),),
    "cooperation.overdue": (Concern(TARGET, DESK, taker=True), Concern(roles=DESK, handler=True)),
    "joint_action.asked": (Concern(TARGET, DESK),),
    "joint_action.taken": (Concern(roles=DESK, handler=True),),
    "joint_action.declined": (Concern(roles=DESK, handler=True),),
    "joint_action.reported": (Concern(roles=DESK, handler=True), Concern(BOARD, DESK)),
    "joint_action.done": (Concern(roles=DESK, handler=True), Concern(BOARD, DESK)),
    "joint_action.overdue": (Concern(TARGET, DESK, taker=True), Concern(roles=DESK, handler=True)),
    "joint_action.ended": (Concern(roles=DESK, handler=True), Concern(BOARD, DESK)),
    "joint_action.called_off": (Concern(roles=DESK, handler=True), Concern(BOARD, DESK)),
    "case.resolution_proposed": (Concern(roles=(Role.SUPERVISOR,)),),
    "case.proposal_returned": (Concern(handler=True),),
    "case.resolved": (Concern(handler=True),),
    "case.answer_overdue": (Concern(roles=DESK, handler=True),),
    "case.joined": (Concern(handler=True), Concern(TARGET, DESK)),
    "case.respondent_answered": (Concern(roles=DESK, handler=True),),
    "case.respondent_supplemented": (Concern(roles=DESK, handler=True),),
    "case.respondent_silent": (Concern(roles=DESK, handler=True),),
    "case.respondent_unreached": (Concern(roles=DESK, handler=True),),
    "case.respondent_objected": (Concern(roles=DESK, handler=True),),
    "clock.warned": (Concern(roles=DESK, handler=True), Concern(TARGET, DESK)),
    "clock.extended": (Concern(handler=True),),
    "clock.escalated": (),  # by its rung: ESCALATED
    "search.matched": (),  # by name: _named
    **dict.fromkeys(OF_NO_CASE, ()),  # by name: named
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


class People:
    """Who holds which roles at an agency and who is on duty there, for events between ``since`` and ``until``: read once for
    a batch, and in one query for the ``agencies`` that are known to be asked for."""

    def __init__(self, since: datetime, until: datetime, agencies: Collection[int] = ()) -> None:
        self._since, self._until = since, until
        self._held: dict[int, list[tuple[int, str]]] = {}
        self._shifts: dict[int, list[DutyShift]] | None = None
        if agencies:
            self._read(agencies)

    def holding(self, roles: Collection[str], agency_id: int) -> list[tuple[int, str]]:
        """(person id, role), a row for each role held."""
        return [(person, role) for person, role in self._of(agency_id) if role in roles]

    def is_there(self, person_id: int, agency_id: int, role: str = "") -> bool:
        return any(person == person_id and role in ("", held) for person, held in self._of(agency_id))

    def on_duty(self, agency_id: int, at: datetime) -> list[int]:
        """Person ids, by the roster as it stands now."""
        if self._shifts is None:
            self._shifts = defaultdict(list)
            for shift in on_duty(self._since, self._until):
                self._shifts[shift.agency_id].append(shift)
        return [shift.person_id for shift in self._shifts.get(agency_id, ()) if shift.starts_at <= at < shift.ends_at]

    def _of(self, agency_id: int) -> list[tuple[int, str]]:
        if agency_id not in self._held:
            self._read([agency_id])
        return self._held[agency_id]

    def _read(self, agencies: Collection[int]) -> None:
        self._held |= {agency: [] for agency in agencies}
        held = Membership.objects.filter(agency__in=agencies, revoked_at=None, person__is_active=True)
        for agency, person, role in held.order_by("role").values_list("agency", "person", "role"):
            self._held[agency or 0].append((person, role))


def readers_of(events: Sequence[Event], follows: Iterable[CaseFollow] = ()) -> Readers:
    """Those whom the events name themselves, and who follow their cases."""
    asked = {one for event in events if "case" in event.data for one in _named_readers(event)}
    asked |= {Reader(follow.person_id, follow.agency.code) for follow in follows}
    return Readers(asked, {event.data["case"] for event in events if "case" in event.data})


def recipients(
    event: Event,
    case: Case,
    people: People | None = None,
    follows: Sequence[CaseFollow] = (),
    readers: Readers | None = None,
) -> list[Recipient]:
    """The people to be told of the event, each once; never whoever did it. ``follows`` are those of the case."""
    people, readers = people or People(event.at, event.at), readers or readers_of([event], follows)
    found: dict[int, Recipient] = {}
    agencies: set[int] = set()
    for concern in _concerns(event):
        for agency_id in _agency_ids(concern.agency, event, case):
            agencies.add(agency_id)
            found |= {
                r.person_id: r for r in _people(concern, agency_id, case, event, people) if r.person_id not in found
            }
    found |= {r.person_id: r for r in _named(event, case, readers)}
    found = {r.person_id: r for r in _followers(follows, agencies, case, readers)} | found
    found.pop(event.actor.get("person"), None)
    return _police_alone(found) if event.data.get("police_only") else list(found.values())


def _named(event: Event, case: Case, readers: Readers) -> Iterable[Recipient]:
    """Those an event names itself, if they may see the case at this moment."""
    for reader in _named_readers(event):
        if actor := readers.seeing(reader, case.pk):
            yield Recipient(reader.person_id, actor.agency.pk, Reason.SEARCH)


def _named_readers(event: Event) -> list[Reader]:
    return [Reader(person, event.data.get("agency", "")) for person in event.data.get("people", ())]


def named(event: Event) -> Iterable[Recipient]:
    """Of an event about no case: those it names who still belong to the agency it names; never whoever did it."""
    held = Membership.objects.filter(
        agency__code=event.data["agency"], person__in=event.data["people"], revoked_at=None, person__is_active=True
    )
    for person, agency in sorted(set(held.values_list("person", "agency"))):
        if person != event.actor.get("person"):
            yield Recipient(person, agency, OF_NO_CASE[event.kind])


def _followers(follows: Sequence[CaseFollow], agencies: set[int], case: Case, readers: Readers) -> Iterable[Recipient]:
    """Who follows the case for an agency whose people the event concerns, if they may see the case at this moment: a
    follower is told nothing that colleagues of that agency would not be."""
    for follow in follows:
        reader = Reader(follow.person_id, follow.agency.code)
        if follow.agency_id in agencies and readers.seeing(reader, case.pk):
            yield Recipient(follow.person_id, follow.agency_id, Reason.FOLLOWER)


def _police_alone(found: dict[int, Recipient]) -> list[Recipient]:
    """What the police give each other, no other agency is even told of."""
    police = set(Agency.objects.filter(kind__is_police=True).values_list("pk", flat=True))
    return [recipient for recipient in found.values() if recipient.agency_id in police]


def _agency_ids(which: str, event: Event, case: Case) -> list[int]:
    """Read from the event, so that a late delivery still tells those of its moment."""
    if which == OWNER:
        return [case.owner_id]
    if which == LEAD:
        leads = Agency.objects.filter(is_lead=True, is_active=True, provinces=case.province_id)
        return list(leads.order_by("code").values_list("pk", flat=True)[:1])
    named = event.data.get("board", []) if which == BOARD else [event.data.get("sender" if which == SENDER else "to")]
    return list(Agency.objects.filter(code__in=named).order_by("code").values_list("pk", flat=True))


def _concerns(event: Event) -> tuple[Concern, ...]:
    if event.kind == "clock.escalated":
        return ESCALATED.get(event.data["audience"], ())
    return CONCERNS.get(event.kind, ())


def _people(concern: Concern, agency_id: int, case: Case, event: Event, people: People) -> Iterable[Recipient]:
    if concern.handler and case.handler_id and people.is_there(case.handler_id, agency_id, Role.HANDLER):
        return [Recipient(case.handler_id, agency_id, Reason.HANDLER)]
    taker = (
        event.data.get("taken_by" if concern.taker else "handler_before") if concern.taker or concern.before else None
    )
    if taker and people.is_there(taker, agency_id):
        return [Recipient(taker, agency_id, Reason.HANDLER)]
    return _by_role(concern.roles, agency_id, event, people)


def _by_role(roles: tuple[Role, ...], agency_id: int, event: Event, people: People) -> list[Recipient]:
    """What those who receive for the agency would be told, whoever is on duty is told in their place."""
    duty = people.on_duty(agency_id, event.at) if Role.INTAKE in roles else []
    told = [
        (person_id, role) for person_id, role in people.holding(roles, agency_id) if not duty or role != Role.INTAKE
    ]
    by_role = [Recipient(person_id, agency_id, _ROLE_REASON[Role(role)]) for person_id, role in told]
    return [*(Recipient(person_id, agency_id, Reason.DUTY) for person_id in duty), *by_role]
