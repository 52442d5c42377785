"""While the engine is away, the database answers, narrowed down as asked."""

from __future__ import annotations

import pytest

from search.backends.base import SearchUnavailable
from search.selectors import Narrowing, find_cases
from tests.search.asking import lodge, numbers

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def away(index, answering, monkeypatch):
    def search(*args, **options):
        raise SearchUnavailable("away")

    monkeypatch.setattr(answering, "search", search)


def test_degraded_it_still_narrows_by_what_is_chosen(sct, away):
    lodge(amount=1_000, identifiers=[("phone", "0934567890")])
    narrowing = Narrowing({"amount_band": ["100000000"], "month": ["1999-01"]})
    assert numbers(sct, "0934567890", narrowing=narrowing) == set()


@pytest.mark.parametrize(
    ("field", "value"),
    [("month", "9999-12"), ("month", "0001-01"), ("amount_band", "0" * 18 + "9" * 5000), ("amount_band", "٠")],
)
def test_degraded_a_choice_that_nobody_offered_finds_nothing(client, sct, away, field, value):
    lodge(identifiers=[("phone", "0934567890")])
    assert numbers(sct, "0934567890", narrowing=Narrowing({field: [value]})) == set()
    client.force_login(sct.person)
    assert client.get("/backoffice/search/", {"q": "0934567890", field: value}).status_code == 200


def test_degraded_it_still_leaves_out_what_is_barred(sct, away):
    lodge(identifiers=[("phone", "0934567890"), ("bank_account", "19035678901234")])
    assert numbers(sct, "0934567890 -19035678901234") == set()


def test_degraded_a_short_number_is_not_a_beginning(sct, away):
    case = lodge(identifiers=[("phone", "0987000111"), ("bank_account", "19035678901234")])
    assert numbers(sct, "19035678901234 -sđt: 0987") == {case.number}
    for typed in ("lừa đảo 1903", "1903", "0987", "stk: 1903", "sđt: 0987"):
        assert numbers(sct, typed) == set(), typed
    whole = lodge(identifiers=[("bank_account", "123456")])
    assert numbers(sct, "stk: 123456") == {whole.number}


def test_degraded_a_kind_asked_for_is_kept(sct, away):
    lodge(identifiers=[("phone", "0934567890")])
    assert numbers(sct, "stk: 0934567890") == set()


def test_degraded_every_case_can_be_reached(sct, away):
    for _ in range(4):
        lodge(identifiers=[("phone", "0934567890")])
    first = find_cases(sct, "0934567890", limit=2)
    assert first.cursor is not None


def test_degraded_two_choices_that_exclude_each_other_find_nothing(sct, away):
    lodge(identifiers=[("phone", "0934567890")])
    narrowing = Narrowing({"state": ["closed"]})
    assert numbers(sct, "0934567890 state:lodged", narrowing=narrowing) == set()
