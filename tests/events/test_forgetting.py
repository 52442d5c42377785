"""Records of messages outside are kept for a while, and no longer."""

from datetime import timedelta

import pytest

from events import clock
from events.jobs import forget_messages
from events.models import Event, OutgoingMessage, UnconfirmedAddress
from events.services.sending import (
    Outgoing,
    forget_old_messages,
    record_bounce,
    send_mail,
    stable_id,
    unconfirmed_among,
)

pytestmark = pytest.mark.django_db


def sent(name: str, days: int = 0) -> OutgoingMessage:
    outgoing = Outgoing(
        "test", f"contact:{len(name)}", stable_id("test", name), f"{name}@example.vn", "Text", "Subject"
    )
    with clock.frozen(clock.now() - timedelta(days=days)):
        send_mail(outgoing)
    return OutgoingMessage.objects.get(message_id=outgoing.message_id)


def test_what_is_older_than_the_setting_goes(settings):
    settings.OUTGOING_MESSAGES_KEPT_DAYS = 100
    sent("old", 101)
    young = sent("young", 99)
    forget_messages()
    assert [row.pk for row in OutgoingMessage.objects.all()] == [young.pk]


def test_what_an_address_is_doubted_for_stays(settings):
    row = sent("bounced", 900)
    record_bounce(row.message_id, "5.1.1")
    forget_messages()
    assert UnconfirmedAddress.objects.get().message == row


def test_many_go_in_parts():
    for at in range(5):
        sent(f"old{at}", 900)
    assert forget_old_messages(clock.now(), at_most=2) == 2
    forget_messages()
    assert not OutgoingMessage.objects.exists()


def test_one_query_tells_which_addresses_are_doubted(django_assert_num_queries):
    record_bounce(sent("a").message_id, "5.1.1")
    with django_assert_num_queries(1):
        assert unconfirmed_among({"a@example.vn", "b@example.vn"}) == {"a@example.vn"}
    with django_assert_num_queries(0):
        assert unconfirmed_among([]) == set()


def test_a_message_that_did_not_arrive_is_told_with_ids_alone():
    row = sent("a")
    record_bounce(row.message_id, "5.2.2")
    record_bounce(row.message_id, "5.2.2")
    event = Event.objects.get(kind="messages.unreached")
    assert event.data == {"message": row.pk, "about": row.about}
