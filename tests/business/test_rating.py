"""The business rates how the complaint against it was handled, by the link that told it the result."""

import pytest
from django.urls import reverse

from tests import factories
from tests.factories import business, journeys
from workflows.models import Party, Purpose, Satisfaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def sct():
    return factories.member("sct")


@pytest.fixture
def told(sct):
    """A resolved case and a browser of the business that was told how it ended."""
    case = journeys.resolved(sct).case
    return case, business.signed_in(business.sent_link(case, sct, Purpose.RESULT).link)


def rate(client, score="4", text=""):
    return client.post(reverse("business:rate"), {"rating-score": score, "rating-text": text})


def test_the_rating_is_the_businesss_and_may_be_changed(told):
    case, client = told
    assert rate(client, "2", "Chờ lâu quá.").status_code == 302
    assert rate(client, "4", "Đã rõ.").status_code == 302
    given = Satisfaction.objects.get(case=case)
    assert (given.party, given.score, given.reason.text) == (Party.BUSINESS, 4, "Đã rõ.")
    page = client.get(reverse("business:result")).content.decode()
    assert "Đã rõ." in page


def test_what_the_business_writes_is_not_the_citizens_to_read(told):
    from agencies.actors import Citizen
    from workflows.models import Remark

    case, client = told
    rate(client, "1", "Riêng cho cơ quan.")
    assert not Remark.objects.visible_to(Citizen(case.complaint_id)).filter(text="Riêng cho cơ quan.").exists()


def test_a_score_outside_is_refused_and_the_text_stays(told):
    _case, client = told
    answer = rate(client, "9", "Tôi đã viết điều này.")
    assert answer.status_code == 400
    assert "Tôi đã viết điều này." in answer.content.decode()
    assert not Satisfaction.objects.exists()


def test_nothing_to_rate_while_the_case_is_open(sct):
    case = journeys.investigating(sct).case
    client = business.signed_in(business.sent_link(case, sct, Purpose.RESULT).link)
    assert "rating-score" not in client.get(reverse("business:result")).content.decode()
    assert rate(client).status_code == 400
    assert not Satisfaction.objects.exists()


def test_a_link_for_another_purpose_rates_nothing(sct):
    case = journeys.resolved(sct).case
    client = business.signed_in(business.sent_link(case, sct, Purpose.ANSWER).link)
    assert rate(client).status_code == 403
    assert not Satisfaction.objects.exists()
