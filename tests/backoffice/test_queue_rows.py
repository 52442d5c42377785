"""Rows of a list asked for anew: those on it now, as the list shows them, and no others."""

import re

import pytest

from tests import factories
from tests.factories import journeys

pytestmark = [pytest.mark.django_db, pytest.mark.both_profiles]
ROWS = "/backoffice/rows/"


def shown(answer) -> list[str]:
    assert answer.status_code == 200
    return re.findall(r'data-row="([^"]+)"', answer.content.decode())


@pytest.fixture
def sct(client):
    member = factories.member("sct")
    client.force_login(member.person)
    return member


def test_a_row_comes_as_the_list_shows_it(client, sct, django_assert_max_num_queries):
    case = journeys.accepted(sct).case
    listed = client.get("/backoffice/?tab=agency").content.decode()
    with django_assert_max_num_queries(7):
        answer = client.get(ROWS, {"tab": "agency", "changed": [case.number]})
    assert shown(answer) == [case.number]
    row = re.search(r"<tr.*?</tr>", answer.content.decode(), re.S)[0]
    assert " ".join(row.split()) in " ".join(listed.split())
    assert "<html" not in answer.content.decode()


def test_what_is_not_on_this_list_is_missing(client, sct):
    case = journeys.accepted(sct).case
    assert shown(client.get(ROWS, {"tab": "waiting", "changed": [case.number]})) == []
    assert shown(client.get(ROWS, {"tab": "agency", "state": "lodged", "changed": [case.number]})) == []
    assert shown(client.get(ROWS, {"tab": "agency", "state": "accepted", "changed": [case.number]})) == [case.number]


def test_anothers_case_is_missing(client, sct):
    case = journeys.accepted(sct).case
    client.force_login(factories.member("congan").person)
    assert shown(client.get(ROWS, {"tab": "agency", "changed": [case.number]})) == []


@pytest.mark.parametrize("query", [{}, {"tab": "x", "changed": ["y"]}, {"tab": "receipts", "changed": ["y"]},
                                   {"tab": "agency", "changed": ["\x00"] * 500}, {"tab": "agency"}])  # fmt: skip
def test_a_garbled_question_gets_no_row(client, sct, query):
    assert shown(client.get(ROWS, query)) == []
