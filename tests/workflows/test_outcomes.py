"""The facts of each outcome: what it cannot be without, what does not belong to it, what is kept."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tests import factories
from tests.factories import journeys
from workflows.errors import InvalidInput
from workflows.models import Case, Resolution
from workflows.outcomes import COLUMNS, FACT_GROUPS, REQUIRED, STATED, Goods, OutcomeFacts
from workflows.services import conclusion
from workflows.services.outcomes import checked_facts, columns
from workflows.states import OUTCOMES, Outcome, Track

pytestmark = pytest.mark.django_db
CREAM = Goods("Kem dưỡng giả", Decimal("120"), "hộp", 24_000_000)


def full(outcome: str) -> OutcomeFacts:
    """Everything the outcome cannot be without, and nothing more."""
    said = {
        "decision_number": "15/QĐ-XPHC", "decision_date": date(2026, 11, 5), "decision_issuer": "Đội QLTT số 1",
        "legal_basis": "Buôn bán hàng giả (NĐ 98/2020 Điều 9)", "sanctioned_party": "Hộ kinh doanh Sen Xanh",
        "goods": (CREAM,), "removed_content": "https://shop.example/kem", "blocked_account": "0123456789, ngân hàng A",
    }  # fmt: skip
    return OutcomeFacts(outcome=outcome, **{name: said[name] for name in REQUIRED.get(outcome, ())})


def resolve(facts: OutcomeFacts, track: str = "violation") -> Case:
    by = factories.member("sct")
    case = journeys.investigating(by, kind=track).case
    return conclusion.resolve_case(case_id=case.pk, by=by, version=case.version, answer="Đã xử lý.", **vars(facts))


def track_of(outcome: str) -> str:
    return next(track for track in Track if outcome in OUTCOMES[track])


@pytest.mark.parametrize("outcome", Outcome.values)
def test_each_outcome_is_recorded_with_what_it_needs(outcome):
    case = resolve(full(outcome), track_of(outcome))
    kept = case.resolutions.get()
    assert (case.state, kept.outcome) == ("resolved", outcome)
    assert kept.facts() == full(outcome)


@pytest.mark.parametrize(("outcome", "name"), [(o, n) for o, names in REQUIRED.items() for n in names])
def test_what_is_missing_is_named(outcome, name):
    empty = () if name == "goods" else None if name == "decision_date" else ""
    facts = replace(full(outcome), **{name: empty})
    case = factories.case(kind=track_of(outcome))
    if name == "decision_issuer":
        assert checked_facts(case, facts).decision_issuer == case.owner.name
        return
    with pytest.raises(InvalidInput) as refused:
        checked_facts(case, facts)
    assert refused.value.field == name


@pytest.mark.parametrize(("outcome", "name"), [(o, n) for o, names in REQUIRED.items() for n in names if n in COLUMNS])
def test_the_database_says_the_same_of_the_columns(outcome, name):
    case = resolve(full(outcome), track_of(outcome))
    stored = Resolution.objects.filter(case=case)
    with pytest.raises(IntegrityError), transaction.atomic():
        stored.update(**{name: None if name == "decision_date" else ""})
    stored.update(**columns(full(outcome)))


def test_a_sanction_is_kept_with_its_measures_and_goods():
    facts = replace(
        full("sanctioned"), sanction_amount=35_000_000, decree="NĐ 98/2020/NĐ-CP Điều 9 khoản 2", goods=(CREAM,),
        measures=("goods_destroyed", "licence_suspended", "other"), other_measure="Cải chính trên trang bán hàng",
        removed_content="https://shop.example/kem",
    )  # fmt: skip
    kept = resolve(facts).resolutions.get()
    assert kept.facts() == facts
    assert kept.goods.get().value == 24_000_000


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"outcome": "refunded", "sanction_amount": 5}, "sanction_amount"),
        ({"outcome": "sanctioned", "competent_agency": "sct"}, "competent_agency"),
        ({"outcome": "no_violation", "decision_number": "1/QĐ"}, "decision_number"),
        ({"outcome": "goods_seized", "decision_number": "1/QĐ", "goods": (CREAM,)}, "decision_date"),
        ({"outcome": "goods_seized", "goods": (replace(CREAM, quantity=Decimal(0)),)}, "goods"),
        ({"outcome": "goods_seized", "goods": (CREAM,) * 51}, "goods"),
        ({"outcome": "sanctioned", "measures": ("flogging",)}, "measures"),
        ({"outcome": "sanctioned", "measures": ("other",)}, "other_measure"),
        ({"outcome": "sanctioned", "other_measure": "Cải chính"}, "other_measure"),
        ({"outcome": "settled_mediation"}, "outcome"),
    ],
)
def test_what_does_not_belong_or_cannot_be_is_named(said, field):
    if "competent_agency" in said:
        said = said | {"competent_agency": factories.agency("sct")}
    with pytest.raises(InvalidInput) as refused:
        checked_facts(factories.case(kind="violation"), replace(full(said["outcome"]), **said))
    assert refused.value.field == field


def test_not_prosecuted_but_a_breach_names_who_gets_the_file():
    facts = replace(full("not_prosecuted"), administrative_breach=True)
    case = factories.case(kind="crime")
    with pytest.raises(InvalidInput) as refused:
        checked_facts(case, facts)
    assert refused.value.field == "competent_agency"
    facts = replace(facts, competent_agency=factories.agency("qltt"))
    assert checked_facts(case, facts) == facts


def test_a_fine_of_nothing_is_a_fact():
    assert OutcomeFacts("sanctioned", sanction_amount=0).given() == {"sanction_amount": 0}


def test_every_fact_is_asked_for_in_one_group():
    asked = [name for group in FACT_GROUPS for name in group.names]
    assert sorted(asked) == sorted(name for name in vars(OutcomeFacts("refunded")) if name != "outcome")
    assert {name for names in STATED.values() for name in names} == set(asked)
