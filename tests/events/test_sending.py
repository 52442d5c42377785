"""What leaves for an address outside: once, recorded, refused, bounced, held back; no header injection."""

import io
import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command

from events import clock
from events.bounces import Bounce, bounce_in
from events.models import Delivery, OutgoingMessage, UnconfirmedAddress
from events.registry import HANDLERS, KINDS, Handler, Kind, Postponed
from events.services import sending
from events.services.delivering import deliver_batch
from events.services.recording import record_event
from events.services.sending import Outgoing, confirm_address, is_unconfirmed, record_bounce, send_mail, stable_id

pytestmark = pytest.mark.django_db
ADDRESS = "Nguoi.Nhan@thu.example"


def outgoing(key="1", address=ADDRESS, subject="Chủ đề", **more) -> Outgoing:
    return Outgoing("probe", "person:1", stable_id("tests", key), address, "Nội dung", subject, **more)


def row(key="1") -> OutgoingMessage:
    return OutgoingMessage.objects.get(message_id=stable_id("tests", key))


def test_it_is_sent_once_and_keeps_nothing_of_whom():
    assert send_mail(outgoing()) == send_mail(outgoing()) == "sent"
    (message,) = mail.outbox
    assert message.extra_headers["Message-ID"] == row().message_id
    assert (row().status, row().attempts) == ("sent", 1)
    kept = repr(OutgoingMessage.objects.values().get())
    for secret in (ADDRESS, ADDRESS.lower(), "thu.example", "Chủ đề", "Nội dung"):
        assert secret not in kept


@pytest.mark.parametrize(
    "subject", ["Tin\r\nBcc: khac@thu.example", "Tin\nX: 1", "Tin\r\n\r\nthân giả", "Tin\x0b\x0c\u2028x"]
)
def test_line_breaks_in_a_subject_make_no_header(subject):
    assert send_mail(outgoing(subject=subject)) == "sent"
    made = mail.outbox[0].message()
    assert "Bcc" not in made
    assert "X" not in made
    assert made.get_payload() == mail.outbox[0].message().get_payload()
    assert len(made["Subject"].splitlines()) == 1
    assert mail.outbox[0].recipients() == [ADDRESS]


@pytest.mark.parametrize("address", ["", "khong phai", "a@b.vn\r\nBcc: c@d.vn", "a@b.vn, c@d.vn", "a@b.vn\n"])
def test_what_is_no_address_gets_nothing(address):
    assert send_mail(outgoing(address=address)) == "refused"
    assert mail.outbox == []
    assert row().why == "malformed"


def fails_with(monkeypatch, error):
    def send(self, *args, **kwargs):
        raise error

    monkeypatch.setattr(mail.EmailMessage, "send", send)
    monkeypatch.setattr(sending, "EmailMessage", mail.EmailMessage)


def test_a_server_that_is_away_is_tried_again(monkeypatch):
    with monkeypatch.context() as away:
        fails_with(away, ConnectionRefusedError(f"to {ADDRESS}"))
        with pytest.raises(ConnectionRefusedError):
            send_mail(outgoing())
    assert (row().status, row().attempts, row().last_error) == ("queued", 1, "builtins.ConnectionRefusedError")
    assert send_mail(outgoing()) == "sent"
    assert (row().attempts, row().last_error) == (2, "")


def refusal(code, text):
    return smtplib.SMTPRecipientsRefused({ADDRESS: (code, text)})


@pytest.mark.parametrize(
    ("code", "text", "doubted"),
    [(550, b"5.1.1 <nguoi.nhan@thu.example> unknown", True), (550, b"5.7.1 policy", False), (554, b"no", False)],
)
def test_a_refusal_for_good_is_not_tried_again(monkeypatch, code, text, doubted):
    fails_with(monkeypatch, refusal(code, text))
    assert send_mail(outgoing()) == "refused"
    assert row().why == "server"
    assert ADDRESS.lower() not in row().code.lower()
    assert is_unconfirmed(ADDRESS) == doubted


def test_a_refusal_for_now_is_tried_again(monkeypatch):
    fails_with(monkeypatch, refusal(451, b"4.7.1 greylisted"))
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send_mail(outgoing())
    assert row().status == "queued"


def test_an_address_that_bounced_is_used_no_more_until_it_is_confirmed():
    send_mail(outgoing())
    assert record_bounce(row().message_id, "5.1.1")
    assert row().status == "bounced"
    assert send_mail(outgoing("2")) == "refused"
    assert row("2").why == "unconfirmed"
    assert send_mail(outgoing("3", address="khac@thu.example")) == "sent"
    assert confirm_address(f" {ADDRESS.upper()} ")
    assert send_mail(outgoing("4")) == "sent"
    assert send_mail(outgoing("1")) == "bounced", "what came back is not sent again"


