"""Numbers without gaps or repeats, however many take them at once."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from agencies.models import Agency, AgencyKind, User
from documents.models import NumberRegister, RegisteredNumber
from documents.services.numbering import NumberAlreadyVoided, take_number, void_number


def an_agency(code: str = "sct") -> Agency:
    kind, _created = AgencyKind.objects.get_or_create(code="trade", defaults={"label_vi": "Sở", "label_en": "Dept"})
    return Agency.objects.create(
        code=code, kind=kind, name="Sở Công Thương", short_name="SCT", abbreviation="SCT", tracks=[]
    )


def take(agency: Agency, **changes) -> RegisteredNumber:
    facts = {"agency": agency, "year": 2026, "document_type": "TB", "purpose": "Thông báo tháng 10"}
    return take_number(**(facts | changes))


@pytest.mark.django_db
def test_each_agency_year_and_type_counts_from_one():
    sct, hoi = an_agency(), an_agency("hoi")
    assert [take(sct).number, take(sct).number] == [1, 2]
    assert take(hoi).number == 1
    assert take(sct, year=2027).number == 1
    assert take(sct, document_type="BC").number == 1
    assert take(sct).number == 3


@pytest.mark.django_db
def test_a_number_tells_who_took_it_and_what_for():
    person = User.objects.create_user("editor@sct.dongthap.example", "x", name="Lê Thị Hoa")
    number = take(an_agency(), by=person)
    number.refresh_from_db()
    assert (str(number), number.purpose, number.taken_by) == ("Số: 01/TB-SCT", "Thông báo tháng 10", person)
    assert number.taken_at is not None


@pytest.mark.django_db
def test_an_unknown_type_takes_no_number():
    with pytest.raises(ValueError, match="XX"):
        take(an_agency(), document_type="XX")
    assert not NumberRegister.objects.exists()


@pytest.mark.django_db
def test_a_voided_number_is_not_given_again_and_keeps_its_first_reason():
    agency = an_agency()
    number = take(agency)
    void_number(number_id=number.pk, reason=" Ban hành nhầm ")
    with pytest.raises(NumberAlreadyVoided):
        void_number(number_id=number.pk, reason="Lý do khác")
    number.refresh_from_db()
    assert number.voided_reason == "Ban hành nhầm"
    assert take(agency).number == 2


@pytest.mark.django_db
def test_voiding_needs_a_reason():
    number = take(an_agency())
    with pytest.raises(ValueError, match=r"không sử dụng số này|not used"):
        void_number(number_id=number.pk, reason="  ")


@pytest.mark.django_db
def test_the_database_refuses_repeats_and_zero():
    number = take(an_agency())
    for repeat in (number.number, 0):
        with pytest.raises(IntegrityError), transaction.atomic():
            RegisteredNumber.objects.create(register=number.register, number=repeat, purpose="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        NumberRegister.objects.create(agency=number.register.agency, year=2026, document_type="TB")


class Abandoned(Exception):
    pass


@transaction.atomic
def take_and_fail(agency: Agency) -> None:
    take(agency)
    raise Abandoned


@pytest.mark.django_db(transaction=True)
def test_a_number_taken_in_a_transaction_that_fails_leaves_no_gap():
    agency = an_agency()
    with pytest.raises(Abandoned):
        take_and_fail(agency)
    assert take(agency).number == 1


@pytest.mark.django_db(transaction=True)
def test_many_takers_at_once_get_consecutive_numbers():
    """Eight takers, ten numbers each, every fourth rolled back; the register does not exist yet."""
    agency, start, failures = an_agency(), threading.Barrier(8), []

    def work() -> None:
        start.wait()
        for turn in range(10):
            try:
                with transaction.atomic():
                    take(agency)
                    if turn % 4 == 3:
                        raise Abandoned
            except Abandoned:
                pass
            except Exception as error:
                failures.append(error)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    taken = list(RegisteredNumber.objects.order_by("number").values_list("number", flat=True))
    assert taken == list(range(1, 65))
    assert NumberRegister.objects.get().last_number == 64
