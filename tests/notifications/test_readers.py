"""Who may see which case, read for many at once: as each would be answered alone."""

import pytest

from agencies.models import Agency, Membership, Role, User
from events import clock
from notifications.readers import Reader, Readers
from tests import factories
from tests.factories import journeys

pytestmark = pytest.mark.django_db


def offered_and_kept():
    """Of SCT: a case that the police are offered, and one that they are not."""
    sct, police = factories.member("sct"), factories.member("congan")
    return sct, police, journeys.offered(sct, police.agency).case, factories.case()


def seen(reader: Reader, *cases) -> set[int]:
    ids = {case.pk for case in cases}
    found = Readers({reader}, ids)
    return {pk for pk in ids if found.seeing(reader, pk)}


def test_each_agency_sees_its_own_in_one_batch():
    sct, police, offered, kept = offered_and_kept()
    ours, theirs = Reader(sct.person.pk, "sct"), Reader(police.person.pk, "congan")
    found = Readers({ours, theirs}, {offered.pk, kept.pk})
    assert [bool(found.seeing(ours, case.pk)) for case in (offered, kept)] == [True, True]
    assert [bool(found.seeing(theirs, case.pk)) for case in (offered, kept)] == [True, False]


def test_two_agencies_take_one_question_more_than_one(django_assert_num_queries):
    sct, police, offered, kept = offered_and_kept()
    with django_assert_num_queries(2):
        Readers({Reader(sct.person.pk, "sct")}, {offered.pk, kept.pk})
    with django_assert_num_queries(3):
        Readers({Reader(sct.person.pk, "sct"), Reader(police.person.pk, "congan")}, {offered.pk, kept.pk})
    with django_assert_num_queries(0):
        Readers(set(), {offered.pk})


def test_nobody_sees_for_an_agency_that_is_not_theirs():
    _sct, police, offered, kept = offered_and_kept()
    assert seen(Reader(police.person.pk, "sct"), offered, kept) == set()
    assert seen(Reader(police.person.pk, ""), offered, kept) == set()


@pytest.mark.parametrize("what", ["revoked", "person", "agency", "assisted", "auditor"])
def test_who_counts_no_more_sees_nothing(what):
    sct, _police, offered, kept = offered_and_kept()
    reader = Reader(sct.person.pk, "sct")
    assert seen(reader, offered, kept) == {offered.pk, kept.pk}
    memberships = Membership.objects.filter(person=sct.person)
    {
        "revoked": lambda: memberships.update(revoked_at=clock.now()),
        "person": lambda: User.objects.filter(pk=sct.person.pk).update(is_active=False),
        "agency": lambda: Agency.objects.filter(pk=sct.agency.pk).update(is_active=False),
        "assisted": lambda: Agency.objects.filter(pk=sct.agency.pk).update(assisted_intake_only=True),
        "auditor": lambda: (
            memberships.exclude(pk=memberships.first().pk).delete() and memberships.update(role=Role.AUDITOR)
        ),
    }[what]()
    assert seen(reader, offered, kept) == set()
