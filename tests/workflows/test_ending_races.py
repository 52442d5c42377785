"""Two at once, at the end of a case: one is made, the other is told, and no circle of duplicates closes."""

import threading

import pytest
from django.db import connection

from agencies.models import Agency
from tests import factories
from tests.factories import journeys
from workflows.errors import WorkflowError
from workflows.models import Case, Resolution, ResolutionProposal
from workflows.services import acceptance
from workflows.services.duplicates import link_duplicate
from workflows.services.proposals import confirm_resolution, propose_resolution, return_proposal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_profiles]


def at_once(*verbs) -> list[str]:
    """What each was answered, sorted; empty: done."""
    start, answers = threading.Barrier(len(verbs)), []

    def make(verb):
        connection.ensure_connection()
        start.wait()
        try:
            verb()
            answers.append("")
        except WorkflowError as error:
            answers.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=make, args=[verb]) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def test_two_cases_linked_to_each_other_at_once():
    by = factories.member("sct")
    one, other = journeys.accepted(by).case, journeys.accepted(by).case

    def link(case: Case, to: Case):
        seen = {"case_id": case.pk, "by": by, "version": case.version}
        return lambda: link_duplicate(**seen, primary=to.number, explanation="Xử lý chung.")

    assert at_once(link(one, other), link(other, one)) == ["", "InvalidInput"]
    assert Case.objects.filter(duplicate_of=None).count() == 1


@pytest.mark.parametrize("rival", ["assign", "return"])
def test_a_confirmation_and_a_change_at_once(rival):
    handler, supervisor = factories.member("sct"), factories.member("sct", "supervisor")
    case = journeys.investigating(handler).case
    Agency.objects.update(requires_two_persons=True)
    case = propose_resolution(
        case_id=case.pk, by=handler, version=case.version, outcome="refunded", answer="Đã hoàn tiền."
    )
    seen = {"case_id": case.pk, "by": supervisor, "version": case.version}
    against = {
        "assign": lambda: acceptance.assign_case(**seen, handler=handler.person),
        "return": lambda: return_proposal(**seen, reason="Thiếu."),
    }[rival]
    assert at_once(lambda: confirm_resolution(**seen), against) == ["", "StaleCase"]
    now, proposal = Case.objects.get(pk=case.pk), ResolutionProposal.objects.get()
    assert (now.state == "resolved") == (proposal.state == "confirmed") == Resolution.objects.exists()
    assert now.proposed_by_id is None
