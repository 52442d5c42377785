"""Rules that hold whoever calls the services: a form, a command or the API."""

from datetime import timedelta

import pytest

from agencies.actors import Citizen
from agencies.models import Role
from events import chain, clock
from events.models import Event
from tests import factories
from workflows.errors import InvalidInput
from workflows.models import Case
from workflows.selectors.timeline import case_timeline, public_timeline
from workflows.services import acceptance, conclusion, correspondence, referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def sct():
    return factories.member("sct")


def accepted(by, **fields) -> Case:
    case = factories.case(**fields)
    return acceptance.accept_case(case_id=case.pk, by=by, version=case.version)


def test_a_case_is_not_referred_to_who_handles_none(sct):
    """They would not see it, and nobody would take it or give it back."""
    front = factories.agency("mattran", assisted_intake_only=True)
    case = accepted(sct)
    with pytest.raises(InvalidInput) as refused:
        referral.refer_case(case_id=case.pk, to=front, by=sct, reason="Chuyển.", version=case.version)
    assert refused.value.field == "to"


def test_what_the_citizen_adds_is_sealed_by_the_log(sct):
    case = accepted(sct)
    added = correspondence.supplement_case(case_id=case.pk, by=Citizen(case.complaint_id), text="Tôi tìm được hóa đơn.")
    event = Event.objects.get(stream=case.stream, kind="case.supplemented")
    assert event.data["digest"] == chain.salted_digest(added.salt, "Tôi tìm được hóa đơn.")


def test_a_handler_gives_a_case_to_nobody_else(sct):
    """Taking it oneself is the handler's; giving it to a colleague the supervisor's."""
    case = accepted(sct)
    handler, colleague = factories.member("sct", Role.HANDLER), factories.member("sct", Role.HANDLER)
    with pytest.raises(InvalidInput) as refused:
        acceptance.assign_case(case_id=case.pk, by=handler, version=case.version, handler=colleague.person)
    assert refused.value.field == "handler"
    acceptance.assign_case(case_id=case.pk, by=handler, version=case.version, handler=handler.person)


def test_a_sanction_is_no_negative_sum(sct):
    case = accepted(sct)
    case = acceptance.assign_case(case_id=case.pk, by=sct, version=case.version, handler=sct.person)
    with pytest.raises(InvalidInput) as refused:
        conclusion.resolve_case(
            case_id=case.pk, by=sct, version=case.version, outcome="refunded", answer="Xong.", sanction_amount=-1
        )
    assert refused.value.field == "sanction_amount"


def test_who_was_late_is_told_what_the_citizen_added_meanwhile(sct):
    """It makes no new version of the case, and still came after the page."""
    case = accepted(sct)
    seen = case.version
    correspondence.supplement_case(case_id=case.pk, by=Citizen(case.complaint_id), text="Tôi tìm được hóa đơn.")
    acceptance.assign_case(case_id=case.pk, by=sct, version=seen, handler=sct.person)
    kinds = [entry.kind for entry in case_timeline(case, sct, since_version=seen)]
    assert kinds == ["case.supplemented", "case.assigned"]


def test_the_reason_of_a_refusal_is_told(sct):
    case = factories.case()
    acceptance.refuse_case(
        case_id=case.pk, by=sct, version=case.version, reason="outside_competence", explanation="Mời gửi Sở Y tế."
    )
    for timeline in (public_timeline(case), case_timeline(case, sct)):
        assert "Lý do: ngoài thẩm quyền của cơ quan." in timeline[-1].sentence


def test_another_handler_has_the_time_that_is_left(sct):
    case = accepted(sct)
    case = acceptance.assign_case(case_id=case.pk, by=sct, version=case.version, handler=sct.person)
    limit, colleague = case.due_at, factories.member("sct", Role.HANDLER)
    assert limit is not None
    with clock.frozen(clock.now() + timedelta(days=20)):
        case = acceptance.assign_case(case_id=case.pk, by=sct, version=case.version, handler=colleague.person)
    assert (case.due_at, case.handler_id) == (limit, colleague.person.pk)
