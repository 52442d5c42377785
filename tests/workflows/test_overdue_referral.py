"""An offer nobody answers: supervisors, then the lead agency, once each; the lead agency decides."""

from datetime import timedelta

import pytest

from agencies.actors import Member, System
from events import clock
from events.models import Event
from notifications.audience import recipients
from tests import factories
from tests.factories import journeys
from workflows.errors import InvalidInput, MoveNotAllowed
from workflows.models import Case, Referral, Remark
from workflows.selectors import queue
from workflows.services import referral
from workflows.services.correspondence import add_note
from workflows.services.overdue import next_step_at, overdue_referral, reassign_referral
from workflows.services.referral import open_offer
from workflows.services.referral_terms import Shared

pytestmark = pytest.mark.django_db
CLOCKS = System("clocks")


@pytest.fixture
def lead() -> Member:
    return factories.member("sct")


@pytest.fixture
def sender() -> Member:
    return factories.member("hoi")


@pytest.fixture
def police() -> Member:
    return factories.member("congan")


def offered(lead: Member, sender: Member, to: Member) -> Case:
    """Owned by an agency that does not lead, offered to another."""
    case = journeys.taken(lead, sender).case
    return referral.refer_case(case_id=case.pk, to=to.agency, by=sender, reason="Chuyển.", version=case.version)


def lapse(case: Case) -> Case:
    due = next_step_at(Case.objects.get(pk=case.pk), open_offer(case))
    assert due is not None
    with clock.frozen(due + timedelta(minutes=1)):
        return overdue_referral(case_id=case.pk, by=CLOCKS)


def told(kind: str) -> set[int]:
    event = Event.objects.filter(kind=kind).latest("id")
    return {r.person_id for r in recipients(event, Case.objects.get(pk=event.data["case"]))}


def test_before_its_limit_nothing_happens(lead, sender, police):
    case = offered(lead, sender, police)
    assert overdue_referral(case_id=case.pk, by=CLOCKS).version == case.version
    assert Referral.objects.get(state="offered").overdue_at is None


def test_supervisors_then_the_lead_agency_once_each(lead, sender, police):
    case = offered(lead, sender, police)
    due = case.due_at
    first = lapse(case)
    assert (first.state, first.escalated_to, first.due_at, first.version) == ("referred", None, due, case.version + 1)
    assert told("case.referral_overdue") == {sender.person.pk, police.person.pk}
    # Called again before the same limit passed once more: no second time.
    with clock.frozen(due + timedelta(minutes=2)):
        assert overdue_referral(case_id=case.pk, by=CLOCKS).version == first.version
    second = lapse(case)
    assert second.escalated_to == lead.agency
    assert told("case.referral_escalated") == {lead.person.pk, sender.person.pk}
    with clock.frozen(due + timedelta(days=100)):
        assert overdue_referral(case_id=case.pk, by=CLOCKS).version == second.version
    kinds = list(Event.objects.filter(kind__startswith="case.referral_").values_list("kind", flat=True))
    assert kinds.count("case.referral_overdue") == kinds.count("case.referral_escalated") == 1


def test_only_an_open_offer_is_overdue_and_only_for_the_system(lead, sender, police):
    case = offered(lead, sender, police)
    with pytest.raises(MoveNotAllowed):
        overdue_referral(case_id=case.pk, by=sender)  # type: ignore[arg-type]
    referral.take_referral(case_id=case.pk, by=police, version=case.version)
    with pytest.raises(MoveNotAllowed):
        overdue_referral(case_id=case.pk, by=CLOCKS)


def test_the_lead_agency_sees_the_offer_and_gives_it_to_another(lead, sender, police):
    case = offered(lead, sender, police)
    assert not Case.objects.visible_to(lead).filter(pk=case.pk).exists()
    lapse(case)
    case = lapse(case)
    assert list(queue.escalated(lead)) == [case]
    other = factories.member("qltt")
    case = reassign_referral(
        case_id=case.pk, by=lead, version=case.version, to=other.agency, reason="Công an chưa trả lời."
    )
    assert (case.state, case.offered_to, case.escalated_to) == ("referred", other.agency, None)
    before, now = Referral.objects.filter(case=case, sender=sender.agency).order_by("id")
    assert (before.state, before.ended_reason.text, now.state, now.target) == (
        "reassigned", "Công an chưa trả lời.", "offered", other.agency,
    )  # fmt: skip
    assert not Case.objects.visible_to(police).filter(pk=case.pk).exists()
    assert not Case.objects.visible_to(lead).filter(pk=case.pk).exists()
    assert told("case.referral_reassigned") == {other.person.pk, police.person.pk, sender.person.pk}
    assert case.due_at > clock.now()
    assert lapse(case).version == case.version + 1


def test_the_lead_agency_reads_no_more_than_was_offered(lead, sender, police):
    case = journeys.taken(lead, sender).case
    add_note(case_id=case.pk, by=sender, text="Chung", audience="shared")
    case = referral.refer_case(
        case_id=case.pk, to=police.agency, by=sender, reason="Chuyển.", version=case.version, shared=Shared(notes=False)
    )
    lapse(case)
    lapse(case)
    read = set(Remark.objects.visible_to(lead).exclude(agency=lead.agency).values_list("text", flat=True))
    assert read == {"Chuyển."}


@pytest.mark.parametrize("code", ["congan", "hoi"])
def test_it_is_not_given_to_who_did_not_answer_nor_back_to_the_sender(lead, sender, police, code):
    case = offered(lead, sender, police)
    lapse(case)
    case = lapse(case)
    with pytest.raises(InvalidInput):
        reassign_referral(
            case_id=case.pk, by=lead, version=case.version, to=factories.agency(code), reason="Không trả lời."
        )


def test_without_a_lead_agency_the_supervisors_are_told_once_more(lead, sender, police):
    case = offered(lead, sender, police)
    type(lead.agency).objects.update(is_lead=False)
    lapse(case)
    assert lapse(case).escalated_to is None
    assert Event.objects.filter(kind="case.referral_overdue").count() == 2
