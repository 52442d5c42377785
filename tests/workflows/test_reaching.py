"""Messages to a sender: what they hold, when they go, and how they are ended."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings as project
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from agencies.actors import Citizen
from complaints.lodgement import Person
from complaints.models import Complainant, Complaint
from events import clock
from events.models import Delivery, Event, OutgoingMessage
from events.registry import HANDLERS
from events.relay import Relay
from events.services.delivering import deliver_batch
from events.services.sending import record_bounce
from tests import factories
from tests.factories import journeys
from workflows.deadlines import HANOI
from workflows.models import Case, MailStop
from workflows.quiet_hours import quiet_until
from workflows.reaching import stop_link
from workflows.services.correspondence import ask_complainant
from workflows.services.mail_stops import stop_messages

pytestmark = pytest.mark.django_db
WHO = Person(name="Nguyễn Thị Bí Mật", phone="0987654321", email="bi.mat@example.vn")


@pytest.fixture
def sct():
    return factories.member("sct")


def deliver():
    Relay(["mail"]).run_until_idle()
    return mail.outbox


def asked(sct, **fields):
    case = journeys.investigating(sct, **({"person": WHO} | fields)).case
    return ask_complainant(case_id=case.pk, by=sct, version=case.version, question="Hóa đơn màu gì?")


# What comes


def test_a_report_is_answered_by_a_receipt_without_its_code():
    receipt = factories.lodge(person=WHO)
    (message,) = deliver()
    assert message.to == [WHO.email]
    whole = message.subject + message.body
    case = Case.objects.get(pk=receipt.case_id)
    for hidden in (receipt.code, case.number, WHO.name, WHO.phone, "Ánh Dương"):
        assert hidden not in whole
    assert OutgoingMessage.objects.get().purpose == "receipt"


@pytest.mark.parametrize("origin", ["import", "own_initiative"])
def test_nobody_waits_for_a_receipt_of_an_import(origin):
    receipt = factories.lodge(person=WHO)
    Complaint.objects.filter(case=receipt.case_id).update(origin=origin)
    assert deliver() == []


def test_a_question_and_a_hand_off_are_told_in_the_persons_language(sct):
    asked(sct, language="en")
    subjects = [message.subject for message in deliver()]
    assert subjects == ["We received your report", "There is something to read about your report"]


def test_a_hand_off_is_told(sct):
    police = factories.member("congan")
    case = journeys.accepted(sct, person=WHO).case
    from workflows.services.referral import refer_case, take_referral

    case = refer_case(case_id=case.pk, to=police.agency, by=sct, reason="Chuyển.", version=case.version)
    take_referral(case_id=case.pk, by=police, version=case.version)
    deliver()
    assert list(OutgoingMessage.objects.order_by("pk").values_list("purpose", flat=True)) == ["receipt", "news"]


def test_who_left_no_address_costs_nothing_more(django_assert_num_queries):
    for person in (
        Person(),
        Person(name="Không thư", phone="0912000111"),
        WHO,
        Person(name="Sai", email="không phải thư"),
    ):
        factories.lodge(person=person)
    events = list(Event.objects.filter(kind="case.lodged").order_by("pk"))
    with django_assert_num_queries(1):
        HANDLERS["workflows.news_mail"].run([event for event in events if event != events[2]])
    HANDLERS["workflows.news_mail"].run(events)
    assert [message.to for message in mail.outbox] == [[WHO.email]]


# At night


def at(hour, minute=0, day=26):
    return clock.frozen(datetime(2026, 11, day, hour, minute, tzinfo=HANOI))


@pytest.mark.parametrize(
    ("hour", "minute", "until"),
    [
        (21, 59, None),
        (22, 0, (27, 7)),
        (23, 59, (27, 7)),
        (0, 0, (26, 7)),
        (6, 59, (26, 7)),
        (7, 0, None),
        (12, 0, None),
    ],
)
def test_when_it_is_quiet(settings, hour, minute, until):
    settings.QUIET_HOURS = "22-7"
    with at(hour, minute):
        found = quiet_until(clock.now())
    assert found == (datetime(2026, 11, until[0], until[1], tzinfo=HANOI) if until else None)


def test_quiet_hours_need_not_pass_midnight(settings):
    settings.QUIET_HOURS = "12-14"
    with at(13):
        assert quiet_until(clock.now()) == datetime(2026, 11, 26, 14, tzinfo=HANOI)
    with at(14):
        assert quiet_until(clock.now()) is None


@pytest.mark.parametrize("text", ["22", "22-22", "25-7", "x"])
def test_hours_that_are_none_are_said_to_be(settings, text):
    settings.QUIET_HOURS = text
    with pytest.raises(ImproperlyConfigured):
        quiet_until(clock.now())


def test_at_night_news_waits_for_the_morning_and_a_receipt_does_not(sct, settings):
    settings.QUIET_HOURS = "22-7"
    with at(23):
        asked(sct)
        subjects = [message.subject for message in deliver()]
        assert len(subjects) == 1, "the receipt: the person sent the report a moment ago"
    held = Delivery.objects.get(handler="workflows.news_mail", state="due", event__kind="case.question_asked")
    assert (held.attempts, held.last_error) == (0, "")
    assert held.due_at == datetime(2026, 11, 27, 7, tzinfo=HANOI)
    with at(7, 1, day=27):
        assert len(deliver()) == 2


# Ended


def path_of(complaint_id):
    return stop_link(complaint_id).removeprefix(project.PUBLIC_URL)


def test_each_message_can_be_ended_with_one_click(sct, settings):
    settings.PUBLIC_URL = "https://khieunai.example"
    asked(sct)
    for message in deliver():
        sent = message.message()
        link = sent["List-Unsubscribe"].strip("<>")
        assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert link.startswith("https://khieunai.example/thu-bao/dung/")
        assert link in message.body


def test_without_tls_the_page_is_offered_and_no_single_click(sct):
    asked(sct)
    sent = deliver()[0].message()
    assert sent["List-Unsubscribe"]
    assert sent["List-Unsubscribe-Post"] is None


def test_a_post_without_cookie_ends_them_and_says_so(sct):
    case = asked(sct)
    browser = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    answer = browser.post(path_of(case.complaint_id), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "You get no more messages" in answer.content.decode()
    assert MailStop.objects.get().complaint_id == case.complaint_id
    assert [m.subject for m in deliver()] == [
        m.subject for m in mail.outbox if "nhận" in m.subject or "received" in m.subject
    ]
    browser.post(path_of(case.complaint_id))
    assert Event.objects.filter(kind="case.messages_stopped").count() == 1, "a second click changes nothing"


def test_looking_ends_nothing(sct):
    case = asked(sct)
    for method in ("get", "head"):
        assert getattr(Client(), method)(path_of(case.complaint_id)).status_code == 200
    assert not MailStop.objects.exists()


def test_it_can_be_undone_on_the_same_page(sct):
    case = asked(sct)
    stop_messages(by=Citizen(case.complaint_id))
    token = path_of(case.complaint_id).split("/")[-2]
    browser = Client(headers={"accept-language": "en"})
    assert "Send me messages again" in browser.get(path_of(case.complaint_id)).content.decode()
    assert browser.post(reverse("public:mail-resume", args=[token]))["Location"] == path_of(case.complaint_id)
    assert not MailStop.objects.exists()
    assert Event.objects.filter(kind="case.messages_resumed").count() == 1


@pytest.mark.parametrize("token", ["x", "1", "1:abc", "1:" + "a" * 43, "x:y:z"])
def test_a_forged_token_ends_nothing(sct, token):
    asked(sct)
    for name in ("public:mail-stop", "public:mail-resume"):
        assert Client().post(reverse(name, args=[token])).status_code == 404
    assert not MailStop.objects.exists()


def test_the_page_tells_nothing_of_the_report(sct):
    case = asked(sct)
    html = Client().get(path_of(case.complaint_id)).content.decode()
    for hidden in (case.number, WHO.email, WHO.name, "Ánh Dương", "Hóa đơn"):
        assert hidden not in html


# On the report's own page


def follow(receipt_code):
    browser = Client(headers={"accept-language": "en"})
    browser.post(reverse("public:track"), {"code": receipt_code})
    return browser


def test_the_report_says_where_messages_go_and_ends_them():
    receipt = factories.lodge(person=WHO)
    browser = follow(receipt.code)
    html = browser.get(reverse("public:report")).content.decode()
    assert "b•••@e•••.vn" in html
    assert WHO.email not in html
    browser.post(reverse("public:messages"), {"do": "stop"})
    assert "Send me messages again" in browser.get(reverse("public:report")).content.decode()
    browser.post(reverse("public:messages"), {"do": "resume"})
    assert not MailStop.objects.exists()
    assert browser.post(reverse("public:messages"), {"do": "x"}).status_code == 302


def test_an_address_that_came_back_is_said_and_confirmed():
    receipt = factories.lodge(person=WHO)
    deliver()
    record_bounce(OutgoingMessage.objects.get().message_id, "5.1.1")
    browser = follow(receipt.code)
    assert "came back" in browser.get(reverse("public:report")).content.decode()
    browser.post(reverse("public:messages"), {"do": "confirm"})
    assert "came back" not in browser.get(reverse("public:report")).content.decode()
    assert Event.objects.filter(kind="case.address_confirmed").exists()


def test_without_the_cookie_nothing_is_ended():
    factories.lodge(person=WHO)
    assert Client().post(reverse("public:messages"), {"do": "stop"}).status_code == 200, "the code is asked for"
    assert not MailStop.objects.exists()


# By telephone


def test_who_gave_a_number_alone_is_written_to_where_short_messages_go_out(settings, capsys):
    settings.SMS_URL, settings.DEBUG = "console:", True
    receipt = factories.lodge(person=Person(name="Trần Thị Mẫu", phone="0912 345 678"))
    deliver()
    said = capsys.readouterr().out
    assert "SMS +84912345678: " in said
    assert receipt.code not in said
    assert OutgoingMessage.objects.get().channel == "text"


def test_without_a_gateway_a_number_gets_nothing(settings):
    assert settings.SMS_URL == ""
    factories.lodge(person=Person(name="Trần Thị Mẫu", phone="0912345678"))
    assert deliver() == []
    assert not OutgoingMessage.objects.exists()
    assert not Delivery.objects.filter(handler="workflows.news_mail", state="due").exists()


def test_an_address_with_a_line_break_sends_nothing_anywhere(sct):
    case = asked(sct)
    Complainant.objects.filter(complaint=case.complaint_id).update(email="a@b.vn\r\nBcc: khac@example.vn", phone="")
    assert deliver() == []


def test_an_agencys_name_with_a_line_break_is_one_subject_line(sct):
    from tests.factories import business

    type(sct.agency).objects.filter(pk=sct.agency.pk).update(name="Sở\r\nBcc: khac@example.vn")
    business.sent_link(factories.case(), sct)
    messages = [m for m in deliver() if "Bcc: khac@example.vn" in m.subject]
    assert messages
    for message in messages:
        assert len(message.message()["Subject"].splitlines()) == 1
        assert message.recipients() == message.to
        assert message.message()["Bcc"] is None


def test_old_news_held_over_the_night_is_still_news(sct, settings):
    settings.QUIET_HOURS = "22-7"
    with at(22, 30):
        asked(sct)
        deliver()
    with at(7, 0, day=27), clock.frozen(datetime(2026, 11, 27, 7, tzinfo=HANOI) + timedelta(minutes=1)):
        assert len(deliver()) == 2


# Many at once


def test_many_reports_are_looked_at_together_and_one_that_fails_holds_none_back(monkeypatch):
    """Each that could be sent is, once."""
    for number in range(4):
        person = Person(name="Nguyễn Thị Bí Mật", email=f"so-{number}@example.vn")
        factories.lodge(person=person, idempotency_key=f"{number:032x}")
    send = EmailMessage.send
    monkeypatch.setattr(EmailMessage, "send", lambda self: 1 / 0 if self.to == ["so-1@example.vn"] else send(self))
    assert deliver_batch(HANDLERS["workflows.news_mail"]) == 4
    assert sorted(message.to[0] for message in mail.outbox) == [f"so-{n}@example.vn" for n in (0, 2, 3)]
    owed = Delivery.objects.filter(handler="workflows.news_mail", state=Delivery.State.DUE)
    assert [one.last_error for one in owed] == ["builtins.ZeroDivisionError"]
