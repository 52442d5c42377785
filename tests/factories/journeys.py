"""A case brought to any state by the real services, as its people would bring it there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from agencies.actors import Citizen, Member, System
from agencies.models import Agency
from events import clock
from tests import factories
from tests.factories import business
from workflows.models import Case
from workflows.services import acceptance, conclusion, correspondence, naming, overdue, referral, responding, sending
from workflows.services.referral import open_offer
from workflows.states import State


@dataclass(frozen=True)
class Journey:
    """``by`` is the owner's person with every role; the case belongs to that agency unless it was taken."""

    case: Case
    by: Member

    def then(self, service: Callable[..., Case], **arguments: Any) -> Journey:
        return Journey(service(case_id=self.case.pk, by=self.by, version=self.case.version, **arguments), self.by)


def lodged(by: Member, **fields: Any) -> Journey:
    return Journey(factories.case(**fields), by)


def accepted(by: Member, **fields: Any) -> Journey:
    return lodged(by, **fields).then(acceptance.accept_case)


def investigating(by: Member, **fields: Any) -> Journey:
    return accepted(by, **fields).then(acceptance.assign_case, handler=by.person)


def asked(by: Member, **fields: Any) -> Journey:
    return investigating(by, **fields).then(correspondence.ask_complainant, question="Anh có hóa đơn không?")


def offered(by: Member, to: Agency, *, shares_identity: bool = False, **fields: Any) -> Journey:
    return accepted(by, **fields).then(
        referral.refer_case, to=to, reason="Thuộc thẩm quyền quý cơ quan.", shares_identity=shares_identity
    )


def escalated(by: Member, to: Agency, **fields: Any) -> Journey:
    """Offered, and not answered until the lead agency was asked."""
    case = offered(by, to, **fields).case
    for _step in ("supervisors", "lead agency"):
        due = overdue.next_step_at(case, open_offer(case))
        assert due is not None
        with clock.frozen(due + timedelta(minutes=1)):
            case = overdue.overdue_referral(case_id=case.pk, by=System("clocks"))
    return Journey(case, by)


def taken(by: Member, target: Member, **fields: Any) -> Journey:
    case = offered(by, target.agency, **fields).case
    return Journey(referral.take_referral(case_id=case.pk, by=target, version=case.version), target)


def resolved(by: Member, **fields: Any) -> Journey:
    return investigating(by, **fields).then(
        conclusion.resolve_case, outcome="refunded", answer="Người bán đã hoàn tiền cho anh."
    )


def refused(by: Member, **fields: Any) -> Journey:
    return lodged(by, **fields).then(
        acceptance.refuse_case, reason="no_evidence", explanation="Chưa xác định được người bán."
    )


def closed(by: Member, **fields: Any) -> Journey:
    return resolved(by, **fields).then(conclusion.close_case)


def withdrawn(by: Member, **fields: Any) -> Journey:
    case = factories.case(**fields)
    return Journey(conclusion.withdraw_case(case_id=case.pk, by=Citizen(case.complaint_id)), by)


def wished_away(by: Member, **fields: Any) -> Journey:
    """The citizen asked to withdraw what the agency may carry on."""
    case = factories.case(**({"kind": "violation"} | fields))
    return Journey(conclusion.withdraw_case(case_id=case.pk, by=Citizen(case.complaint_id)), by)


def in_state(state: State, by: Member, target: Member) -> Journey:
    """Owned by ``by``'s agency; where the state is `referred`, offered to ``target``'s."""
    makers: dict[State, Callable[[], Journey]] = {
        State.LODGED: lambda: lodged(by),
        State.ACCEPTED: lambda: accepted(by),
        State.REFERRED: lambda: offered(by, target.agency),
        State.AWAITING_COMPLAINANT: lambda: asked(by),
        State.INVESTIGATING: lambda: investigating(by),
        State.AWAITING_RESPONDENT: lambda: sent(by),
        State.RESOLVED: lambda: resolved(by),
        State.REFUSED: lambda: refused(by),
        State.CLOSED: lambda: closed(by),
        State.WITHDRAWN: lambda: withdrawn(by),
    }
    return makers[state]()


REACHABLE = (
    State.LODGED, State.ACCEPTED, State.REFERRED, State.AWAITING_COMPLAINANT, State.INVESTIGATING, State.AWAITING_RESPONDENT, State.RESOLVED,
    State.REFUSED, State.CLOSED, State.WITHDRAWN,
)  # fmt: skip


def sent(by: Member, **fields: Any) -> Journey:
    """Sent to a business whose address was verified."""
    case = investigating(by, **fields).case
    contact = business.contact()
    naming.name_respondent(case_id=case.pk, by=by, respondent_id=contact.respondent_id)
    story = sending.Sharing(story="Khách nhận được gạch thay vì điện thoại.")
    return Journey(case, by).then(sending.send_to_respondent, contact_id=contact.pk, sharing=story)


def silent(by: Member, **fields: Any) -> Journey:
    case = sent(by, **fields).case
    return Journey(responding.respondent_silent(case_id=case.pk, by=System("test")), by)
