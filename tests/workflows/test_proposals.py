"""Two persons: proposed, confirmed, sent back, overtaken; and what a citizen would read, before it is done."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from agencies.actors import Citizen
from agencies.models import Agency
from events.models import Event
from notifications.models import Notification
from notifications.services.inbox import tell
from tests import factories
from tests.factories import journeys
from workflows.conditions import CONDITIONS
from workflows.errors import InvalidInput, MoveNotAllowed, StaleCase
from workflows.models import Case, Remark, Resolution, ResolutionProposal
from workflows.selectors.answers import answer_of
from workflows.selectors.timeline import public_timeline
from workflows.services import acceptance, conclusion, correspondence, proposals, referral
from workflows.services.rehearsing import rehearse_proposal, rehearse_resolution

pytestmark = pytest.mark.django_db
SANCTION = {
    "outcome": "sanctioned", "answer": "Cửa hàng đã bị xử phạt.", "decision_number": "15/QĐ-XPHC",
    "decision_date": date(2026, 11, 5), "legal_basis": "Buôn bán hàng giả", "sanctioned_party": "Hộ Sen Xanh",
    "measures": ("goods_destroyed",), "sanction_amount": 30_000_000,
}  # fmt: skip


@pytest.fixture
def handler():
    who = factories.member("sct", "handler", "intake")
    Agency.objects.filter(code="sct").update(requires_two_persons=True)
    return who


@pytest.fixture
def supervisor():
    return factories.member("sct", "supervisor")


@pytest.fixture
def proposed(handler, supervisor) -> Case:
    return propose(handler, supervisor)


def investigated(handler, supervisor, **fields) -> Case:
    case = journeys.lodged(supervisor, **({"kind": "violation"} | fields)).then(acceptance.accept_case)
    return case.then(acceptance.assign_case, handler=handler.person).case


def propose(handler, supervisor, **said) -> Case:
    case = investigated(handler, supervisor)
    return proposals.propose_resolution(case_id=case.pk, by=handler, version=case.version, **(SANCTION | said))


def fresh(case: Case) -> Case:
    return Case.objects.select_related("complaint").get(pk=case.pk)


def test_a_proposal_moves_nothing_and_is_the_agencys_own(proposed, handler):
    case = fresh(proposed)
    assert (case.state, case.proposed_by_id, case.outcome) == ("investigating", handler.person.pk, "")
    assert not Resolution.objects.exists()
    assert not Remark.objects.filter(text=SANCTION["answer"]).visible_to(Citizen(case.complaint_id)).exists()
    assert "case.resolution_proposed" not in [entry.kind for entry in public_timeline(case)]
    with pytest.raises(MoveNotAllowed):
        conclusion.resolve_case(case_id=case.pk, by=handler, version=case.version, **SANCTION)


def test_what_could_not_be_resolved_is_not_proposed(handler, supervisor):
    with pytest.raises(InvalidInput) as refused:
        propose(handler, supervisor, decision_number="")
    assert refused.value.field == "decision_number"
    assert not ResolutionProposal.objects.exists()


def test_a_second_person_confirms_it_as_it_was_proposed(proposed, handler, supervisor):
    case = proposals.confirm_resolution(case_id=proposed.pk, by=supervisor, version=proposed.version)
    assert (case.state, case.outcome, case.proposed_by) == ("resolved", "sanctioned", None)
    resolution, proposal = Resolution.objects.get(), ResolutionProposal.objects.get()
    assert resolution.facts() == proposal.facts()
    assert resolution.answer.text == SANCTION["answer"]
    assert (proposal.state, proposal.decided_by, proposal.resolution) == ("confirmed", supervisor.person, resolution)
    said = Event.objects.get(kind="case.resolved").data
    assert (said["proposal"], said["proposed_by"]) == (proposal.pk, handler.person.pk)


def test_the_proposer_confirms_nothing(handler, supervisor):
    both = factories.member("sct", "handler", "supervisor")
    case = investigated(both, supervisor)
    case = proposals.propose_resolution(case_id=case.pk, by=both, version=case.version, **SANCTION)
    for decide in (proposals.confirm_resolution, proposals.return_proposal):
        with pytest.raises(MoveNotAllowed, match=str(CONDITIONS["proposed_by_another"].missing)):
            decide(case_id=case.pk, by=both, version=case.version, **reason(decide))
    proposals.confirm_resolution(case_id=case.pk, by=supervisor, version=case.version)


def reason(decide) -> dict[str, str]:
    return {"reason": "Thiếu biên bản."} if decide is proposals.return_proposal else {}


def test_sent_back_it_is_proposed_anew(proposed, handler, supervisor):
    case = proposals.return_proposal(
        case_id=proposed.pk, by=supervisor, version=proposed.version, reason="Thiếu căn cứ."
    )
    assert (case.state, case.proposed_by) == ("investigating", None)
    assert case.due_at == proposed.due_at, "the time limit runs on"
    assert ResolutionProposal.objects.get().reason.text == "Thiếu căn cứ."
    proposals.propose_resolution(case_id=case.pk, by=handler, version=case.version, **SANCTION)
    states = ResolutionProposal.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["returned", "pending"]


@pytest.mark.parametrize("move", ["ask", "refer", "assign", "withdraw"])
def test_another_move_overtakes_it(proposed, handler, supervisor, move):
    by = {"case_id": proposed.pk, "by": handler, "version": proposed.version}
    if move == "ask":
        correspondence.ask_complainant(**by, question="Còn hóa đơn không?")
    elif move == "refer":
        referral.refer_case(**by, to=factories.agency("congan"), reason="Có dấu hiệu tội phạm.")
    elif move == "assign":
        acceptance.assign_case(**by | {"by": supervisor}, handler=handler.person)
    else:
        conclusion.withdraw_case(case_id=proposed.pk, by=Citizen(proposed.complaint_id))
        conclusion.withdraw_case(case_id=proposed.pk, by=supervisor)
    assert fresh(proposed).proposed_by is None
    assert ResolutionProposal.objects.get().state == "overtaken"
    with pytest.raises((StaleCase, MoveNotAllowed)):
        proposals.confirm_resolution(case_id=proposed.pk, by=supervisor, version=proposed.version)


def test_an_agency_that_goes_back_to_one_person_can_still_end_the_case(proposed, handler):
    Agency.objects.update(requires_two_persons=False)
    conclusion.resolve_case(case_id=proposed.pk, by=handler, version=proposed.version, **SANCTION)
    assert ResolutionProposal.objects.get().state == "overtaken"


def test_one_waits_at_a_time(proposed, handler):
    with pytest.raises(MoveNotAllowed, match=str(CONDITIONS["nothing_proposed"].missing)):
        proposals.propose_resolution(case_id=proposed.pk, by=handler, version=proposed.version, **SANCTION)
    waiting = ResolutionProposal.objects.get()
    waiting.pk, waiting.answer = None, Remark.objects.exclude(pk=waiting.answer_id).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        waiting.save(force_insert=True)


def test_both_are_told(proposed, handler, supervisor):
    tell(list(Event.objects.filter(kind="case.resolution_proposed")))
    assert Notification.objects.get(kind="case.resolution_proposed").recipient == supervisor.person
    proposals.return_proposal(case_id=proposed.pk, by=supervisor, version=proposed.version, reason="x")
    tell(list(Event.objects.filter(kind="case.proposal_returned")))
    assert Notification.objects.get(kind="case.proposal_returned").recipient == handler.person


def test_what_is_rehearsed_is_what_is_read_and_leaves_nothing(handler, supervisor):
    case = investigated(handler, supervisor)
    before = Event.objects.count(), Remark.objects.count()
    rehearsed = rehearse_resolution(
        case_id=case.pk, by=handler, version=case.version, move="propose_resolution", **SANCTION
    )
    assert (Event.objects.count(), Remark.objects.count()) == before
    assert fresh(case).version == case.version
    case = proposals.propose_resolution(case_id=case.pk, by=handler, version=case.version, **SANCTION)
    assert rehearse_proposal(ResolutionProposal.objects.get(), by=supervisor).steps == rehearsed.steps
    case = proposals.confirm_resolution(case_id=case.pk, by=supervisor, version=case.version)
    read = answer_of(fresh(case))
    assert (read.text, read.facts, read.steps) == (rehearsed.text, rehearsed.facts, rehearsed.steps)


def test_a_rehearsal_refuses_what_the_move_would(handler, supervisor):
    case = investigated(handler, supervisor)
    with pytest.raises(InvalidInput):
        rehearse_resolution(
            case_id=case.pk, by=handler, version=case.version, move="propose_resolution",
            **SANCTION | {"decision_number": ""},
        )  # fmt: skip
    with pytest.raises(MoveNotAllowed):
        rehearse_resolution(case_id=case.pk, by=supervisor, version=case.version, move="resolve", **SANCTION)
