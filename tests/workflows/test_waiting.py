"""A question nobody answers: reminded once, the handler told once, given up by a person."""

import pytest

from agencies.actors import Citizen, System
from agencies.models import Agency
from events.models import Event
from notifications.models import Notification
from notifications.services.inbox import tell
from tests import factories
from tests.factories import journeys
from workflows.conditions import CONDITIONS
from workflows.errors import InvalidInput, MoveNotAllowed
from workflows.models import Case
from workflows.selectors.timeline import public_timeline
from workflows.services import correspondence
from workflows.services.waiting import give_up_waiting, propose_giving_up, remind_complainant

pytestmark = pytest.mark.django_db
SYSTEM = System("test")
NOT_REMINDED = str(CONDITIONS["sender_reminded"].missing)
WHY = "Không có thêm thông tin nên chúng tôi tiếp tục với những gì đã có."


@pytest.fixture
def sct():
    return factories.member("sct")


@pytest.fixture
def asked(sct) -> Case:
    return journeys.asked(sct).case


def kinds(case: Case) -> list[str]:
    return list(Event.objects.filter(stream=case.stream).order_by("sequence").values_list("kind", flat=True))


def test_each_question_is_reminded_of_once_and_the_citizen_reads_it(asked, sct):
    for _ in range(3):
        case = remind_complainant(case_id=asked.pk, by=SYSTEM)
    assert kinds(case).count("case.complainant_reminded") == 1
    assert case.version == asked.version, "a page that is open stays fresh"
    assert "case.complainant_reminded" in [entry.kind for entry in public_timeline(case)]
    correspondence.answer_question(case_id=case.pk, by=Citizen(case.complaint_id), version=None, answer="Có.")
    with pytest.raises(MoveNotAllowed):
        remind_complainant(case_id=case.pk, by=SYSTEM)
    case = Case.objects.get(pk=case.pk)
    correspondence.ask_complainant(case_id=case.pk, by=sct, version=case.version, question="Còn gì nữa?")
    with pytest.raises(MoveNotAllowed, match=NOT_REMINDED):
        give_up_waiting(case_id=case.pk, by=sct, version=case.version + 1, ends=False, explanation=WHY)
    remind_complainant(case_id=case.pk, by=SYSTEM)
    assert kinds(case).count("case.complainant_reminded") == 2


def test_the_handler_is_told_once_that_the_time_is_over(asked, sct):
    colleague = factories.member("sct", "supervisor")
    for _ in range(2):
        propose_giving_up(case_id=asked.pk, by=SYSTEM)
    events = list(Event.objects.filter(kind="case.answer_overdue"))
    tell(events)
    assert len(events) == 1
    assert [n.recipient for n in Notification.objects.filter(kind="case.answer_overdue")] == [sct.person]
    assert colleague.person not in [n.recipient for n in Notification.objects.all()]


def test_nobody_gives_up_before_the_reminder(asked, sct):
    with pytest.raises(MoveNotAllowed, match=NOT_REMINDED):
        give_up_waiting(case_id=asked.pk, by=sct, version=asked.version, ends=False, explanation=WHY)


def test_going_on_puts_the_case_where_it_was(asked, sct):
    remind_complainant(case_id=asked.pk, by=SYSTEM)
    case = give_up_waiting(case_id=asked.pk, by=sct, version=asked.version, ends=False, explanation=WHY)
    assert (case.state, case.outcome) == ("investigating", "")
    told = public_timeline(case)[-1]
    assert (told.kind, told.remark.text) == ("case.waiting_given_up", WHY)


def test_ending_resolves_for_want_of_the_answer(asked, sct):
    remind_complainant(case_id=asked.pk, by=SYSTEM)
    case = give_up_waiting(case_id=asked.pk, by=sct, version=asked.version, ends=True, explanation=WHY)
    assert (case.state, case.outcome) == ("resolved", "no_answer_from_complainant")
    assert case.resolutions.get().answer.text == WHY
    assert case.objection_until is not None


def test_where_two_persons_resolve_the_handler_alone_ends_nothing(asked, sct):
    Agency.objects.filter(code="sct").update(requires_two_persons=True)
    remind_complainant(case_id=asked.pk, by=SYSTEM)
    with pytest.raises(InvalidInput) as refused:
        give_up_waiting(case_id=asked.pk, by=sct, version=asked.version, ends=True, explanation=WHY)
    assert refused.value.field == "ends"
    other = factories.member("sct", "supervisor")
    case = give_up_waiting(case_id=asked.pk, by=other, version=asked.version, ends=True, explanation=WHY)
    assert case.state == "resolved"


def test_an_explanation_is_asked_for_by_its_name(asked, sct):
    remind_complainant(case_id=asked.pk, by=SYSTEM)
    for ends in (True, False):
        with pytest.raises(InvalidInput) as refused:
            give_up_waiting(case_id=asked.pk, by=sct, version=asked.version, ends=ends, explanation=" ")
        assert refused.value.field == "explanation"
