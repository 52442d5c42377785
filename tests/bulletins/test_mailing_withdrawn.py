"""Whoever may have been sent a bulletin is told of its withdrawal and correction; nobody is sent what no longer stands."""

from threading import Thread

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from bulletins.models import Mailing
from bulletins.services import mailing
from events import clock
from events.models import Event
from events.relay import Relay
from tests.factories import standing

pytestmark = [pytest.mark.django_db, pytest.mark.both_profiles]


def relay() -> list[str]:
    """Subjects of what the relay mails now."""
    mail.outbox.clear()
    Relay(["mailing"]).run_until_idle()
    return [message.subject for message in mail.outbox]


def send_all(version, news="published") -> None:
    for event in Event.objects.filter(kind="bulletin.mailing_owed", data__version=version.pk, data__news=news):
        mailing.send_page(version.pk, news, event.data["first"], event.data["last"])


@pytest.fixture
def owed():
    """A version owed to one subscriber."""
    standing.subscriber()
    version = standing.version()
    mailing.owe(version.pk, "published")
    return version


def dying(monkeypatch, version, *, sends: bool) -> None:
    """A relay that dies while the server has the message, before or after it is sent."""
    with monkeypatch.context() as patched:
        real = mailing.send_mail

        def send_and_die(outgoing):
            if sends:
                real(outgoing)
            raise KeyboardInterrupt

        patched.setattr(mailing, "send_mail", send_and_die)
        with pytest.raises(KeyboardInterrupt):
            send_all(version)


def test_withdrawn_while_a_message_is_with_the_server(owed, monkeypatch):
    with monkeypatch.context() as patched:
        real = mailing.send_mail

        def slowly(outgoing):
            standing.withdraw(owed)
            mailing.owe(owed.pk, "withdrawn")
            return real(outgoing)

        patched.setattr(mailing, "send_mail", slowly)
        send_all(owed)
    [subject] = relay()
    assert subject.startswith("Đã thu hồi")
    assert set(Mailing.objects.values_list("news", "status")) == {("published", "sent"), ("withdrawn", "sent")}


def test_withdrawn_before_the_message_is_begun(owed, monkeypatch):
    real = mailing.news_of

    def after_the_page_was_read(version, news):
        told = real(version, news)
        standing.withdraw(owed)
        mailing.owe(owed.pk, "withdrawn")
        return told

    monkeypatch.setattr(mailing, "news_of", after_the_page_was_read)
    mail.outbox.clear()
    send_all(owed)
    monkeypatch.setattr(mailing, "news_of", real)
    assert mail.outbox == []
    assert relay() == []
    assert not Mailing.objects.exists()


@pytest.mark.parametrize("sends", [True, False])
def test_a_relay_that_died_meanwhile(owed, monkeypatch, sends):
    dying(monkeypatch, owed, sends=sends)
    assert Mailing.objects.get().begun_at
    standing.withdraw(owed)
    [subject] = relay()
    assert subject.startswith("Đã thu hồi")
    assert set(Mailing.objects.values_list("news", "status")) == {("published", "unsure"), ("withdrawn", "sent")}


def test_what_was_given_up_still_counts_for_a_later_withdrawal(owed, monkeypatch):
    """The row is given up before anybody is owed the withdrawal."""
    dying(monkeypatch, owed, sends=True)
    standing.withdraw(owed)
    send_all(owed)
    assert Mailing.objects.get().status == "unsure"
    assert len(relay()) == 1


def test_a_correction_reaches_who_may_have_been_sent_what_it_replaces(monkeypatch):
    cosmetics = standing.group()
    standing.subscriber("mypham@thu.example", "groups", (cosmetics,))
    bulletin = standing.bulletin()
    version = standing.version(bulletin, items=(("product:Kem", cosmetics),))
    mailing.owe(version.pk, "published")
    dying(monkeypatch, version, sends=True)
    standing.version(bulletin)
    assert len(relay()) == 1


def test_what_may_have_been_sent_was_begun(owed):
    with pytest.raises(IntegrityError), transaction.atomic():
        Mailing.objects.update(status="unsure", settled_at=clock.now())


@pytest.mark.django_db(transaction=True)
def test_beginning_waits_for_a_withdrawal_that_is_under_way():
    standing.subscriber()
    version = standing.version()
    mailing.owe(version.pk, "published")
    mail.outbox.clear()

    def page() -> None:
        try:
            send_all(version)
        finally:
            connection.close()

    other = Thread(target=page)
    with transaction.atomic():
        standing.withdraw(version)
        other.start()
        other.join(0.5)
        assert other.is_alive()
    other.join(30)
    assert not other.is_alive()
    assert mail.outbox == []
    assert relay() == []
