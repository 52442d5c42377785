"""Asking, confirming, ending: links, slots, what is kept and what is not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection

from agencies.models import Province
from bulletins.models import Mailing, Subscription, SubscriptionRequest
from bulletins.selectors_subscriptions import subscriber_counts
from bulletins.services import subscribing
from bulletins.subscription_links import CONFIRM, STOP, token_of
from events import clock
from events.models import Event
from events.relay import Relay
from tests import factories
from tests.factories import standing

pytestmark = [pytest.mark.django_db, pytest.mark.both_profiles]
ADDRESS = "Doc.Gia@thu.example"


def ask(address: str = ADDRESS, wish: str = "all", groups=()) -> None:
    subscribing.ask(province=factories.province(), address=address, wish=wish, groups=groups)


def confirm_token() -> str:
    return token_of(CONFIRM, SubscriptionRequest.objects.latest("pk").nonce)


def test_nothing_counts_before_it_is_confirmed_and_the_link_works_once():
    ask(groups=[standing.group()], wish="groups")
    assert not Subscription.objects.exists()
    token = confirm_token()
    assert subscribing.waiting(token)
    assert subscribing.confirm(token)
    assert not subscribing.confirm(token)
    subscription = Subscription.objects.get()
    assert [group.pk for group in subscription.groups.all()] == ["cosmetics"]
    assert not SubscriptionRequest.objects.exists()


def test_the_link_comes_by_mail_in_two_forms():
    ask()
    Relay(["mail"]).run_until_idle()
    Relay(["mail"]).run_until_idle()
    [message] = mail.outbox
    assert message.to == [ADDRESS]
    link = f"/dang-ky-nhan-tin/xac-nhan/{confirm_token()}/"
    assert link in message.body
    [(html, kind)] = message.alternatives
    assert kind == "text/html"
    assert link in html
    assert ADDRESS not in message.body + html


def test_a_link_that_is_too_old_confirms_nothing_and_is_deleted_with_its_address():
    ask()
    token = confirm_token()
    with clock.frozen(clock.now() + timedelta(hours=48, seconds=1)):
        assert not subscribing.confirm(token)
        assert subscribing.prune() == 1
    assert not SubscriptionRequest.objects.exists()


def test_neither_events_nor_tokens_tell_an_address_and_no_table_a_token():
    ask()
    token = confirm_token()
    subscribing.confirm(token)
    subscription = Subscription.objects.get()
    stop = token_of(STOP, subscription.nonce)
    subscribing.stop(stop)
    told = repr(list(Event.objects.values()))
    for secret in (ADDRESS, ADDRESS.lower(), "doc.gia", token, stop, subscription.address_digest):
        assert secret not in told
    assert [event.kind for event in Event.objects.order_by("pk")] == [
        "subscription.asked",
        "subscription.confirmed",
        "subscription.stopped",
    ]
    assert stop not in repr(vars(subscription))


def test_at_most_three_links_of_an_address_wait_however_it_is_written():
    for address in (ADDRESS, ADDRESS.lower(), ADDRESS.upper(), ADDRESS):
        ask(address)
    assert SubscriptionRequest.objects.count() == 3
    ask("khac@thu.example")
    assert SubscriptionRequest.objects.count() == 4


def test_a_known_address_is_asked_to_confirm_what_it_wants_now():
    first = standing.subscriber(ADDRESS)
    ask(wish="urgent")
    assert Subscription.objects.get().wish == "all"
    assert subscribing.confirm(confirm_token())
    now = Subscription.objects.get()
    assert (now.pk, now.wish, now.stop_digest) == (first.pk, "urgent", first.stop_digest)


def test_stopping_leaves_nothing_and_stopping_twice_is_no_fault():
    subscription = standing.subscriber(ADDRESS)
    Mailing.objects.create(subscription=subscription, version=standing.version(), news="published")
    ask()
    for _ in range(2):
        subscribing.stop(token_of(STOP, subscription.nonce))
    assert not Subscription.objects.exists()
    assert not SubscriptionRequest.objects.exists()
    assert not Mailing.objects.exists()


def test_what_was_set_aside_long_ago_is_deleted():
    subscription = standing.subscriber(ADDRESS)
    other = standing.subscriber("khac@thu.example")
    Subscription.objects.filter(pk=subscription.pk).update(set_aside_at=clock.now())
    with clock.frozen(clock.now() + timedelta(days=90, seconds=1)):
        assert subscribing.prune() == 1
    assert Subscription.objects.get() == other


def test_counts_by_wish(django_assert_num_queries):
    agency = factories.agency("sct")
    agency.provinces.add(factories.province())
    for number, wish in enumerate(("all", "all", "urgent")):
        standing.subscriber(f"a{number}@thu.example", wish)
    Subscription.objects.filter(wish="urgent").update(set_aside_at=clock.now())
    with django_assert_num_queries(1):
        assert subscriber_counts(agency) == {"all": 2, "urgent": 0, "groups": 0, "set_aside": 1}


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_no_more_than_three_links_and_two_clicks_confirm_once():
    factories.province()

    def many(act, count: int) -> list:
        def alone(_number: int):
            try:
                return act()
            finally:
                connection.close()

        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(alone, range(count)))

    province = Province.objects.get(pk=factories.PROVINCE)
    many(lambda: subscribing.ask(province=province, address=ADDRESS, wish="all"), 8)
    assert 1 <= SubscriptionRequest.objects.count() <= 3
    tokens = [token_of(CONFIRM, nonce) for nonce in SubscriptionRequest.objects.values_list("nonce", flat=True)]
    assert sum(many(lambda: subscribing.confirm(tokens[0]), 4)) == 1
    assert Subscription.objects.count() == 1
