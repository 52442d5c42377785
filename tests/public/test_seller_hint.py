"""The hint that others have reported the seller: only from five on, never of what the police have, never how many."""

import itertools
from contextlib import contextmanager

import pytest
from django.test import Client

from casemgr.public import seller_hint
from complaints.lodgement import Person
from tests import factories
from tests.factories import cooperation, journeys
from tests.public.journeys import visible_text, walk
from workflows.models import Case, RoutingRule
from workflows.selectors.reported import ENOUGH_REPORTS, is_often_reported
from workflows.services.correspondence import add_note
from workflows.services.duplicates import link_duplicate
from workflows.states import Track

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


def passed_on(sct, other, **told):
    """``other`` had it first: it is routed there, and taken from there."""
    RoutingRule.objects.create(
        province=factories.province(), position=1, kind="violation", agency=other.agency, track=Track.VIOLATION,
        explanation="Quy tắc", effective_from="2020-01-01",
    )  # fmt: skip
    journeys.taken(other, sct, kind="violation", **told)


def helped_by(sct, other, **told):
    cooperation.asked(journeys.investigating(sct, **told).case, sct, other.agency)


def with_a_task_for(sct, other, **told):
    cooperation.action(journeys.investigating(sct, **told).case, sct, other.agency)


def asking_for_help(sct, other, **told):
    with owned_by(other, journeys.investigating(sct, **told).case) as case:
        cooperation.asked(case, other, factories.agency("hoi"))


def leading_an_action(sct, other, **told):
    with owned_by(other, journeys.investigating(sct, **told).case) as case:
        cooperation.action(case, other, factories.agency("hoi"))


def noted_by(sct, other, **told):
    with owned_by(other, journeys.accepted(sct, **told).case) as case:
        add_note(case_id=case.pk, by=other, text="Đang theo dõi.", audience="police" if other.is_police else "shared")


def received_by(sct, other, **told):
    journeys.accepted(sct, received_by=other.person.pk, received_at_agency=other.agency.pk, **told)


@contextmanager
def owned_by(other, case):
    """For a while, by hand: an offer, which passes a case on, is a trace by itself."""
    owner = case.owner
    Case.objects.filter(pk=case.pk).update(owner=other.agency)
    yield Case.objects.get(pk=case.pk)
    Case.objects.filter(pk=case.pk).update(owner=owner)


@pytest.mark.parametrize(
    "touch",
    [passed_on, helped_by, asking_for_help, with_a_task_for, leading_an_action, noted_by, received_by],
)
@pytest.mark.parametrize(("agency", "counts"), [("congan", False), ("qltt", True)])
def test_what_the_police_ever_had_a_part_in_is_never_counted(sct, touch, agency, counts):
    accepted(sct, ENOUGH_REPORTS - 1)
    touch(sct, factories.member(agency), identifiers=PHONE, person=somebody())
    assert is_often_reported(ASKED) is counts


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
