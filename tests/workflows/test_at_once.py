"""Two at the same moment: one bulk move worked on by request and relay, one rating sent twice, one token used twice."""

import threading
import uuid
from collections.abc import Callable

import pytest
from django.db import connection

from agencies.actors import Citizen
from events.models import Event
from tests import factories
from tests.factories import journeys
from workflows.models import BulkItem, BulkMove, Satisfaction
from workflows.services.bulk import ask_bulk, carry_on
from workflows.services.rating import rate_case

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """What each gave, or the error it raised."""
    ready, given = threading.Barrier(len(deeds)), [None] * len(deeds)

    def run(place: int) -> None:
        ready.wait()
        try:
            given[place] = deeds[place]()
        except Exception as error:
            given[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


def test_two_workers_on_one_bulk_move_do_each_case_once():
    sct = factories.member("sct")
    cases = [journeys.accepted(sct).case for _ in range(6)]
    bulk = ask_bulk(
        by=sct, token=uuid.uuid4(), move="assign", cases=[(c.pk, c.version) for c in cases], handler=sct.person.pk
    )
    given = at_once(lambda: carry_on(bulk.pk), lambda: carry_on(bulk.pk))
    assert all(isinstance(one, bool) for one in given), given
    assert carry_on(bulk.pk)
    assert set(bulk.items.values_list("result", flat=True)) == {BulkItem.Result.DONE}
    assert Event.objects.filter(kind="case.assigned").count() == len(cases)


def test_a_double_click_asks_once():
    sct = factories.member("sct")
    case, token = journeys.accepted(sct).case, uuid.uuid4()

    def ask():
        return ask_bulk(by=sct, token=token, move="assign", cases=[(case.pk, case.version)], handler=sct.person.pk).pk

    first, second = at_once(ask, ask)
    assert first == second
    assert BulkMove.objects.count() == BulkItem.objects.count() == 1


def test_a_rating_sent_twice_is_one():
    case = journeys.resolved(factories.member("sct")).case
    citizen = Citizen(case.complaint_id)
    given = at_once(*(lambda score=score: rate_case(case_id=case.pk, by=citizen, score=score) for score in (2, 5)))
    assert all(isinstance(one, Satisfaction) for one in given), given
    assert Satisfaction.objects.count() == 1
