"""Similar cases while an officer types for somebody at the counter: before anything is lodged, and never in its way."""

import pytest
from django.urls import reverse

from search.backends.base import SearchUnavailable
from tests import factories
from tests.factories import journeys
from workflows.models import Case

pytestmark = pytest.mark.django_db

URL = "/backoffice/assisted/similar/"
ACCOUNT = ("bank_account", "19035678901234")
TYPED = {
    "origin": "counter",
    "kind": "consumer",
    "narrative": "Đã chuyển khoản, người bán chặn liên lạc.",
    "bank_account": "1903 5678 9012 34",
    "identity": "named",
    "person_name": "Lê Văn Mẫu",
    "person_phone": "0977 111 222",
    "consent": "on",
    "key": "a" * 32,
}


@pytest.fixture
def desk(client, sct):
    client.force_login(sct.person)
    return client


def lodged(**fields) -> Case:
    return factories.case(**({"seller_name": "", "narrative": "Không nhận được hàng."} | fields))


def panel(client, **typed) -> str:
    answer = client.post(URL, TYPED | typed, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def away(answering, monkeypatch):
    def search(*args, **options):
        raise SearchUnavailable("away")

    monkeypatch.setattr(answering, "search", search)


def test_what_is_typed_so_far_is_compared_and_nothing_lodged(desk, deliver):
    case, other = lodged(identifiers=[ACCOUNT]), lodged(narrative="Máy giặt hỏng sau hai tuần.")
    deliver()
    html = panel(desk)
    assert f'href="{reverse("backoffice:case", args=[case.number])}"' in html
    assert 'target="_blank"' in html
    assert "…1234" in html
    assert ACCOUNT[1] not in html
    assert other.number not in html
    half = panel(desk, origin="", kind="", consent="", identity="", occurred_on="99/99")
    assert case.number in half, "a form that is half filled in, too"
    assert Case.objects.count() == 2


def test_a_number_in_the_story_counts_and_the_complainant_s_own_does_not(desk, deliver):
    case = lodged(identifiers=[("phone", "0934 567 890")])
    mine = lodged(identifiers=[("phone", "0977 111 222")])
    deliver()
    html = panel(desk, bank_account="", narrative="Gọi 0934567890 không nghe máy. Số tôi là 0977111222.")
    assert case.number in html
    assert mine.number not in html
    assert mine.number not in panel(desk, bank_account="", phone="0977111222")


def test_an_officer_is_shown_only_what_they_may_see(client, desk, sct, deliver):
    case = lodged(identifiers=[ACCOUNT])
    deliver()
    assert case.number in panel(desk)
    client.force_login(factories.member("qltt").person)
    assert case.number not in panel(client)
    Case.objects.filter(pk=case.pk).update(owner=factories.agency("qltt"))
    client.force_login(sct.person)
    assert case.number not in panel(client), "access ends at once, not with the index"


def test_who_only_helps_to_lodge_sees_what_was_lodged_there(client, deliver):
    helper = factories.member("mattran2", "intake")
    helper.agency.assisted_intake_only = True
    helper.agency.save()
    own = lodged(identifiers=[ACCOUNT], received_by=helper.person.pk, received_at_agency=helper.agency.pk)
    foreign = lodged(identifiers=[ACCOUNT])
    deliver()
    client.force_login(helper.person)
    html = panel(client)
    assert own.number in html
    assert foreign.number not in html


def test_the_page_asks_while_typing_and_without_javascript_by_a_button(desk, deliver):
    case = lodged(identifiers=[ACCOUNT])
    deliver()
    page = desk.get("/backoffice/assisted/").content.decode()
    assert f'hx-post="{URL}"' in page
    assert f'formaction="{URL}"' in page
    whole = desk.post(URL, TYPED).content.decode()
    assert case.number in whole
    assert TYPED["narrative"] in whole, "what was typed is kept"
    assert "error-summary" not in whole
    assert Case.objects.count() == 1


def test_the_page_that_asks_once_more_shows_them(desk, deliver):
    case = lodged(identifiers=[ACCOUNT])
    deliver()
    asked = desk.post("/backoffice/assisted/", TYPED | {"tax_code": "0100109107"}).content.decode()
    assert 'name="warned"' in asked
    assert case.number in asked
    assert Case.objects.count() == 1


def test_without_the_engine_it_is_said_and_the_report_is_lodged(desk, deliver, away):
    lodged(identifiers=[ACCOUNT])
    assert "Hiện chưa tìm được vụ việc tương tự" in panel(desk)
    asked = desk.post("/backoffice/assisted/", TYPED | {"tax_code": "0100109107"})
    assert asked.status_code == 200
    assert "Hiện chưa tìm được vụ việc tương tự" in asked.content.decode()
    assert desk.post("/backoffice/assisted/", TYPED).status_code == 200
    assert Case.objects.count() == 2


def test_a_failure_nobody_thought_of_does_not_stand_in_the_way_either(desk, deliver, monkeypatch):
    def broken(*args):
        raise RuntimeError("broken")

    monkeypatch.setattr("casemgr.backoffice.assisted.similar_to", broken)
    factories.rules()
    asked = desk.post("/backoffice/assisted/", TYPED | {"tax_code": "0100109107"})
    assert asked.status_code == 200
    assert "Hiện chưa tìm được vụ việc tương tự" in asked.content.decode()


def test_nothing_typed_yet_asks_nothing(desk, deliver, away):
    empty = dict.fromkeys(TYPED, "")
    assert "Hiện chưa tìm được" not in panel(desk, **empty)


def test_who_handles_no_cases_may_not_and_a_get_is_no_question(client, desk):
    assert desk.get(URL).status_code == 405
    client.force_login(factories.member("sct", "auditor").person)
    assert client.post(URL, TYPED).status_code == 403


def test_few_queries(desk, sct, deliver, django_assert_max_num_queries):
    journeys.accepted(sct, identifiers=[ACCOUNT])
    deliver()
    panel(desk)
    with django_assert_max_num_queries(16):
        panel(desk)
