"""Whom a change wakes: as many questions for a batch as for one case."""

import pytest

from events.models import Event
from notifications.watching import wakes
from tests import factories
from tests.factories import journeys

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("cases", [1, 4])
def test_a_batch_is_asked_for_at_once(cases, django_assert_num_queries):
    sct = factories.member("sct")
    numbers = {journeys.accepted(sct).case.number for _ in range(cases)}
    events = list(Event.objects.filter(kind="case.accepted"))
    with django_assert_num_queries(3):
        messages = [message for _topic, message in wakes(events)]
    assert {message["case"] for message in messages} == numbers