@pytest.mark.parametrize("code", ["5.2.2", "5.7.26", "5.3.4"])
def test_a_full_mailbox_or_a_policy_does_not_speak_against_the_address(code):
    send_mail(outgoing())
    assert record_bounce(row().message_id, code)
    assert row().status == "bounced"
    assert not is_unconfirmed(ADDRESS)


def test_an_unknown_message_id_records_nothing():
    assert not record_bounce("<x@y>", "5.1.1")
    assert not UnconfirmedAddress.objects.exists()


# Reading bounces


def report(message_id, action="failed", status="5.1.1", original="message/rfc822") -> bytes:
    part = "text/rfc822-headers" if original == "headers" else original
    return (
        "From: MAILER-DAEMON@mx.example\nTo: no-reply@casemgr.example\nSubject: Undelivered Mail\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nSorry.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; nguoi.nhan@thu.example\nAction: {action}\nStatus: {status}\n"
        "Diagnostic-Code: smtp; 550 5.1.1 unknown\n\n"
        f"--b\nContent-Type: {part}\n\nMessage-ID:\n {message_id}\nSubject: Tin\n\nThân\n\n--b--\n"
    ).encode()


def parsed(data: bytes):
    import email

    return bounce_in(email.message_from_bytes(data))


@pytest.mark.parametrize("original", ["message/rfc822", "headers"])
def test_a_report_names_message_and_reason(original):
    assert parsed(report("<a@b>", original=original)) == Bounce("<a@b>", "5.1.1")


@pytest.mark.parametrize(
    "data",
    [
        report("<a@b>", action="delayed", status="4.4.1"),
        report("<a@b>", action="delivered", status="2.0.0"),
        report("<a@b>", status="4.2.2"),
        report("<a@b>", original="text/plain"),
        b"Subject: Re: Tin\n\nXin cam on\n",
        b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nx",
        b"\xff\xfe\x00",
        b"",
    ],
)
def test_what_is_no_failure_is_none(data):
    assert parsed(data) is None


def run(monkeypatch, source="-", data=b"") -> str:
    class Piped:
        buffer = io.BytesIO(data)

    monkeypatch.setattr("sys.stdin", Piped)
    out = io.StringIO()
    call_command("record_bounces", source, stdout=out)
    return out.getvalue()


def test_the_command_reads_one_message_from_a_pipe(monkeypatch):
    send_mail(outgoing())
    assert "1 recorded" in run(monkeypatch, data=report(row().message_id))
    assert row().status == "bounced"
    assert is_unconfirmed(ADDRESS)


def test_the_command_reads_mailboxes_again_and_again(monkeypatch, tmp_path):
    import mailbox

    send_mail(outgoing())
    box, folder = mailbox.mbox(tmp_path / "box"), mailbox.Maildir(tmp_path / "dir")
    for place in (box, folder):
        place.add(report(row().message_id))
        place.add(report("<khac@thu.example>"))
        place.add(b"Subject: Re\n\nCam on\n")
        place.flush()
    for source in (tmp_path / "box", tmp_path / "dir", tmp_path / "box"):
        assert (
            run(monkeypatch, str(source)) == "1 recorded, 1 of messages not sent from here, 1 that tell of no failure\n"
        )
    assert UnconfirmedAddress.objects.count() == 1


# Held back


@pytest.fixture
def held(monkeypatch):
    monkeypatch.setitem(KINDS, "probe.held", Kind("probe.held", ""))
    until = clock.now() + timedelta(hours=8)
    ran: list[int] = []

    def run(events):
        if clock.now() < until:
            raise Postponed(until)
        ran.extend(event.pk for event in events)

    handler = Handler("probe.held", ("probe.held",), "mail", run, batch=10)
    monkeypatch.setitem(HANDLERS, handler.name, handler)
    return handler, until, ran


@pytest.mark.parametrize("events", [1, 3])
def test_what_waits_for_the_morning_counts_no_try(held, events, admin_actor):
    handler, until, ran = held
    for n in range(events):
        record_event(f"probe:{n}", "probe.held", by=admin_actor)
    deliver_batch(handler)
    rows = Delivery.objects.filter(handler=handler.name)
    assert {(row.state, row.attempts, row.due_at, row.last_error) for row in rows} == {("due", 0, until, "")}
    assert deliver_batch(handler) == 0
    with clock.frozen(until + timedelta(seconds=1)):
        deliver_batch(handler)
    assert len(ran) == events
    assert not rows.exclude(state="done").exists()


@pytest.fixture
def admin_actor():
    from agencies.actors import System

    return System("tests")
