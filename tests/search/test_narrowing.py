"""Facets, fields, choices and days; what was meant though it was typed otherwise."""

from datetime import timedelta

import pytest

from events import clock
from search.selectors import Narrowing, find_cases
from tests import factories
from tests.search.test_finding import found, lodge
from workflows.deadlines import HANOI

pytestmark = pytest.mark.django_db


@pytest.fixture
def police(db):
    return factories.member("congan")


def test_facets_count_what_one_may_see_and_nothing_else(deliver, sct, police):
    lodge()
    closed = factories.case(narrative="kem trộn giả", seller_name="Khác")
    deliver()
    answer = find_cases(sct, "kem", facets=("state", "owner", "month"))
    assert answer.facets["state"] == {"lodged": answer.total}
    assert find_cases(police, "kem", facets=("state", "owner")).facets == {"state": {}, "owner": {}}
    assert closed.pk in {hit.case.pk for hit in answer.hits}


def test_fields_and_choices_are_typed_by_name(deliver, sct):
    case = lodge()
    deliver()
    for typed in (
        "tình trạng: mới gửi", "state:lodged", f"cơ quan: {case.owner.code}", "ngày: hôm nay",
    ):  # fmt: skip
        assert found(sct, f"kem {typed}") == [case], typed
    assert found(sct, "kem state:closed") == []
    assert found(sct, "kem", narrowing=Narrowing({"state": ["closed"]})) == []
    assert found(sct, "kem state:lodged", narrowing=Narrowing({"state": ["closed"]})) == []
    assert found(sct, "kem -trộn") == []


def test_without_words_what_is_chosen_is_listed(deliver, sct):
    case = lodge()
    deliver()
    assert found(sct, "", narrowing=Narrowing({"state": ["lodged"]})) == [case]
    today = clock.now().astimezone(HANOI).date()
    assert found(sct, "", narrowing=Narrowing(since=today, until=today)) == [case]
    assert found(sct, "", narrowing=Narrowing(until=today - timedelta(days=1))) == []
    assert find_cases(sct, "").empty_query


def test_raw_keystrokes_are_understood(deliver, sct):
    case = lodge()
    deliver()
    answer = find_cases(sct, "kem troonj")
    assert [hit.case for hit in answer.hits] == [case]
    assert answer.understood == "kem trộn"


def test_a_word_that_stands_nowhere_is_put_right(deliver, sct):
    factories.case(narrative="Bị lừa chuyển khoản")
    deliver()
    assert find_cases(sct, "lừa chuyênn").suggestion == "lừa chuyển"


def test_narrowed_too_when_the_engine_is_away(index, sct):
    """Nothing was ever written: there is no index to search."""
    case = lodge()
    assert find_cases(sct, case.number).degraded
    assert found(sct, case.number) == [case]
    assert found(sct, case.number, narrowing=Narrowing({"state": ["closed"]})) == []
    assert found(sct, f"{case.number} từ: 1/1/2100") == []


def test_to_narrow_a_search_down_never_adds_to_it(deliver, sct):
    """Twenty that hold both words are enough, and those with one are not looked for: nor when a filter leaves few."""
    for number in range(22):
        factories.case(narrative="Kem trộn giả" if number else "Kem trộn thật")
    factories.case(narrative="Kem dưỡng")
    deliver()
    wide = find_cases(sct, "kem trộn", facets=("state",))
    assert (wide.total, wide.facets["state"]) == (22, {"lodged": 22})
    assert find_cases(sct, "kem trộn", narrowing=Narrowing({"state": ["lodged"]})).total == 22
    assert find_cases(sct, "kem trộn", narrowing=Narrowing({"state": ["closed"]})).total == 0
    assert find_cases(sct, "kem trộn -giả").total == 1
