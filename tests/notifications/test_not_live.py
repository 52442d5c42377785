"""Rows that nobody wanted live: in the list, and not pushed to open pages by a later look either."""

import pytest

from agencies.models import Role
from casemgr.live.limits import MISSED_MOST
from notifications.models import Notification
from notifications.selectors import cursor_of, missed, unread_count
from notifications.services.marking import mark_read
from notifications.services.preferences import choose_ways
from notifications.services.watching import mute_case
from tests import factories
from tests.live.people import tell_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(desk):
    return desk["sct", Role.INTAKE].person


def seen(person, after=0):
    return missed(person.pk, after, cursor_of(person.pk), most=MISSED_MOST)


def test_a_row_for_the_summary_is_counted_and_not_sent(desk, person):
    choose_ways(by=desk["sct", Role.INTAKE], chosen={"offered": "digest"})
    tell_of(2)
    found = seen(person)
    assert (found.rows, found.cursor, found.read) == ([], 2, False)
    assert unread_count(person) == 2


def test_a_reading_among_such_rows_has_the_page_count_again(desk, person):
    choose_ways(by=desk["sct", Role.INTAKE], chosen={"offered": "digest"})
    tell_of(1)
    mark_read(person)
    assert seen(person).read


def test_live_rows_come_in_their_order_past_those(desk, person):
    officer = desk["sct", Role.INTAKE]
    tell_of(1)
    choose_ways(by=officer, chosen={"offered": "digest"})
    tell_of(1)
    choose_ways(by=officer, chosen={"offered": "live"})
    tell_of(1)
    found = seen(person)
    assert ([row.cursor for row in found.rows], found.cursor) == ([1, 3], 3)


def test_what_is_muted_is_not_live(desk, person):
    officer = desk["sct", Role.INTAKE]
    case = factories.case()
    mute_case(case_id=case.pk, by=officer)
    tell_of(0)
    row = Notification.objects.get(recipient=person, case=case)
    assert not row.live
    assert row.read_at is not None
    assert seen(person).rows == []


def test_what_is_urgent_is_live_whatever_was_chosen(desk, person):
    choose_ways(by=desk["sct", Role.INTAKE], chosen={"offered": "off"})
    case = factories.case()
    type(case).objects.filter(pk=case.pk).update(urgent=True)
    tell_of(0)
    assert Notification.objects.get(recipient=person, case=case).live
