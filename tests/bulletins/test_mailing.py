"""Messages to subscribers: to whom, in which words, once each, going on after a crash, and given up on in the end."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail

from bulletins.models import Mailing, Subscription
from bulletins.services import mailing, publishing, subscribing
from bulletins.subscription_links import STOP, token_of
from events import clock
from events.models import Delivery, Event, OutgoingMessage
from events.relay import Relay
from events.services.sending import record_bounce
from tests.bulletins.conftest import in_november, published, written
from tests.factories import standing
from workflows.reaching import stop_headers

pytestmark = [pytest.mark.django_db, pytest.mark.both_profiles]


LATER = smtplib.SMTPDataError(451, b"later")


def relay() -> list:
    """What the relay mails now."""
    mail.outbox.clear()
    Relay(["mailing"]).run_until_idle()
    return list(mail.outbox)


def addressed(messages) -> set[str]:
    return {message.to[0].partition("@")[0] for message in messages}


def refused(monkeypatch, *wrong: str, error=LATER) -> None:
    """A server that puts these addresses off."""
    send = mail.EmailMessage.send

    def sending(self, *args, **options):
        if self.to[0].partition("@")[0] in wrong:
            raise error
        return send(self, *args, **options)

    monkeypatch.setattr(mail.EmailMessage, "send", sending)


class TestToWhom:
    def test_by_what_they_wished(self):
        cosmetics, food = standing.group(), standing.group("food", "Thực phẩm")
        standing.subscriber("tatca@thu.example")
        standing.subscriber("khan@thu.example", "urgent")
        standing.subscriber("mypham@thu.example", "groups", (cosmetics,))
        standing.subscriber("thucpham@thu.example", "groups", (food,))
        standing.version(items=(("product:Kem trắng", cosmetics), ("advice:Lời khuyên", None)))
        assert addressed(relay()) == {"tatca", "mypham"}
        standing.version(standing.bulletin("urgent"), items=(("product:Bánh", food),), title="Khẩn")
        assert addressed(relay()) == {"tatca", "khan", "mypham", "thucpham"}

    def test_not_of_what_is_for_businesses_only(self):
        standing.subscriber()
        standing.version(standing.bulletin(audience="businesses"))
        assert relay() == []

    def test_a_correction_and_a_withdrawal_reach_whoever_was_told(self):
        cosmetics = standing.group()
        standing.subscriber("mypham@thu.example", "groups", (cosmetics,))
        standing.subscriber("khan@thu.example", "urgent")
        bulletin = standing.bulletin()
        standing.version(bulletin, items=(("product:Kem", cosmetics),))
        assert addressed(relay()) == {"mypham"}
        standing.subscriber("moi@thu.example")
        corrected = standing.version(bulletin)
        told = relay()
        assert addressed(told) == {"mypham", "moi"}
        assert "Sửa tên hàng." in told[0].body
        standing.subscriber("sau@thu.example")
        standing.withdraw(corrected)
        told = relay()
        assert addressed(told) == {"mypham", "moi"}
        assert "Thông tin không còn đúng." in told[0].body
        assert told[0].subject.startswith("Đã thu hồi")

    def test_what_was_replaced_before_it_was_told_is_not_told(self):
        standing.subscriber()
        bulletin = standing.bulletin()
        standing.version(bulletin, title="Bản đầu")
        standing.version(bulletin, title="Bản sửa")
        [message] = relay()
        assert "Bản sửa" in message.subject


class TestTheMessage:
    def test_links_headers_and_no_violator(self, settings):
        settings.PUBLIC_URL = "https://canhbao.example"
        subscription = standing.subscriber()
        items = (("product:Kem <b>trắng</b>", None), ("violator:Hộ Bí Mật", None))
        standing.version(items=items, title="Tháng 10: xem https://gia.example & gọi 0909123456")
        [message] = relay()
        stop = f"https://canhbao.example/dang-ky-nhan-tin/dung/{token_of(STOP, subscription.nonce)}/"
        assert message.extra_headers["List-Unsubscribe"] == f"<{stop}>"
        assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        [(html, _kind)] = message.alternatives
        for text in (message.body, html):
            assert stop in text
            assert "https://canhbao.example/ban-tin/" in text
            assert "Hộ Bí Mật" not in text
            assert "doc@thu.example" not in text
            assert "hxxps://gia[.]example" in text
            assert "0909123456" not in text
        assert "Kem <b>trắng</b>" in message.body
        assert "Kem &lt;b&gt;trắng&lt;/b&gt;" in html
        assert "<b>" not in html

    def test_one_click_is_offered_over_https_alone(self):
        assert "List-Unsubscribe-Post" not in stop_headers("http://localhost/x/")


class TestOnce:
    def test_every_repeat_finds_it_sent(self):
        standing.subscriber("a@thu.example")
        standing.subscriber("b@thu.example")
        standing.version()
        assert len(relay()) == 2
        Delivery.objects.update(state="due", due_at=clock.now(), token=None, attempts=0)
        assert relay() == []
        assert Event.objects.filter(kind="bulletin.mailing_owed").count() == 1

    def test_pages_go_on_where_a_relay_died(self, monkeypatch):
        monkeypatch.setattr(mailing, "PAGE", 2)
        for name in "abcde":
            standing.subscriber(f"{name}@thu.example")
        version = standing.version()
        real, sent = mailing.send_mail, []

        def dying(outgoing):
            if len(sent) == 3:
                raise KeyboardInterrupt
            sent.append(outgoing)
            return real(outgoing)

        monkeypatch.setattr(mailing, "send_mail", dying)
        with pytest.raises(KeyboardInterrupt):
            mailing.owe(version.pk, "published")
            for event in Event.objects.filter(kind="bulletin.mailing_owed").order_by("pk"):
                mailing.send_page(version.pk, "published", event.data["first"], event.data["last"])
        monkeypatch.setattr(mailing, "send_mail", real)
        assert Mailing.objects.filter(status="sent").count() == 3
        before = list(mail.outbox)
        after = relay()
        assert len(before) == 3
        assert addressed(before) | addressed(after) == set("abcde")
        assert len(before) + len(after) == 5
        assert Event.objects.filter(kind="bulletin.mailing_owed").count() == 3

    def test_who_stops_meanwhile_gets_nothing(self):
        standing.subscriber("a@thu.example")
        leaving = standing.subscriber("b@thu.example")
        version = standing.version()
        mailing.owe(version.pk, "published")
        subscribing.stop(token_of(STOP, leaving.nonce))
        assert addressed(relay()) == {"a"}


class TestFailing:
    def test_one_address_put_off_holds_back_nobody(self, monkeypatch):
        for name in "abc":
            standing.subscriber(f"{name}@thu.example")
        standing.version()
        refused(monkeypatch, "b")
        assert addressed(relay()) == {"a", "c"}
        row = Mailing.objects.get(subscription__address="b@thu.example")
        assert (row.status, row.tries) == ("owed", 1)

    def test_put_off_too_often_it_fails(self, monkeypatch):
        standing.subscriber("b@thu.example")
        version = standing.version()
        mailing.owe(version.pk, "published")
        refused(monkeypatch, "b")
        page = Event.objects.get(kind="bulletin.mailing_owed").data
        for _ in range(mailing.MOST_TRIES - 1):
            with pytest.raises(mailing.MailingUnfinished):
                mailing.send_page(version.pk, "published", page["first"], page["last"])
        mailing.send_page(version.pk, "published", page["first"], page["last"])
        assert Mailing.objects.get().status == "failed"

    def test_a_server_that_is_away_is_nobodys_fault(self, monkeypatch):
        standing.subscriber("b@thu.example")
        standing.version()
        with monkeypatch.context() as away:
            refused(away, "b", error=ConnectionRefusedError())
            assert relay() == []
        assert Mailing.objects.get().tries == 0
        with clock.frozen(clock.now() + timedelta(minutes=2)):
            assert addressed(relay()) == {"b"}

    def test_three_that_came_back_in_a_row_set_the_address_aside_until_it_is_confirmed(self):
        subscription = standing.subscriber()
        for number in range(3):
            with clock.frozen(clock.now() + timedelta(hours=number)):
                version = standing.version(title=f"Số {number}")
                assert len(relay()) == 1
                message = OutgoingMessage.objects.get(about=f"mailing:{Mailing.objects.get(version=version).pk}")
                record_bounce(message.message_id, "5.2.2")
                record_bounce(message.message_id, "5.2.2")
                relay()
                subscription.refresh_from_db()
                assert bool(subscription.set_aside_at) == (number == 2)
        with clock.frozen(clock.now() + timedelta(hours=4)):
            standing.version()
            assert relay() == []
            standing.subscriber()
            standing.version()
            assert len(relay()) == 1
        assert Subscription.objects.get().set_aside_at is None
        assert Event.objects.filter(kind="subscription.set_aside").count() == 1

    def test_logs_name_no_address(self, monkeypatch, caplog, capsys):
        standing.subscriber("bimat@thu.example")
        standing.version()
        refused(monkeypatch, "bimat", error=smtplib.SMTPRecipientsRefused({"bimat@thu.example": (450, b"bimat")}))
        relay()
        out = capsys.readouterr()
        assert "bimat" not in caplog.text + out.out + out.err
        assert "bimat" not in repr(list(Delivery.objects.values()) + list(OutgoingMessage.objects.values()))


def test_what_was_published_through_every_step_is_told_and_its_withdrawal_too(october, editor, approver, signing_key):
    standing.subscriber()
    with in_november():
        version = published(written(october, editor), editor, approver)
        [message] = relay()
        assert "Kem Trắng Da" in message.body
        assert "· Số: 01/TB-SCT\n" in message.body
        assert "Hộ kinh doanh Sen Xanh" not in message.body
        publishing.withdraw(version_id=version.pk, revision=version.revision, reason="Nhầm tên hàng.", by=approver)
        [message] = relay()
    assert "Nhầm tên hàng." in message.body
    assert "Kem Trắng Da" not in message.body


def test_queries_of_a_page_grow_by_the_message_alone(django_assert_max_num_queries):
    for number in range(10):
        standing.subscriber(f"a{number}@thu.example")
    version = standing.version()
    mailing.owe(version.pk, "published")
    page = Event.objects.get(kind="bulletin.mailing_owed").data
    with django_assert_max_num_queries(10 + 10 * 14):
        mailing.send_page(version.pk, "published", page["first"], page["last"])
