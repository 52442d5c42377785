"""The mail that a letter has come: in the citizen's language, with nothing in it, once."""

import pytest
from django.core import mail
from django.db import connection

from complaints.lodgement import Person
from complaints.models import Complainant
from events.models import Delivery, OutgoingMessage
from events.relay import Relay
from tests import factories
from tests.factories import journeys
from tests.factories import letters as write
from workflows.letter_mail import announce, message_id
from workflows.models import LetterKind
from workflows.services.letters import Written

pytestmark = pytest.mark.django_db
SECRET = "canhbaothuxyz"
WHO = Person(name="Nguyễn Thị Bí Mật", phone="0987654321", email="bi.mat@example.vn")


@pytest.fixture
def sct():
    return factories.member("sct")


def sent(case, sct, kind=LetterKind.LETTER):
    letter = write.letter(case, sct, kind, written=Written(SECRET, SECRET, SECRET, write.SIGNATORY))
    deliver()
    letter.refresh_from_db()
    return letter


def deliver():
    """The letter's own mail; that the report was received is another's (`test_reaching`)."""
    Delivery.objects.filter(handler="workflows.news_mail").delete()
    Relay(["mail"]).run_until_idle()


@pytest.mark.parametrize("kind", [LetterKind.LETTER, LetterKind.OFFICIAL])
def test_it_says_that_a_letter_has_come_and_nothing_else(sct, kind, settings):
    case = journeys.accepted(sct, person=WHO).case
    letter = sent(case, sct, kind)
    (message,) = mail.outbox
    whole = message.message().as_bytes().decode() + message.subject + message.body
    assert message.to == [WHO.email]
    assert f"{settings.PUBLIC_URL}/tra-cuu/\n" in message.body
    for hidden in (SECRET, WHO.name, WHO.phone, case.number, case.number[3:], "Cơ quan sct", "Ánh Dương"):
        assert hidden not in whole
    assert letter.mailed_at is not None


def test_it_comes_in_the_citizens_language(sct):
    sent(journeys.accepted(sct, person=WHO, language="en").case, sct)
    sent(journeys.accepted(sct, person=WHO, language="vi").case, sct)
    assert "waiting for you" in mail.outbox[0].subject
    assert "đang chờ" in mail.outbox[1].subject


def test_a_repeat_is_recognised_by_its_id(sct):
    letter = sent(journeys.accepted(sct, person=WHO).case, sct)
    announce(letter.pk)
    assert len(mail.outbox) == 1, "what was sent is not sent again"
    type(letter).objects.filter(pk=letter.pk).update(mailed_at=None)
    announce(letter.pk)
    assert len(mail.outbox) == 1, "nor when only the letter's own mark was lost"
    type(letter).objects.filter(pk=letter.pk).update(mailed_at=None)
    OutgoingMessage.objects.update(status="queued")
    announce(letter.pk)
    first, second = (message.message()["Message-ID"] for message in mail.outbox)
    assert first == second == message_id(letter)


def test_nothing_is_mailed_without_an_address_nor_for_a_quick_reply(sct):
    sent(journeys.accepted(sct).case, sct)
    sent(journeys.accepted(sct, person=WHO).case, sct, LetterKind.QUICK)
    assert mail.outbox == []
    assert not Delivery.objects.filter(handler="workflows.letter_mail").exclude(state=Delivery.State.DONE).exists()


@pytest.mark.parametrize("address", ["a@b.vn\r\nBcc: khac@example.vn", "không phải địa chỉ", "a@b.vn, c@d.vn"])
def test_an_address_that_is_none_sends_nothing_anywhere(sct, address):
    case = journeys.accepted(sct, person=WHO).case
    Complainant.objects.filter(complaint=case.complaint_id).update(email=address)
    letter = sent(case, sct)
    assert mail.outbox == []
    assert letter.mailed_at is None


def test_a_mail_server_that_is_away_loses_nothing(sct, settings):
    case = journeys.accepted(sct, person=WHO).case
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    letter = sent(case, sct)
    owed = Delivery.objects.get(handler="workflows.letter_mail")
    assert (owed.state, letter.mailed_at) == (Delivery.State.DUE, None)
    assert WHO.email not in owed.last_error
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Delivery.objects.update(due_at=owed.event.at)
    deliver()
    assert len(mail.outbox) == 1
    assert connection.in_atomic_block
