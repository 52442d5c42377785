"""How far one's inbox is, for pages without a socket: one's own, and nothing but two numbers."""

import pytest
from django.urls import reverse

from events.models import Event
from notifications.audience import CONCERNS
from notifications.services.inbox import tell
from notifications.services.marking import mark_read
from tests import factories
from tests.backoffice.conftest import sign_in

pytestmark = pytest.mark.django_db
STATE = reverse("backoffice:inbox-state")


def test_it_is_two_numbers_of_ones_own_inbox():
    mine, other = factories.member("sct"), factories.member("congan")
    for _ in range(2):
        factories.case()
    tell(Event.objects.filter(kind__in=CONCERNS))
    answer = sign_in(mine).get(STATE)
    assert answer.json() == {"cursor": 2, "unread": 2}
    assert answer["Cache-Control"] == "no-store"
    assert sign_in(other).get(STATE).json() == {"cursor": 0, "unread": 0}


def test_reading_moves_it():
    mine = factories.member("sct")
    factories.case()
    tell(Event.objects.filter(kind__in=CONCERNS))
    mark_read(mine.person)
    assert sign_in(mine).get(STATE).json() == {"cursor": 2, "unread": 0}
    mark_read(mine.person)
    assert sign_in(mine).get(STATE).json() == {"cursor": 2, "unread": 0}


def test_it_asks_three_queries_at_most_beyond_the_session(django_assert_max_num_queries):
    desk = sign_in(factories.member("sct"))
    desk.get(STATE)
    with django_assert_max_num_queries(5):
        desk.get(STATE)
