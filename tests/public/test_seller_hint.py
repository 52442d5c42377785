"""The hint that others have reported the seller: only from five on, never of what the police have, never how many."""

import itertools

import pytest
from django.test import Client

from casemgr.public import seller_hint
from complaints.lodgement import Person
from tests import factories
from tests.factories import journeys
from tests.public.journeys import visible_text, walk
from workflows.models import Case
from workflows.selectors.reported import ENOUGH_REPORTS, is_often_reported
from workflows.services.duplicates import link_duplicate

pytestmark = [pytest.mark.django_db, pytest.mark.both_profiles]
PHONE = [("phone", "0912 345 678")]
HINT = "Đã có nhiều phản ánh về người bán này"
ASKED = [("phone", "+84912345678")]
_numbers = itertools.count(1)


@pytest.fixture
def sct(province):
    return factories.member("sct")


def accepted(by, count: int = 1, **fields) -> list[Case]:
    return [journeys.accepted(by, **({"identifiers": PHONE, "person": somebody()} | fields)).case for _ in range(count)]


def somebody() -> Person:
    """Another person each time: reports of one sender are one."""
    return Person(name="Trần Thị Mẫu", phone=f"0987{next(_numbers):06}")


def test_from_five_reports_on_and_never_how_many(citizen, sct):
    cases = accepted(sct, ENOUGH_REPORTS - 1)
    assert HINT not in visible_text(walk(citizen))
    cases += accepted(sct)
    page = visible_text(walk(citizen))
    assert HINT in page
    assert "113" in page
    for case in cases:
        assert case.number not in page
    assert visible_text(walk(citizen, seller={"phone": "0934 567 890"})).count(HINT) == 0
    accepted(sct, 3)
    assert visible_text(walk(citizen)) == page


def test_nothing_given_about_the_seller_asks_nothing(citizen, sct, monkeypatch):
    monkeypatch.setattr(seller_hint, "is_often_reported", lambda given: pytest.fail("asked"))
    assert HINT not in visible_text(walk(citizen, seller={"phone": ""}))


def test_new_refused_withdrawn_and_duplicate_reports_do_not_count(sct):
    first, *others = accepted(sct, ENOUGH_REPORTS)
    assert is_often_reported(ASKED)
    link_duplicate(
        case_id=others[0].pk, primary=first.number, explanation="Cùng việc.", by=sct, version=others[0].version
    )
    for made in (journeys.lodged, journeys.refused, journeys.withdrawn):
        made(sct, identifiers=PHONE, person=somebody())
    assert not is_often_reported(ASKED)
    accepted(sct)
    assert is_often_reported(ASKED)


def test_what_the_police_have_is_never_counted(sct):
    accepted(sct, ENOUGH_REPORTS - 1)
    told = {"identifiers": PHONE, "person": Person(name="Trần Thị Mẫu", phone="0987654321")}
    accepted(sct, kind="crime")
    journeys.offered(sct, factories.agency("congan"), **told)
    journeys.taken(sct, factories.member("congan"), **told)
    assert not is_often_reported(ASKED)


def test_what_a_story_only_mentions_and_names_do_not_count(sct):
    accepted(sct, ENOUGH_REPORTS, identifiers=[], narrative="Tổng đài ngân hàng 0912345678 bảo tôi báo công an.")
    assert not is_often_reported(ASKED)
    assert not is_often_reported([("barcode", "8934563138165"), ("phone", "")])


def test_whoever_asks_too_often_gets_no_hint(citizen, sct):
    accepted(sct, ENOUGH_REPORTS)
    for _ in range(seller_hint.ANSWERS):
        page = walk(citizen)
    assert HINT in visible_text(page)
    assert HINT not in visible_text(citizen.get("/gui/kiem-tra/"))
    # Another browser of the same client is the same client; another client is not.
    again, elsewhere = (
        Client(headers={"accept-language": "vi"}),
        Client(headers={"accept-language": "vi"}, REMOTE_ADDR="203.0.113.9"),
    )
    assert HINT not in visible_text(walk(again))
    assert HINT in visible_text(walk(elsewhere))


def test_a_failure_is_no_hint_and_the_report_goes_on(citizen, sct, monkeypatch):
    accepted(sct, ENOUGH_REPORTS)

    def broken(given):
        raise RuntimeError("away")

    monkeypatch.setattr(seller_hint, "is_often_reported", broken)
    page = walk(citizen)
    assert page.status_code == 200
    assert HINT not in visible_text(page)


def test_one_query(sct, django_assert_num_queries):
    accepted(sct, ENOUGH_REPORTS)
    with django_assert_num_queries(1):
        assert is_often_reported([*ASKED, ("bank_account", "19035678901234"), ("shop", "facebook:x")])
