"""The citizen rates the answer on the tracking page, without JavaScript."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events import clock
from tests import factories
from tests.public.journeys import follow, lodge, visible_text
from tests.public.test_tracking import fresh, resolved
from workflows.models import Satisfaction
from workflows.services.conclusion import close_case

pytestmark = pytest.mark.django_db
RATE = "/tra-cuu/ho-so/danh-gia/"


@pytest.fixture
def citizen(province):
    """Reads the texts of the code."""
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def answered(citizen, province):
    code = lodge(citizen)
    resolved(factories.member("sct"))
    return follow(citizen, code)


def test_it_is_asked_with_the_answer_and_not_before(citizen, province):
    before = follow(citizen, lodge(citizen))
    assert RATE not in before.content.decode()
    resolved(factories.member("sct"))
    assert f'action="{RATE}"' in citizen.get("/tra-cuu/ho-so/").content.decode()


def test_a_rating_is_kept_shown_and_may_be_changed(citizen, answered):
    page = citizen.post(RATE, {"rating-score": "5", "rating-text": "Cảm ơn."}, follow=True)
    assert "You answered: 5 – very satisfied." in visible_text(page)
    assert "You rated the answer." in visible_text(page)
    page = citizen.post(RATE, {"rating-score": "4", "rating-text": ""}, follow=True)
    assert "You answered: 4 – satisfied." in visible_text(page)
    assert Satisfaction.objects.get().score == 4


def test_a_low_score_offers_to_have_the_report_looked_at_again(citizen, answered):
    page = citizen.post(RATE, {"rating-score": "1", "rating-text": "Không ai gọi lại."}, follow=True)
    assert "You may have your report looked at again." in visible_text(page)
    assert 'id="object" open' in page.content.decode()


def test_after_an_early_closing_the_sender_may_still_rate_and_object(citizen, answered):
    case = fresh()
    close_case(case_id=case.pk, by=factories.member("sct"), version=case.version)
    page = citizen.post(RATE, {"rating-score": "2"}, follow=True)
    assert 'id="object" open' in page.content.decode()
    citizen.post("/tra-cuu/ho-so/khong-dong-y/", {"objection-text": "Chưa nhận được tiền."}, follow=True)
    assert fresh().state == "accepted"


@pytest.mark.parametrize("score", ["", "0", "6", "x", "5.5", "٥"])
def test_a_wrong_score_keeps_what_was_typed(citizen, answered, score):
    page = citizen.post(RATE, {"rating-score": score, "rating-text": "Lời đã gõ"})
    assert page.status_code == 400
    assert "Lời đã gõ" in page.content.decode()
    assert not Satisfaction.objects.exists()


def test_too_late_to_change_hands_the_words_back(citizen, answered):
    citizen.post(RATE, {"rating-score": "3"})
    with clock.frozen(clock.now() + timedelta(days=20)):
        code_page = citizen.post(RATE, {"rating-score": "5", "rating-text": "Nay đã hài lòng"})
    assert "Nay đã hài lòng" in code_page.content.decode()
    assert Satisfaction.objects.get().score == 3


def test_without_the_code_nothing_is_rated(answered):
    stranger = Client()
    stranger.post(RATE, {"rating-score": "5"})
    assert stranger.get(RATE).status_code == 200
    assert not Satisfaction.objects.exists()


def test_the_page_asks_no_more_than_before_of_the_database(citizen, answered):
    citizen.post(RATE, {"rating-score": "4"})
    with CaptureQueriesContext(connection) as captured:
        citizen.get("/tra-cuu/ho-so/")
    # Two for the mark by which the page learns that there is something new, and for stopping mail.
    assert len(captured) <= 18, [q["sql"][:100] for q in captured]
