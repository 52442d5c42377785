"""Mail to staff: at once, and each morning."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from agencies.actors import Citizen
from agencies.models import Membership, Role
from events import clock
from events.models import Delivery, Event, OutgoingMessage
from events.relay import Relay
from events.services.sending import record_bounce
from notifications.handlers import mail_notices
from notifications.jobs import send_summaries
from notifications.models import DailyDigest
from notifications.notice_mail import message_id
from notifications.services.preferences import choose_ways, make_compulsory
from notifications.summaries import sum_up
from tests import factories
from tests.backoffice.conftest import sign_in
from workflows.deadlines import HANOI
from workflows.models import Case
from workflows.services.acceptance import accept_case
from workflows.services.correspondence import supplement_case
from workflows.services.referral import refer_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(desk):
    return desk["sct", Role.INTAKE]


def deliver():
    Relay(["notify", "mail"]).run_until_idle()


def supplemented(case=None):
    case = case or factories.case()
    supplement_case(case_id=case.pk, by=Citizen(case.complaint_id), text="Bí mật của tôi.")
    return case


# At once


def test_who_chose_mail_gets_one_with_nothing_of_the_case(officer, settings):
    choose_ways(by=officer, chosen={"sender": "mail"})
    case = supplemented()
    deliver()
    (message,) = mail.outbox
    assert message.to == [officer.person.email]
    whole = message.message().as_bytes().decode() + message.subject + message.body
    for hidden in (case.number, "Bí mật", "Trần Thị Mẫu", "0912345678", "Ánh Dương", officer.person.name):
        assert hidden not in whole
    assert f"{settings.PUBLIC_URL}/backoffice/inbox/" in message.body
    assert OutgoingMessage.objects.get(purpose="notice").status == "sent"


def test_a_repeat_is_recognised(officer):
    choose_ways(by=officer, chosen={"sender": "mail"})
    supplemented()
    deliver()
    owed = Event.objects.get(kind="notices.mail_owed")
    mail_notices([owed])
    assert len(mail.outbox) == 1
    OutgoingMessage.objects.update(status="queued")  # as a relay leaves it that died after sending
    mail_notices([owed])
    assert [m.extra_headers["Message-ID"] for m in mail.outbox] == [message_id("notice", owed, officer.person)] * 2


def test_who_left_the_agency_meanwhile_gets_none(officer):
    choose_ways(by=officer, chosen={"sender": "mail"})
    supplemented()
    Relay(["notify"]).run_until_idle()
    Membership.objects.filter(person=officer.person).update(revoked_at=clock.now())
    deliver()
    assert mail.outbox == []


def test_one_who_cannot_be_written_to_holds_back_nobody(desk, officer):
    make_compulsory(by=desk["sct", Role.SUPERVISOR], chosen={"sender": "mail"})
    type(officer.person).objects.filter(pk=officer.person.pk).update(email="x@y.vn\r\nBcc: z@y.vn")
    supplemented()
    deliver()
    assert [message.to for message in mail.outbox] == [[desk["sct", Role.SUPERVISOR].person.email]]
    refused = OutgoingMessage.objects.get(status="refused")
    assert (refused.why, refused.about) == ("malformed", f"person:{officer.person.pk}")


def test_an_address_that_bounced_is_left_alone_until_its_owner_confirms(officer):
    choose_ways(by=officer, chosen={"sender": "mail"})
    case = supplemented()
    deliver()
    record_bounce(OutgoingMessage.objects.get().message_id, "5.1.1")
    supplemented(case)
    deliver()
    assert len(mail.outbox) == 1
    client = sign_in(officer)
    page = client.get("/backoffice/inbox/settings/").content.decode()
    assert "came back" in page
    client.post("/backoffice/inbox/settings/address/")
    assert "came back" not in client.get("/backoffice/inbox/settings/").content.decode()
    assert Event.objects.filter(kind="notices.address_confirmed").exists()
    supplemented(case)
    deliver()
    assert len(mail.outbox) == 2


# Each morning


def morning(day=26, hour=7, minute=31):
    return clock.frozen(datetime(2026, 11, day, hour, minute, tzinfo=HANOI))


def summaries():
    Relay(["mail"]).run_until_idle()
    return [message for message in mail.outbox if message.subject == mail_subject()]


def mail_subject():
    from django.utils.translation import gettext

    return gettext("Your work today")


@pytest.fixture
def work(desk, officer):
    """One case due today, one overdue, one offered to the police this night."""
    at = datetime(2026, 11, 26, 7, 31, tzinfo=HANOI)
    with clock.frozen(at - timedelta(hours=12)):
        today, late, given = factories.case(), factories.case(), factories.case()
        given = accept_case(case_id=given.pk, by=officer, version=given.version)
        refer_case(
            case_id=given.pk, to=desk["congan", Role.INTAKE].agency, by=officer, reason="x", version=given.version
        )
    Case.objects.filter(pk=today.pk).update(due_at=at + timedelta(hours=3))
    Case.objects.filter(pk=late.pk).update(due_at=at - timedelta(hours=3))
    Case.objects.filter(pk=given.pk).update(due_at=at + timedelta(days=3))
    return today, late, given


def test_the_morning_tells_what_is_due_overdue_and_offered(desk, officer, work, settings):
    with morning():
        send_summaries()
        told = {message.to[0]: message.body for message in summaries()}
    event = Event.objects.get(kind="notices.summed_up", stream=f"notices:{officer.person.pk}")
    assert event.data["agencies"] == [{"agency": "sct", "tab": "agency", "today": 1, "overdue": 1, "offered": 0}]
    police = Event.objects.get(kind="notices.summed_up", stream=f"notices:{desk['congan', Role.INTAKE].person.pk}")
    assert police.data["agencies"][0]["offered"] == 1
    text = told[officer.person.email]
    assert f"{settings.PUBLIC_URL}/backoffice/?tab=agency" in text
    for case in work:
        assert case.number not in text


def test_nothing_to_say_is_no_mail(desk):
    with morning():
        send_summaries()
        assert summaries() == []
    assert DailyDigest.objects.count() == 6, "three roles at two agencies; an auditor handles no cases"


def test_a_handler_is_told_of_his_own_alone(desk, work):
    handler = desk["sct", Role.HANDLER]
    Case.objects.filter(pk=work[1].pk).update(handler=handler.person)
    with morning():
        send_summaries()
    data = Event.objects.get(kind="notices.summed_up", stream=f"notices:{handler.person.pk}").data
    assert data["agencies"] == [{"agency": "sct", "tab": "mine", "today": 0, "overdue": 1, "offered": 0}]


def test_a_day_is_summed_up_once(officer, work):
    with morning():
        send_summaries()
        send_summaries()
        assert sum_up(officer.person, datetime(2026, 11, 26).date()) is False  # noqa: DTZ001
        assert len([m for m in summaries() if m.to == [officer.person.email]]) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        DailyDigest.objects.create(person=officer.person, day="2026-11-26")
    with morning(day=27):
        send_summaries()
    assert Event.objects.filter(kind="notices.summed_up", stream=f"notices:{officer.person.pk}").count() == 2


def test_after_downtime_the_same_day_is_made_up_for(officer, work):
    with morning(hour=15):
        send_summaries()
    assert Event.objects.filter(kind="notices.summed_up").exists()


@pytest.mark.parametrize(("hour", "minute"), [(7, 29), (22, 0), (3, 0)])
def test_before_and_at_night_nothing_is_sent(officer, work, hour, minute):
    with morning(hour=hour, minute=minute):
        send_summaries()
    assert not Event.objects.filter(kind="notices.summed_up").exists()


def test_who_wants_none_gets_none_unless_it_is_compulsory(desk, officer, work):
    choose_ways(by=officer, chosen={"summary": "off"})
    with morning():
        send_summaries()
    stream = f"notices:{officer.person.pk}"
    assert not Event.objects.filter(kind="notices.summed_up", stream=stream).exists()
    make_compulsory(by=desk["sct", Role.SUPERVISOR], chosen={"summary": "digest"})
    with morning(day=27):
        send_summaries()
    assert Event.objects.filter(kind="notices.summed_up", stream=stream).exists()


def test_what_is_chosen_for_the_digest_is_counted_in_it(officer):
    choose_ways(by=officer, chosen={"summary": "off", "sender": "digest"})
    with clock.frozen(datetime(2026, 11, 26, 6, 0, tzinfo=HANOI)):
        supplemented()
        Relay(["notify"]).run_until_idle()
    with morning():
        send_summaries()
    assert Event.objects.get(kind="notices.summed_up", stream=f"notices:{officer.person.pk}").data["unread"] == 1
    assert not Delivery.objects.filter(last_error__gt="").exists()
