import pytest

from agencies.actors import Citizen
from agencies.models import Membership, Role
from events import clock
from events.models import Event
from notifications.audience import CONCERNS
from notifications.handlers import notify
from notifications.models import Notification
from notifications.selectors import COUNT_CAP, Standing, cursor_of, inbox, standings, unread_count
from notifications.services.inbox import tell
from notifications.services.marking import mark_read
from tests import factories
from workflows.services.acceptance import accept_case, assign_case
from workflows.services.conclusion import withdraw_case
from workflows.services.referral import recall_referral, refer_case, return_referral, take_referral

pytestmark = pytest.mark.django_db


def told(kind: str) -> set[int]:
    """Deliver every event so far; who was told of this kind."""
    tell(list(Event.objects.filter(kind__in=CONCERNS).order_by("pk")))
    return set(Notification.objects.filter(kind=kind).values_list("recipient_id", flat=True))


def offered(desk):
    case = factories.case()
    intake, target = desk["sct", Role.INTAKE], desk["congan", Role.INTAKE].agency
    case = accept_case(case_id=case.pk, by=intake, version=1)
    return refer_case(case_id=case.pk, to=target, by=intake, reason="Chuyển.", version=2)


def ids(desk, *keys) -> set[int]:
    return {desk[key].person.pk for key in keys}


def test_a_new_report_is_told_to_intake(desk):
    factories.case()
    assert told("case.lodged") == ids(desk, ("sct", Role.INTAKE))


def test_an_offer_is_told_to_the_target(desk):
    offered(desk)
    assert told("case.referred") == ids(desk, ("congan", Role.INTAKE), ("congan", Role.SUPERVISOR))


def test_a_taken_offer_is_told_to_the_sender(desk):
    case = offered(desk)
    take_referral(case_id=case.pk, by=desk["congan", Role.INTAKE], version=case.version)
    assert told("case.referral_taken") == ids(desk, ("sct", Role.INTAKE), ("sct", Role.SUPERVISOR))


def test_whoever_handled_it_before_is_told_that_it_was_taken(desk):
    case = factories.case()
    by = desk["sct", Role.SUPERVISOR]
    case = accept_case(case_id=case.pk, by=by, version=case.version)
    case = assign_case(case_id=case.pk, by=by, version=case.version, handler=desk["sct", Role.HANDLER].person)
    case = refer_case(
        case_id=case.pk, by=by, version=case.version, to=desk["congan", Role.INTAKE].agency, reason="Chuyển.",
        explanation="Có dấu hiệu tội phạm.",
    )  # fmt: skip
    take_referral(case_id=case.pk, by=desk["congan", Role.INTAKE], version=case.version)
    assert ids(desk, ("sct", Role.HANDLER)) <= told("case.referral_taken")


@pytest.mark.parametrize(
    ("verb", "mover", "kind", "to"),
    [
        (return_referral, ("congan", Role.INTAKE), "case.referral_returned", "sct"),
        (recall_referral, ("sct", Role.SUPERVISOR), "case.referral_recalled", "congan"),
    ],
)
def test_an_ended_offer_is_told_to_the_other_side(desk, verb, mover, kind, to):
    case = offered(desk)
    verb(case_id=case.pk, by=desk[mover], version=case.version, reason="Nhầm.")
    assert told(kind) == ids(desk, (to, Role.INTAKE), (to, Role.SUPERVISOR))


def test_an_assignment_is_told_to_the_handler_and_not_to_who_did_it(desk):
    case = offered(desk)
    police = desk["congan", Role.SUPERVISOR]
    case = take_referral(case_id=case.pk, by=police, version=case.version)
    assign_case(case_id=case.pk, by=police, version=case.version, handler=desk["congan", Role.HANDLER].person)
    assert told("case.assigned") == ids(desk, ("congan", Role.HANDLER))


def test_who_takes_a_case_himself_is_not_told_of_it(desk):
    case = accept_case(case_id=factories.case().pk, by=desk["sct", Role.INTAKE], version=1)
    handler = desk["sct", Role.HANDLER]
    assign_case(case_id=case.pk, by=handler, version=case.version, handler=handler.person)
    assert told("case.assigned") == set()


def test_a_repeated_delivery_tells_once(desk):
    factories.case()
    events = list(Event.objects.filter(kind="case.lodged"))
    notify(events)
    notify(events + events)
    assert Notification.objects.count() == 1


def test_a_revoked_member_reads_nothing_more(desk):
    factories.case()
    told("case.lodged")
    person = desk["sct", Role.INTAKE].person
    assert unread_count(person) == 1
    Membership.objects.filter(person=person).update(revoked_at=clock.now())
    assert unread_count(person) == 0
    assert not inbox(person).exists()


def test_reading_marks_only_the_own(desk):
    factories.case()
    told("case.lodged")
    own, other = desk["sct", Role.INTAKE].person, desk["sct", Role.HANDLER].person
    ids_ = list(Notification.objects.values_list("pk", flat=True))
    assert mark_read(other, ids_) == 0
    assert mark_read(own, ids_) == 1
    assert mark_read(own) == 0


def test_the_count_stops_at_the_cap(desk):
    person, case = desk["sct", Role.INTAKE].person, factories.case()
    Notification.objects.bulk_create(
        Notification(
            recipient=person, agency=case.owner, case=case, event_id=n, cursor=n, kind="case.lodged", reason="intake",
            created_at=clock.now(),
        )
        for n in range(COUNT_CAP + 20)
    )  # fmt: skip
    assert unread_count(person) == standings([person.pk])[person.pk].unread == COUNT_CAP


def test_the_inbox_is_one_query(desk, django_assert_num_queries):
    for _ in range(3):
        factories.case()
    told("case.lodged")
    with django_assert_num_queries(1):
        assert [(n.case.number, n.agency.code) for n in inbox(desk["sct", Role.INTAKE].person)]


def test_a_withdrawal_is_told_to_the_agency_it_was_offered_to_as_well(desk):
    case = offered(desk)
    withdraw_case(case_id=case.pk, by=Citizen(case.complaint_id))
    both = [(code, role) for code in ("sct", "congan") for role in (Role.INTAKE, Role.SUPERVISOR)]
    assert told("case.withdrawn") == ids(desk, *both)


def test_standings_count_as_the_inbox_does(desk, django_assert_num_queries):
    """Up to the cap, and only for agencies the person still belongs to."""
    for _ in range(3):
        factories.case()
    told("case.lodged")
    own, other = desk["sct", Role.INTAKE].person, desk["congan", Role.INTAKE].person
    mark_read(own, [Notification.objects.order_by("pk")[0].pk])
    with django_assert_num_queries(2):
        assert standings([own.pk, other.pk]) == {own.pk: Standing(4, 2), other.pk: Standing(0, 0)}
    Membership.objects.filter(person=own).update(revoked_at=clock.now())
    assert standings([own.pk])[own.pk].unread == unread_count(own) == 0


def test_cursors_count_what_a_person_is_told_and_reads(desk):
    for _ in range(2):
        factories.case()
    told("case.lodged")
    person = desk["sct", Role.INTAKE].person
    assert list(inbox(person).values_list("cursor", flat=True)) == [2, 1]
    mark_read(person)
    factories.case()
    told("case.lodged")
    assert list(inbox(person).values_list("cursor", flat=True)) == [4, 2, 1]
    assert cursor_of(person.pk) == 4
