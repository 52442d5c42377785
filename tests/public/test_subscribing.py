"""The pages of a subscription: the same answer to everybody, nothing done by looking, one click to stop, and a price when
many ask."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from bulletins.models import Subscription, SubscriptionRequest
from bulletins.subscription_links import CONFIRM, STOP, token_of
from casemgr.public import cost
from events import clock
from events.relay import Relay
from tests.factories import standing
from tests.public.journeys import visible_text

pytestmark = [pytest.mark.django_db, pytest.mark.both_profiles]
PAGE, ADDRESS = "/dang-ky-nhan-tin/", "doc@thu.example"


def ask(client, address=ADDRESS, wish="all", **more):
    return client.post(PAGE, {"address": address, "wish": wish, **more})


def confirm_page() -> str:
    return f"{PAGE}xac-nhan/{token_of(CONFIRM, SubscriptionRequest.objects.get().nonce)}/"


def stop_page(subscription) -> str:
    return f"{PAGE}dung/{token_of(STOP, subscription.nonce)}/"


def test_from_the_form_to_the_mailbox_and_out_again(citizen):
    standing.group()
    assert "Mỹ phẩm" in visible_text(citizen.get(PAGE))
    answer = ask(citizen, wish="groups", groups=["cosmetics"])
    assert (answer.status_code, answer["Location"]) == (303, f"{PAGE}da-gui/")
    assert "hộp thư" in visible_text(citizen.get(answer["Location"]))
    Relay(["mail"]).run_until_idle()
    page = confirm_page()
    assert page in mail.outbox[0].body
    for method in (citizen.get, citizen.head):
        assert method(page).status_code == 200
    assert not Subscription.objects.exists()
    assert "Mỹ phẩm" in visible_text(citizen.get(page))
    assert citizen.post(page).status_code == 200
    subscription = Subscription.objects.get()
    assert citizen.get(page).status_code == citizen.post(page).status_code == 410

    page = stop_page(subscription)
    assert citizen.get(page).status_code == 200
    assert Subscription.objects.exists()
    # As a mail program does it: no cookie, no token of a form (RFC 8058).
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(page, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscription.objects.exists()
    assert "không nhận" in visible_text(citizen.get(page))


def test_confirming_takes_the_forms_own_token(citizen):
    ask(citizen)
    assert Client(enforce_csrf_checks=True).post(confirm_page()).status_code == 403


def test_known_or_not_the_answer_is_the_same(citizen):
    standing.subscriber(ADDRESS)
    known, unknown = ask(citizen), ask(citizen, "khac@thu.example")
    assert known.status_code == unknown.status_code == 303
    assert known["Location"] == unknown["Location"]
    assert known.content == unknown.content
    for _ in range(4):
        assert ask(citizen)["Location"] == unknown["Location"]
    assert SubscriptionRequest.objects.filter(address=ADDRESS).count() == 3


def test_an_unknown_stop_link_and_a_used_one_answer_alike(citizen):
    subscription = standing.subscriber(ADDRESS)
    used, unknown = stop_page(subscription), f"{PAGE}dung/{'x' * 43}/"
    citizen.post(used)
    pages = [visible_text(method(page)) for page in (used, unknown) for method in (citizen.get, citizen.post)]
    assert len(set(pages)) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"address": ""}, "Hãy ghi địa chỉ"),
        ({"address": "không phải"}, "ten@example.com"),
        ({"address": "a@b.vn\r\nBcc: c@d.vn"}, "ten@example.com"),
        ({"address": f"{'a' * 300}@b.vn"}, "254"),
        ({"wish": ""}, "Hãy chọn"),
        ({"wish": "khac"}, "khac"),
        ({"wish": "groups"}, "ít nhất một"),
        ({"wish": "groups", "groups": ["la"]}, "la"),
        ({"address": "\x00@b.vn"}, ""),
    ],
)
def test_bad_input_gets_a_sentence_and_what_was_typed_stays(citizen, given, said):
    answer = ask(citizen, **given)
    assert answer.status_code == 200
    assert said in visible_text(answer)
    assert not SubscriptionRequest.objects.exists()
    if "wish" in given:
        assert ADDRESS in answer.content.decode()


def test_when_many_ask_the_next_one_waits(citizen, monkeypatch):
    for number in range(cost.FREE_FAILURES):
        ask(citizen, f"a{number}@thu.example")
    answer = ask(citizen)
    page = answer.content.decode()
    assert "data-proof-of-work" in page
    assert ADDRESS in page
    assert not SubscriptionRequest.objects.filter(address=ADDRESS).exists()
    # Codes of reports cost no more than before.
    assert not cost.is_demanded()
    later = clock.now() + timedelta(seconds=cost.WAIT_SECONDS + 2)
    monkeypatch.setattr("time.time", later.timestamp)
    assert ask(citizen, ticket=answer.context["ticket"]).status_code == 303


def test_pages_cost_few_queries_and_touch_no_case(citizen, django_assert_max_num_queries):
    with django_assert_max_num_queries(4) as asked:
        citizen.get(PAGE)
    assert not [query for query in asked.captured_queries if "workflows_" in query["sql"] or "complaint" in query["sql"].replace("complaints_productgroup", "")]  # fmt: skip
    # In production the counts that make a price are rows too.
    with django_assert_max_num_queries(24):
        ask(citizen)
    page = confirm_page()
    with django_assert_max_num_queries(4):
        citizen.get(page)
    with django_assert_max_num_queries(20):
        citizen.post(page)
    page = stop_page(Subscription.objects.get())
    with django_assert_max_num_queries(3):
        citizen.get(page)
