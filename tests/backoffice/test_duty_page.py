"""The page of the duty roster, and the same rows on the administration site."""

from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from agencies.models import DutyShift, Role
from events import clock
from events.models import Event
from tests import factories
from tests.backoffice.conftest import sign_in
from workflows.deadlines import HANOI

pytestmark = pytest.mark.django_db
PAGE = "/backoffice/duty/"


@pytest.fixture
def supervisor(db):
    return factories.member("sct", Role.SUPERVISOR)


@pytest.fixture
def officer(db):
    return factories.member("sct", Role.INTAKE)


def said(officer, **more):
    tomorrow = localtime(clock.now(), HANOI) + timedelta(days=1)
    fields = {"who": f"{officer.agency.pk}-{officer.person.pk}", "day": f"{tomorrow:%d/%m/%Y}"}
    return fields | {"starts": "17:00", "ends": "7:00", "until_day": ""} | more


def test_a_night_ends_on_the_next_day(supervisor, officer):
    client = sign_in(supervisor)
    assert client.post(PAGE, said(officer)).status_code == 302
    shift = DutyShift.objects.get()
    assert shift.ends_at - shift.starts_at == timedelta(hours=14)
    assert str(officer.person) in client.get(PAGE).content.decode()


def test_the_same_hours_on_several_days(supervisor, officer):
    last = localtime(clock.now(), HANOI) + timedelta(days=4)
    sign_in(supervisor).post(PAGE, said(officer, until_day=f"{last:%d/%m/%Y}"))
    assert DutyShift.objects.count() == 4


@pytest.mark.parametrize(
    "change",
    [
        {"day": "31/02/2027"}, {"day": ""}, {"day": "01/01/2020"}, {"starts": "25:00"}, {"ends": "mai"}, {"who": "0"}, {"who": ""}, {"who": "999999-1"}, {"who": "x" * 5000}, {"until_day": "01/01/2020"}, {"until_day": "31/12/2099"}, {"day": "1" * 5000},
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_and_what_was_typed_stays(supervisor, officer, change):
    answer = sign_in(supervisor).post(PAGE, said(officer, **change))
    assert answer.status_code == 400
    assert 'value="17:00' in answer.content.decode() or "starts" in change
    assert not DutyShift.objects.exists()


def test_people_of_units_stand_under_their_unit_and_those_of_others_nowhere(supervisor, officer):
    unit = factories.member("sct-1", Role.HANDLER)
    type(unit.agency).objects.filter(pk=unit.agency.pk).update(parent=supervisor.agency)
    stranger = factories.member("congan", Role.HANDLER)
    client = sign_in(supervisor)
    page = client.get(PAGE).content.decode()
    assert f'<optgroup label="{unit.agency.name}">' in page
    assert f'value="{stranger.agency.pk}-{stranger.person.pk}"' not in page
    assert client.post(PAGE, said(stranger)).status_code == 400
    assert client.post(PAGE, said(unit)).status_code == 302
    assert DutyShift.objects.get().agency == unit.agency


def test_who_does_not_supervise_reads_it_and_writes_nothing(supervisor, officer):
    sign_in(supervisor).post(PAGE, said(officer))
    client = sign_in(officer)
    page = client.get(PAGE).content.decode()
    assert str(officer.person) in page
    assert "<form" not in page[page.index("<main") : page.index("</main>")]
    assert client.post(PAGE, said(officer)).status_code == 403
    assert client.post(f"{PAGE}{DutyShift.objects.get().pk}/end/").status_code == 403


def test_a_turn_is_taken_off(supervisor, officer):
    client = sign_in(supervisor)
    client.post(PAGE, said(officer))
    pk = DutyShift.objects.get().pk
    assert client.post(f"{PAGE}{pk}/end/").status_code == 302
    assert client.post(f"{PAGE}{pk}/end/").status_code == 404
    assert client.get(f"{PAGE}{pk}/end/").status_code == 302


def test_the_cost_of_the_page_does_not_grow(supervisor, officer, django_assert_max_num_queries):
    last = localtime(clock.now(), HANOI) + timedelta(days=60)
    client = sign_in(supervisor)
    client.post(PAGE, said(officer, until_day=f"{last:%d/%m/%Y}"))
    with django_assert_max_num_queries(12):
        client.get(PAGE)


def test_an_administrator_keeps_the_rows_too_and_it_is_recorded(officer):
    administrator = factories.member("sct", Role.ADMIN)
    type(administrator.person).objects.filter(pk=administrator.person.pk).update(is_staff=True)
    client = sign_in(administrator)
    when = {"starts_at_0": "2026-12-24", "starts_at_1": "17:00", "ends_at_0": "2026-12-25", "ends_at_1": "07:00"}
    fields = {"agency": officer.agency.pk, "person": officer.person.pk}
    assert client.post("/admin/agencies/dutyshift/add/", fields | when).status_code == 302
    shift = DutyShift.objects.get()
    assert Event.objects.get(kind="duty.added").stream == "duty:sct"
    wrong = client.post("/admin/agencies/dutyshift/add/", fields | when | {"ends_at_0": "2026-12-23"})
    assert "later than the beginning" in wrong.content.decode()
    other = factories.member("congan", Role.INTAKE)
    assert (
        client.post(
            "/admin/agencies/dutyshift/add/", when | {"agency": other.agency.pk, "person": other.person.pk}
        ).status_code
        == 200
    )
    client.post(f"/admin/agencies/dutyshift/{shift.pk}/change/", fields | when | {"ends_at_1": "06:00"})
    assert Event.objects.get(kind="duty.changed").data["fields"] == ["ends_at"]
