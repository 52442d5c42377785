"""Lodging: the complaint, its case, what happened and who is owed it, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agencies.actors import Actor, Citizen, System
from agencies.models import Agency
from complaints import codes
from complaints.lodgement import Lodgement
from complaints.models import Complaint
from complaints.services.recording import record_complaints
from events import clock
from events.services.recording import Happening, record_first_events
from workflows import routing
from workflows.clocks import Timetable, timetable
from workflows.deadlines import HANOI
from workflows.errors import KeyReused
from workflows.models import Case, Clock, RoutingRule
from workflows.models.case import new_number
from workflows.services.clocks import first_clocks, told
from workflows.services.referral import offer
from workflows.services.referral_terms import Shared
from workflows.states import State


@dataclass(frozen=True)
class Receipt:
    """What the citizen keeps. ``code`` is shown here and stored nowhere."""

    code: str
    case_id: int
    case_number: str
    lodged_at: datetime
    repeated: bool = False


def lodge_complaint(lodgement: Lodgement, *, by: Actor | None = None, to: Agency | None = None) -> Receipt:
    """Lodge one complaint, once: the same key and body give the same receipt.

    Raises KeyReused when the key came before with another body, NoRoute when the province has no
    fitting rule. Two tries at once meet at unique(key_hash): the loser reads the winner's receipt.
    """
    repeated = _repeated(lodgement)
    if repeated:
        return repeated
    try:
        return lodge_batch([lodgement], by=by, to=to)[0]
    except IntegrityError:
        repeated = _repeated(lodgement)
        if repeated is None:
            raise
        return repeated


@transaction.atomic
def lodge_batch(lodgements: Sequence[Lodgement], *, by: Actor | None = None, to: Agency | None = None) -> list[Receipt]:
    """Lodge complaints of one province together; all or none. ``to`` overrides the rules' agency.

    Raises NoRoute; IntegrityError when one was lodged before.
    """
    at, province = clock.now(), lodgements[0].province
    rules = routing.rules_in_force(province, at.astimezone(HANOI).date())
    routes = [routing.choose(rules, facts) for facts in routing.facts_of(lodgements, at)]
    complaints = record_complaints(
        lodgements, [said.kind or route.track for said, route in zip(lodgements, routes, strict=True)], at
    )
    table = timetable(province)
    cases = Case.objects.bulk_create(
        [_new_case(complaint, route, table, at, to) for complaint, route in zip(complaints, routes, strict=True)]
    )
    clocks = Clock.objects.bulk_create([row for case in cases for row in first_clocks(case, table)])
    record_first_events([_lodged(case, by) for case in cases] + [_started(row, by) for row in clocks])
    for case, route in zip(cases, routes, strict=True):
        if route.refer_to and not to:
            offer(case, to=route.refer_to, by=System("routing"), shared=Shared(identity=True))
    return [_receipt(said, case) for said, case in zip(lodgements, cases, strict=True)]


def _new_case(complaint: Complaint, route: RoutingRule, table: Timetable, at: datetime, to: Agency | None) -> Case:
    case = Case(
        complaint=complaint,
        number=new_number(complaint.province_id),
        province_id=complaint.province_id,
        track=route.track,
        category_id=complaint.category_id,
        owner=to or route.agency,
        urgent=route.urgent,
        vulnerable=bool(complaint.vulnerability),
        routing_rule=route,
        lodged_at=at,
        state_since=at,
    )
    case.due_at = table.due_at(case)
    return case


def _lodged(case: Case, by: Actor | None) -> Happening:
    data = {
        "case": case.pk,
        "complaint": case.complaint_id,
        "state": str(State.LODGED),
        "version": case.version,
        "to": case.owner.code,
        "rule": case.routing_rule_id,
    }
    return Happening(case.stream, "case.lodged", by or Citizen(case.complaint_id), data)


def _started(row: Clock, by: Actor | None) -> Happening:
    return told(row.case, "started", row, by or Citizen(row.case.complaint_id))


def _receipt(said: Lodgement, case: Case, *, repeated: bool = False) -> Receipt:
    return Receipt(codes.tracking_code(said.idempotency_key), case.pk, case.number, case.lodged_at, repeated)


def _repeated(lodgement: Lodgement) -> Receipt | None:
    found = Case.objects.filter(complaint__key_hash=codes.key_hash(lodgement.idempotency_key))
    earlier = found.only("number", "state", "lodged_at", "complaint__body_digest").select_related("complaint").first()
    if earlier is None:
        return None
    if earlier.complaint.body_digest != lodgement.body_digest(codes.key()):
        raise KeyReused(_("This form was sent before with other content. Please open a new form."))
    return _receipt(lodgement, earlier, repeated=True)
