"""Pages of the citizen and the business that learn of something new: without a page, a code or a kept-open session."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from casemgr.business import access
from casemgr.public import following
from tests import factories
from tests.factories import business, journeys, talks
from workflows.services.correspondence import add_note, ask_complainant
from workflows.services.links import revoke_link
from workflows.services.rooms import say

pytestmark = pytest.mark.django_db
REPORT, NEWS = "/tra-cuu/ho-so/", "/tra-cuu/ho-so/tin-moi/"
BUSINESS_NEWS = "/doanh-nghiep/tin-moi/"


def follower(case) -> Client:
    client, answer = Client(), HttpResponse()
    following.remember(answer, case.complaint_id)
    client.cookies[following.COOKIE] = answer.cookies[following.COOKIE].value
    return client


def mark_in(answer) -> str:
    return re.search(r'data-news-mark="(\w+)"', answer.content.decode())[1]


def ask(client, mark: str, url: str = NEWS):
    return client.get(url, headers={"if-none-match": f'"{mark}"'})


@pytest.fixture
def sct():
    factories.rules()
    return factories.member("sct")


def test_the_citizen_is_told_of_what_concerns_them_alone(sct):
    case = journeys.accepted(sct).case
    citizen = follower(case)
    mark = mark_in(citizen.get(REPORT))
    assert ask(citizen, mark).status_code == 304
    add_note(case_id=case.pk, by=sct, text="Chỉ cho cơ quan.")
    assert ask(citizen, mark).status_code == 304
    ask_complainant(case_id=case.pk, by=sct, version=case.version, question="Chị còn giữ hóa đơn không ạ?")
    answer = ask(citizen, mark)
    assert (answer.status_code, answer.content) == (204, b"")
    assert ask(citizen, mark_in(citizen.get(REPORT))).status_code == 304


def test_asking_keeps_nothing_open_and_costs_three_queries(sct, django_assert_num_queries):
    case = journeys.accepted(sct).case
    citizen = follower(case)
    mark = mark_in(citizen.get(REPORT))
    with django_assert_num_queries(3):
        answer = ask(citizen, mark)
    assert following.COOKIE not in answer.cookies
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("url", [NEWS, BUSINESS_NEWS])
def test_without_an_open_page_nothing_is_answered(client, sct, url):
    assert client.get(url).status_code == 403
    client.cookies[following.COOKIE] = client.cookies[access.COOKIE] = "forged:x:y"
    answer = client.get(url)
    assert (answer.status_code, answer.content) == (403, b"")
    assert client.post(url).status_code == 405


def test_a_word_in_the_room_is_news_to_both_sides(sct):
    room = talks.negotiation(sct)
    citizen = follower(room.case)
    link = room.case.respondent_links.latest("pk")
    seller = business.signed_in(link)
    marks = [mark_in(citizen.get(f"{REPORT}thuong-luong/")), mark_in(seller.get("/doanh-nghiep/thuong-luong/"))]
    assert [ask(citizen, marks[0]).status_code, ask(seller, marks[1], BUSINESS_NEWS).status_code] == [304, 304]
    side = talks.parties(room.case)[0 if room.turn == "complainant" else 1]
    say(room_id=room.pk, by=side, text="Tôi muốn được hoàn tiền.")
    assert [ask(citizen, marks[0]).status_code, ask(seller, marks[1], BUSINESS_NEWS).status_code] == [204, 204]


def test_a_business_hears_of_its_own_and_of_the_end_of_its_link(sct, django_assert_max_num_queries):
    case = journeys.sent(sct).case
    link = case.respondent_links.latest("pk")
    seller = business.signed_in(link)
    mark = mark_in(seller.get("/doanh-nghiep/khieu-nai/"))
    add_note(case_id=case.pk, by=sct, text="Chỉ cho cơ quan.")
    with django_assert_max_num_queries(4):
        assert ask(seller, mark, BUSINESS_NEWS).status_code == 304
    revoke_link(case_id=case.pk, link_id=link.pk, by=sct)
    assert ask(seller, mark, BUSINESS_NEWS).status_code == 403
