"""Each figure against a plain recount in Python, over cases of several agencies, tracks and days."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from bulletins.report_computations import COMPUTATIONS, compute, figure_of
from bulletins.report_periods import Span
from complaints.models import Category, Origin
from events import clock
from tests import factories
from tests.sharing import shared_rows
from workflows.deadlines import HANOI
from workflows.models import Case, Milestone, Resolution, Satisfaction
from workflows.services.acceptance import accept_case, assign_case
from workflows.services.conclusion import resolve_case

pytestmark = pytest.mark.django_db
SPAN = Span(date(2026, 10, 1), date(2026, 10, 31))


def at(day: int, month: int = 10, hour: int = 9):
    return clock.frozen(datetime(2026, month, day, hour, tzinfo=HANOI))


def lodge_and_resolve() -> None:
    """Lodged inside and at the edges of October; some resolved, one sanctioned, one handed to another agency."""
    Category.objects.create(code="COUNTERFEIT", label_vi="Hàng giả", label_en="Counterfeit", default_track="violation")
    factories.commune()
    for day, month, hour in ((30, 9, 23), (1, 10, 0), (31, 10, 23), (1, 11, 0)):
        with at(day, month, hour):
            factories.case(amount=1_000_000)
    for number in range(4):
        with at(5 + number):
            factories.case(kind="crime", amount=500_000 * number, commune="29869")
    for number in range(3):
        with at(10 + number):
            factories.case(kind="violation", category="COUNTERFEIT")
    handler = factories.member("sct")
    for number, case in enumerate(Case.objects.filter(track="violation")):
        with at(20 + number):
            done = accept_case(case_id=case.pk, by=handler, version=1)
            done = assign_case(case_id=case.pk, by=handler, version=2, handler=handler.person)
            fine = {"decision_number": f"{number}/QĐ-XPHC", "decision_date": date(2026, 10, 20), "sanction_amount": 8_000_000,
                    "legal_basis": "Buôn bán hàng giả", "sanctioned_party": "Hộ Sen Xanh"}  # fmt: skip
            resolve_case(case_id=done.pk, by=handler, version=3, outcome="sanctioned", answer="Đã phạt.", **fine)
    Case.objects.filter(pk=Case.objects.filter(track="crime").first().pk).update(owner=factories.agency("congan"))
    for number, milestone in enumerate(Milestone.objects.all()):
        score = Satisfaction(case_id=milestone.case_id, answer=milestone, agency=milestone.agency, party="citizen")
        score.score, score.given_at = 5 - number, datetime(2026, 10, 25, tzinfo=HANOI)
        score.save()


@pytest.fixture(scope="class")
def cases(django_db_setup, django_db_blocker):
    with shared_rows(django_db_blocker):
        lodge_and_resolve()
        yield


def recount(name: str, agency: int) -> Decimal | None:
    """As a person would count with a pencil."""
    inside = [
        c
        for c in Case.objects.select_related("complaint")
        if SPAN.start <= c.lodged_at < SPAN.end and c.owner_id == agency
    ]
    sent = [c for c in inside if c.complaint.origin != Origin.OWN_INITIATIVE]
    resolutions = [
        r for r in Resolution.objects.all() if SPAN.start <= r.resolved_at < SPAN.end and r.agency_id == agency
    ]
    fines = [r for r in resolutions if r.outcome == "sanctioned"]
    answers = [
        m for m in Milestone.objects.all() if m.agency_id == agency and m.due_at and m.kind in ("answered", "refused")
    ]
    answers = [m for m in answers if SPAN.start <= m.reached_at < SPAN.end]
    in_time = len([m for m in answers if m.due_at and m.reached_at <= m.due_at])
    counted = {
        "received": len(sent),
        "received_crime": len([c for c in sent if c.track == "crime"]),
        "received_violation": len([c for c in sent if c.track == "violation"]),
        "received_consumer": len([c for c in sent if c.track == "consumer"]),
        "found": len(inside) - len(sent),
        "loss": sum(c.complaint.amount or 0 for c in sent),
        "resolved": len({r.case_id for r in resolutions}),
        "sanctions": len(fines),
        "sanction_amount": sum(r.sanction_amount or 0 for r in fines),
        "in_time": Decimal(in_time * 1000 // len(answers)) / 10 if answers else None,
        "satisfied": None,  # three scores are too few to be told
    }
    return None if counted[name] is None else Decimal(counted[name])


@pytest.mark.usefixtures("cases", "db")
class TestSomeCases:
    @pytest.mark.parametrize("name", [n for n, one in COMPUTATIONS.items() if one.key == "agency"])
    @pytest.mark.parametrize("agency", ["sct", "congan", "hoi"])
    def test_a_figure_is_what_a_plain_recount_gives(self, name, agency):
        pk = factories.agency(agency).pk
        found = compute([name], "82", SPAN)
        assert figure_of(name, found, agency=pk, commune=None) == recount(name, pk)

    def test_what_came_from_a_commune_is_counted_for_it_whoever_handles_it(self):
        found = compute(["from_commune"], "82", SPAN)
        assert figure_of("from_commune", found, agency=None, commune="29869") == 4
        assert figure_of("from_commune", found, agency=factories.agency("sct").pk, commune=None) is None

    def test_one_query_a_computation_whatever_the_number_of_units(self, django_assert_num_queries):
        for code in ("a", "b", "c"):
            factories.agency(code)
        with django_assert_num_queries(len(COMPUTATIONS)):
            compute(COMPUTATIONS, "82", SPAN)


def test_a_province_without_cases_has_noughts_and_no_shares():
    sct = factories.agency("sct").pk
    found = compute(COMPUTATIONS, "82", SPAN)
    figures = {name: figure_of(name, found, agency=sct, commune="29869") for name in COMPUTATIONS}
    assert {name for name, figure in figures.items() if figure is None} == {"in_time", "satisfied"}
    assert {figure for figure in figures.values() if figure is not None} == {Decimal(0)}


def test_a_computation_that_is_no_more_computes_nothing():
    found = compute(["gone"], "82", SPAN)
    assert figure_of("gone", found, agency=1, commune=None) is None
