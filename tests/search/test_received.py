"""Cases of a register are found by the day on which an agency received them, not by that of the import."""

from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command

from events import clock
from search.backends.base import Order
from search.selectors import Narrowing, find_cases
from tests import factories
from tests.search.test_finding import found
from workflows.models import Case

pytestmark = pytest.mark.django_db

REGISTER = "Số hồ sơ,Ngày nhận,Nội dung\na,15/03/2022,Kem trộn\nb,31/12/2022,Kem trộn\nc,01/01/2023,Kem trộn\n"
IN_2022 = ("từ: 1/1/2022 đến: 31/12/2022", "ngày: 2022", "từ: 15/3/2022 đến: 12/2022")
CHOSEN_2022 = (
    Narrowing(since=date(2022, 3, 15), until=date(2022, 12, 31)), Narrowing({"month": ["2022-03", "2022-12"]}),
)  # fmt: skip


@pytest.fixture
def cases(sct, index, tmp_path) -> list[Case]:
    """Three of a register by their day, then one lodged in the evening of the last one's, in Hanoi."""
    (tmp_path / "so.csv").write_text(REGISTER, encoding="utf-8")
    factories.rules()
    call_command("import_complaints", str(tmp_path / "so.csv"), province="82", agency="sct", verbosity=0)
    imported = list(Case.objects.select_related("complaint").order_by("complaint__source_id"))
    with clock.frozen(datetime(2023, 1, 1, 14, tzinfo=UTC)):
        return [*imported, factories.case(narrative="Kem trộn")]


@pytest.mark.parametrize("typed", IN_2022)
def test_found_by_the_day_that_is_typed(cases, deliver, sct, typed):
    deliver()
    assert set(found(sct, f"kem {typed}")) == set(cases[:2])


@pytest.mark.parametrize("chosen", CHOSEN_2022)
def test_found_by_the_days_and_months_that_are_chosen(cases, deliver, sct, chosen):
    deliver()
    assert set(found(sct, "kem", narrowing=chosen)) == set(cases[:2])


def test_counted_by_month_and_the_newest_first(cases, deliver, sct):
    deliver()
    answer = find_cases(sct, "kem", narrowing=Narrowing(order=Order.NEWEST), facets=("month",))
    assert answer.facets["month"] == {"2022-03": 1, "2022-12": 1, "2023-01": 2}
    assert [hit.case for hit in answer.hits] == cases[::-1]


def test_the_database_goes_by_the_same_day(cases, sct):
    """Nothing was written: there is no index to search."""
    numbers = " ".join(case.number for case in cases)
    answer = find_cases(sct, numbers)
    assert answer.degraded
    assert [hit.case for hit in answer.hits] == cases[::-1]
    for typed in IN_2022:
        assert found(sct, f"{numbers} {typed}") == cases[1::-1], typed
    for chosen in CHOSEN_2022:
        assert found(sct, numbers, narrowing=chosen) == cases[1::-1], chosen
    assert found(sct, f"{numbers} ngày: 1/1/2023") == cases[:1:-1]


def test_the_page_shows_the_day_that_it_goes_by(cases, page):
    html = page("kem ngày: 15/3/2022").content.decode()
    assert 'Ngày tiếp nhận <time datetime="2022-03-15">15/03/2022</time>' in html
    assert "Ngày gửi <time" not in html
    assert 'Ngày gửi <time datetime="2023-01-01T21:00:00+07:00">' in page(f"kem {cases[3].number}").content.decode()


@pytest.mark.parametrize("indexed", [True, False])
def test_a_day_that_cannot_be_is_as_good_as_none(index, deliver, sct, indexed):
    """A slip in the register, from before there were such years to ask for."""
    with clock.frozen(datetime(2026, 5, 4, 3, tzinfo=UTC)):
        case = factories.case(narrative="Kem trộn", received_on=date(202, 5, 4))
    if indexed:
        deliver()
    assert find_cases(sct, case.number).degraded is not indexed
    assert found(sct, f"{case.number} ngày: 4/5/2026") == [case]
