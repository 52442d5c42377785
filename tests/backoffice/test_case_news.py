"""What changed of a case since its page was opened: told to whom it may be told."""

import re

import pytest

from tests import factories
from tests.factories import journeys
from workflows.models import Case
from workflows.services.access import show_identity
from workflows.services.conclusion import withdraw_case
from workflows.services.correspondence import add_note, ask_complainant

pytestmark = pytest.mark.django_db


def news_of(client, case, page: str):
    """Asked as the page asks."""
    address = re.search(r'hx-get="([^"]*/news/[^"]*)"', page)[1].replace("&amp;", "&")
    assert case.number in address
    return client.get(address)


@pytest.fixture
def opened(client):
    """The member, a case of theirs, and its page as it was opened."""
    member = factories.member("sct")
    case = journeys.accepted(member).case
    client.force_login(member.person)
    return member, case, client.get(f"/backoffice/cases/{case.number}/").content.decode()


def test_nothing_is_said_while_nothing_changed(client, opened):
    member, case, page = opened
    show_identity(case_id=case.pk, by=member)  # a look is no change
    answer = news_of(client, case, page)
    assert (answer.status_code, answer.content.decode().strip()) == (200, "")
    assert answer["Cache-Control"] == "no-store"


def test_a_move_says_what_who_and_to_reload(client, opened):
    _member, case, page = opened
    colleague = factories.member("sct")
    ask_complainant(case_id=case.pk, by=colleague, version=case.version, question="Chị còn giữ hóa đơn không ạ?")
    told = news_of(client, case, page).content.decode()
    assert colleague.person.name in told
    assert "Tải lại" in told
    assert "trước khi thực hiện" in told
    assert "hóa đơn" not in told


def test_a_note_lets_one_go_on(client, opened):
    _member, case, page = opened
    add_note(case_id=case.pk, by=factories.member("sct"), text="Đã gọi điện.")
    told = news_of(client, case, page).content.decode()
    assert "Bạn vẫn có thể làm tiếp" in told
    assert "Đã gọi điện" not in told


def test_a_note_one_may_not_read_is_not_told_of(client):
    member, police = factories.member("sct"), factories.member("congan")
    case = journeys.offered(member, police.agency).case
    client.force_login(police.person)
    page = client.get(f"/backoffice/cases/{case.number}/").content.decode()
    add_note(case_id=case.pk, by=member, text="Chỉ cho cơ quan tôi.")
    assert news_of(client, case, page).content.decode().strip() == ""


def test_a_case_that_went_elsewhere_is_not_ones_to_see(client, opened):
    _member, case, page = opened
    Case.objects.filter(pk=case.pk).update(owner=factories.agency("congan"), handler=None)
    answer = news_of(client, case, page)
    assert answer.status_code == 404
    told = answer.content.decode()
    assert "Bạn không còn quyền xem vụ việc này" in told
    assert "<html" not in told
    nonexistent = client.get("/backoffice/cases/82-00000-00000/news/?seen=1&version=1")
    assert (nonexistent.status_code, nonexistent.content) == (404, answer.content)


@pytest.mark.parametrize("query", ["", "?seen=x&version=-1", "?seen=99999999999999999999&version=²"])
def test_a_garbled_question_gets_an_answer(client, opened, query):
    _member, case, _page = opened
    assert client.get(f"/backoffice/cases/{case.number}/news/{query}").status_code == 200


def test_asking_costs_little(client, opened, django_assert_max_num_queries):
    _member, case, page = opened
    withdraw_case(case_id=case.pk, by=_citizen(case), reason="Đã được hoàn tiền.")
    with django_assert_max_num_queries(10):
        news_of(client, case, page)


def _citizen(case):
    from agencies.actors import Citizen

    return Citizen(case.complaint_id)
