"""Doors that stood open: what an offer keeps back, what a link still opens, whom nobody told."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from agencies.actors import Business
from complaints.lodgement import Person
from events import clock
from events.models import Event
from events.relay import Relay
from tests import factories
from tests.backoffice.conftest import sign_in
from tests.factories import business, cooperation, journeys, talks
from workflows.errors import CaseNotFound
from workflows.models import Case, Cooperation, JointAction, Purpose, RespondentLink
from workflows.news_mail import message_id
from workflows.services import acceptance, conclusion, correspondence, joint_action, referral, responding, rooms
from workflows.services.referral_terms import Shared

pytestmark = pytest.mark.django_db
SECRET = "Nhà cung cấp của chúng tôi là Bí Mật"


@pytest.fixture
def sct():
    return factories.member("sct")


def answered(sct) -> Case:
    case = journeys.sent(sct).case
    link = RespondentLink.objects.get(case=case)
    responding.respond(
        case_id=case.pk, by=Business(case.pk, link.pk), stance="disputes", answer="Chúng tôi phản đối.", note=SECRET
    )
    return Case.objects.get(pk=case.pk)


def offered(case: Case, by, to, shared: Shared) -> Case:
    return referral.refer_case(
        case_id=case.pk, by=by, version=case.version, to=to.agency, reason="Chuyển.", explanation="Tội phạm.",
        shared=shared,
    )  # fmt: skip


def test_what_an_offer_keeps_back_is_not_on_the_page_of_the_business(sct):
    case, police = answered(sct), factories.member("congan")
    url = reverse("backoffice:case-business", args=[case.number])
    assert SECRET in sign_in(sct).get(url).content.decode()
    offered(case, sct, police, Shared(notes=False, files=()))
    page = sign_in(police).get(url)
    assert page.status_code == 200
    assert SECRET not in page.content.decode()


def test_an_organisation_that_only_lodges_sees_no_business(sct):
    case = answered(sct)
    front = factories.agency("mttq", assisted_intake_only=True)
    case.complaint.received_at_agency = front
    case.complaint.save(update_fields=["received_at_agency"])
    who = factories.member("mttq", "intake")
    assert Case.objects.visible_to(who).filter(pk=case.pk).exists()
    assert sign_in(who).get(reverse("backoffice:case-business", args=[case.number])).status_code in (403, 404)


def test_whom_a_case_is_offered_to_reads_no_help_asked_of_others(sct):
    case, hoi, police = journeys.investigating(sct).case, factories.member("hoi"), factories.member("congan")
    asked = cooperation.asked(case, sct, hoi.agency)
    offered(Case.objects.get(pk=case.pk), sct, police, Shared(notes=False, files=()))
    assert not Cooperation.objects.visible_to(police).exists()
    assert list(Cooperation.objects.visible_to(hoi)) == list(Cooperation.objects.visible_to(sct)) == [asked]


def test_who_declined_a_task_leaves_the_board(sct):
    case, market = journeys.investigating(sct, kind="violation").case, factories.member("qltt")
    action = cooperation.action(case, sct, market.agency)
    assert list(JointAction.objects.visible_to(market)) == [action]
    joint_action.decline_task(action_id=action.pk, by=market, reason="Không đủ người.")
    assert not JointAction.objects.visible_to(market).exists()


def test_a_case_that_becomes_the_polices_ends_the_links_of_its_business(sct):
    case, police = answered(sct), factories.member("congan")
    link = RespondentLink.objects.get(case=case)
    case = offered(case, sct, police, Shared())
    referral.take_referral(case_id=case.pk, by=police, version=case.version, track="crime")
    assert RespondentLink.objects.get(pk=link.pk).revoked_at
    with pytest.raises(CaseNotFound):
        responding.respond_or_add(case_id=case.pk, by=Business(case.pk, link.pk), stance="disputes", answer="Thêm.")


def mails() -> list:
    """What the sender was mailed beside the receipt."""
    Relay(["mail"]).run_until_idle()
    return [message for message in mail.outbox if "đã nhận được" not in message.subject]


def test_the_sender_is_mailed_that_there_is_something_to_read(sct):
    person = Person(name="Trần Thị Mẫu", email="mau@thu.example")
    case = journeys.investigating(sct, person=person).case
    assert mails() == []
    case = correspondence.ask_complainant(case_id=case.pk, by=sct, version=case.version, question="Hóa đơn màu gì?")
    (message,) = mails()
    assert message.to == ["mau@thu.example"]
    for secret in (case.number, "Hóa đơn", "Mẫu"):
        assert secret not in message.body + message.subject
    asked = Event.objects.get(kind="case.question_asked")
    assert message.extra_headers["Message-ID"] == message_id(asked)


def test_old_news_is_none(sct):
    person = Person(name="Trần Thị Mẫu", email="mau@thu.example")
    with clock.frozen(clock.now() - timedelta(days=3)):
        journeys.resolved(sct, person=person)
    assert mails() == []


def test_a_primary_that_is_refused_is_told_too(sct):
    from workflows.handlers_outcomes import tell_followers
    from workflows.services.acceptance import refuse_case
    from workflows.services.duplicates import link_duplicate

    primary, twin = journeys.lodged(sct).case, journeys.lodged(sct).case
    link_duplicate(case_id=twin.pk, by=sct, version=twin.version, primary=primary.number, explanation="Trùng.")
    refuse_case(
        case_id=primary.pk, by=sct, version=Case.objects.get(pk=primary.pk).version, reason="no_evidence",
        explanation="Không xác định được người bán.",
    )  # fmt: skip
    tell_followers(list(Event.objects.filter(kind="case.refused")))
    assert Event.objects.filter(stream=twin.stream, kind="case.primary_resolved").count() == 1


def test_a_link_that_told_one_result_objects_to_that_alone(sct):
    case = journeys.resolved(sct).case
    old = business.sent_link(case, sct, Purpose.RESULT).link
    case = conclusion.object_to_outcome(case_id=case.pk, by=Business(case.pk, old.pk), reason="Không đúng.")
    case = acceptance.assign_case(case_id=case.pk, by=sct, version=case.version, handler=sct.person)
    case = conclusion.resolve_case(case_id=case.pk, by=sct, version=case.version, outcome="refunded", answer="Vẫn vậy.")
    with pytest.raises(CaseNotFound):
        conclusion.object_to_outcome(case_id=case.pk, by=Business(case.pk, old.pk), reason="Lại không đúng.")
    fresh = business.sent_link(case, sct, Purpose.RESULT).link
    assert conclusion.object_to_outcome(case_id=case.pk, by=Business(case.pk, fresh.pk), reason="Không đúng.").version


def test_a_case_that_is_open_again_has_no_window_of_before(sct):
    case = journeys.resolved(sct).case
    assert case.objection_until
    case = conclusion.reopen_case(case_id=case.pk, by=sct, version=case.version, reason="Có tình tiết mới.")
    assert case.objection_until is None


def test_a_link_that_ended_speaks_in_no_room(sct):
    room = talks.negotiation(sct)
    rooms.pass_turn(room_id=room.pk, by=sct, to="respondent")
    _citizen, by = talks.parties(room.case)
    RespondentLink.objects.filter(pk=by.link_id).update(revoked_at=clock.now())
    with pytest.raises(CaseNotFound):
        rooms.say(room_id=room.pk, by=by, text="Vẫn còn đây.")
    confirm = business.sent_link(room.case, sct, Purpose.CONFIRMATION).link
    with pytest.raises(CaseNotFound):
        rooms.say(room_id=room.pk, by=Business(room.case_id, confirm.pk), text="Xác nhận.")
