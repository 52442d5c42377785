import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from agencies.models import Agency
from complaints import codes
from complaints.models import Complaint
from events import clock
from events.models import Delivery, Event
from tests import factories
from workflows.deadlines import HANOI
from workflows.errors import KeyReused
from workflows.models import Case, Referral, RoutingRule
from workflows.routing import NoRoute
from workflows.services.intake import lodge_batch, lodge_complaint


@pytest.mark.django_db
def test_lodging_stores_complaint_case_event_and_what_is_owed():
    receipt = factories.lodge()
    case = Case.objects.get(pk=receipt.case_id)
    assert (case.state, case.track, case.owner.code) == ("lodged", "consumer", "sct")
    assert case.due_at is not None
    event, began = Event.objects.filter(stream=case.stream).order_by("sequence")
    assert (event.kind, began.kind) == ("case.lodged", "clock.started")
    assert "search.index" in set(Delivery.objects.filter(event=event).values_list("handler", flat=True))


@pytest.mark.django_db
def test_the_code_is_long_enough_and_stored_nowhere():
    receipt = factories.lodge()
    assert len(receipt.code) * 5 >= 128
    complaint = Complaint.objects.get()
    stored = " ".join(str(value) for value in vars(complaint).values())
    assert receipt.code not in stored
    assert complaint.code_hash == codes.code_hash(receipt.code)


@pytest.mark.django_db
def test_a_retry_shows_the_same_receipt():
    factories.rules()
    said = factories.lodgement()
    first, again = lodge_complaint(said), lodge_complaint(said)
    assert (again.code, again.case_id) == (first.code, first.case_id)
    assert again.repeated
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_a_retry_is_one_query(django_assert_num_queries):
    factories.rules()
    said = factories.lodgement()
    lodge_complaint(said)
    with django_assert_num_queries(1):
        assert lodge_complaint(said).repeated


@pytest.mark.django_db
def test_one_key_does_not_carry_two_bodies():
    factories.rules()
    said = factories.lodgement()
    lodge_complaint(said)
    with pytest.raises(KeyReused):
        lodge_complaint(factories.lodgement(idempotency_key=said.idempotency_key, narrative="Chuyện khác"))


@pytest.mark.django_db(transaction=True)
def test_many_tries_at_once_are_one_case():
    factories.rules()
    said, receipts = factories.lodgement(), []

    def tap() -> None:
        receipts.append(lodge_complaint(said))
        connection.close()

    threads = [threading.Thread(target=tap) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({(r.code, r.case_id) for r in receipts}) == 1
    assert len(receipts) == 8
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_money_just_moved_is_offered_to_the_police_at_once():
    moved = clock.now() - timedelta(hours=1)
    case = factories.case(kind="crime", money_moved_at=moved, amount=20_000_000)
    assert (case.state, case.owner.code, case.offered_to.code, case.urgent) == ("referred", "sct", "congan", True)
    assert Referral.objects.get(case=case).shares_identity
    kinds = (
        Event.objects.filter(stream=case.stream, kind__startswith="case.")
        .order_by("sequence")
        .values_list("kind", flat=True)
    )
    assert list(kinds) == ["case.lodged", "case.referred"]


@pytest.mark.django_db
def test_money_moved_last_week_is_not_an_emergency():
    case = factories.case(kind="crime", money_moved_at=clock.now() - timedelta(days=7))
    assert (case.state, case.urgent) == ("lodged", False)


@pytest.mark.django_db
def test_a_batch_is_all_or_nothing():
    factories.rules()
    said = factories.lodgement()
    lodge_complaint(said)
    with pytest.raises(Exception, match=r"(?i)unique|duplicate"):
        lodge_batch([factories.lodgement(), said])
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_a_province_without_rules_receives_nothing_silently():
    factories.province()
    with pytest.raises(NoRoute):
        lodge_complaint(factories.lodgement())
    assert not Complaint.objects.exists()


@pytest.mark.django_db
def test_a_missing_kind_is_proposed_by_the_rules():
    case = factories.case(kind="")
    assert case.complaint.kind == case.track == "consumer"


@pytest.mark.django_db
def test_a_rule_begins_at_midnight_in_hanoi():
    """Where it is still the day before in UTC."""
    factories.rules()
    first_day = date(2026, 3, 2)
    RoutingRule.objects.filter(kind="").update(effective_to=first_day - timedelta(days=1))
    new = RoutingRule.objects.create(
        province=factories.province(), position=30, agency=factories.agency("qltt"), track="consumer",
        explanation="Quy tắc mới", effective_from=first_day,
    )  # fmt: skip
    with clock.frozen(datetime(2026, 3, 2, 1, 0, tzinfo=HANOI).astimezone(UTC)):
        assert factories.case().routing_rule_id == new.pk


@pytest.mark.django_db
def test_an_agency_switched_off_is_passed_over():
    factories.rules()
    factories.agency("congan")
    Agency.objects.filter(code="congan").update(is_active=False)
    case = factories.case(kind="crime", money_moved_at=clock.now() - timedelta(hours=1))
    assert (case.owner.code, case.offered_to) == ("sct", None)
