"""A consumer dispute brought to a talk: silence of the business, room, consent, settlement."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

from agencies.actors import Business, Citizen, Member
from complaints.lodgement import Person
from complaints.models import Complaint
from events import clock
from tests import factories
from tests.factories import business, journeys
from workflows.deadlines import HANOI
from workflows.errors import WorkflowError
from workflows.models import Case, Room
from workflows.services import room_opening, rooms, settlement

NAMED = Person(name="Trần Thị Mẫu", phone="0912345678", may_share_with_business=True)


def today() -> date:
    return clock.now().astimezone(HANOI).date()


def owned_by(by: Member, **fields: Any) -> Case:
    """A case under verification by ``by``'s agency, whichever the rules send it to, its business silent."""
    case = journeys.investigating(factories.member("sct"), person=NAMED, **fields).case
    business.sent_link(case, by)
    Case.objects.filter(pk=case.pk).update(owner=by.agency, handler=by.person, respondent_stance="silent")
    return Case.objects.select_related("complaint", "owner__kind").get(pk=case.pk)


def negotiation(by: Member, **fields: Any) -> Room:
    case = owned_by(by, **fields)
    room_opening.open_negotiation(case_id=case.pk, by=by, version=case.version, ground="Doanh nghiệp im lặng.")
    return room_of(case)


def mediation(by: Member, agreed_on: date | None = None, **fields: Any) -> Room:
    """``by`` of the association; both sides agreed on their own pages, and on this day or ``agreed_on``."""
    case = owned_by(by, **fields)
    room_opening.propose_mediation(case_id=case.pk, by=by)
    for party in parties(case):
        room_opening.answer_mediation(case_id=case.pk, by=party, agrees=True)
    room_opening.open_mediation(
        case_id=case.pk, by=by, version=case.version, ground="Hai bên đồng ý.", agreed_on=agreed_on or today()
    )
    return room_of(case)


def parties(case: Case) -> tuple[Citizen, Business]:
    """By the business's latest link."""
    return Citizen(case.complaint_id), Business(case.pk, case.respondent_links.latest("pk").pk)


def room_of(case: Case) -> Room:
    return Room.objects.select_related("case__complaint", "case__owner__kind", "agency").filter(case=case).latest("id")


def minutes(**fields: Any) -> dict[str, Any]:
    """What `record_settlement` asks for."""
    given = {
        "respondent_name": "Cửa hàng Ánh Dương",
        "respondent_contact": "12 Lý Thường Kiệt, Cao Lãnh",
        "held_on": today(),
        "place": "Trụ sở Sở Công Thương",
        "dispute": "Người tiêu dùng mua điện thoại nhưng nhận được gạch.",
        "complainant_opinion": "Yêu cầu hoàn tiền.",
        "respondent_opinion": "Đồng ý hoàn tiền trong ba ngày.",
        "result": "Cửa hàng hoàn 5.000.000 đồng trước ngày 05/12.",
        "answer": "Hai bên đã thống nhất; cửa hàng hoàn tiền cho chị.",
    }
    return given | fields


def settled(by: Member, room: Room, **fields: Any) -> Case:
    """Summed up by the handler, as after a call with both."""
    case = Case.objects.get(pk=room.case_id)
    return sum_up_and_settle(case_id=case.pk, by=by, version=case.version, **minutes(**fields))


def sum_up_and_settle(*, case_id: int, by: Any, version: int, **texts: Any) -> Case:
    """Whoever may not sum up is left to what `record_settlement` says to them."""
    room = Room.objects.filter(case=case_id, closed_at=None).first()
    with suppress(WorkflowError):
        if room:
            rooms.summarise(room_id=room.pk, by=by, text="Hai bên đồng ý hoàn tiền.")
    return settlement.record_settlement(case_id=case_id, by=by, version=version, **texts)


def complaint_of(room: Room) -> Complaint:
    return room.case.complaint
