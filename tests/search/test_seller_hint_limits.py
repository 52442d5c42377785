"""What the citizen is told about a seller: who is counted, and how often one may ask."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from casemgr.public import seller_hint
from complaints.lodgement import Person
from tests import factories
from tests.factories import journeys
from workflows.selectors.reported import is_often_reported
from workflows.services import referral

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def database_cache(db, settings):
    """As production.py has it."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "casemgr_cache_read5"}
    }
    call_command("createcachetable", verbosity=0)


def test_the_hints_limit_lasts_its_hour(database_cache, rf):
    """Not the cache's own five minutes, whatever counts up in it."""
    request = rf.get("/")
    assert seller_hint._has_answers_left(request)
    with connection.cursor() as cursor:
        cursor.execute("SELECT expires FROM casemgr_cache_read5")
        [(expires,)] = cursor.fetchall()
    at = parse_datetime(expires) if isinstance(expires, str) else expires
    at = at if at.tzinfo else timezone.make_aware(at, timezone.get_fixed_timezone(0))
    assert (at - timezone.now()).total_seconds() > 3000


@pytest.mark.django_db(transaction=True)
def test_the_hints_limit_holds_for_those_who_ask_at_once(database_cache, rf):
    def ask(_number):
        try:
            return seller_hint._has_answers_left(rf.get("/"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(120)))
    assert sum(answers) == seller_hint.ANSWERS


def test_five_reports_of_one_person_are_one(db):
    """Else five reports would tell of their sender, and one rival could warn of a seller."""
    sct = factories.member("sct")
    for _ in range(5):
        journeys.accepted(
            sct, identifiers=[("phone", "0912 345 678")], person=Person(name="Trần Thị Mẫu", phone="0987654321")
        )
    assert not is_often_reported([("phone", "+84912345678")])


def test_what_was_offered_to_the_police_does_not_count(db):
    """Not even when they passed it back."""
    sct, police = factories.member("sct"), factories.member("congan")
    for number in range(5):
        who = Person(name="Trần Thị Mẫu", phone=f"098765432{number}")
        case = journeys.offered(sct, police.agency, identifiers=[("phone", "0912 345 678")], person=who).case
        referral.return_referral(case_id=case.pk, by=police, version=case.version, reason="Không phải tội phạm.")
    assert not is_often_reported([("phone", "+84912345678")])
