"""A case with two businesses complained of: the shop that sold, the carrier that brought. One is asked at a time."""

import pytest
from django.urls import reverse

from agencies.actors import Business, System
from casemgr.rooms.forms import InviteForm
from tests import factories
from tests.factories import business, journeys, talks
from workflows.errors import MoveNotAllowed
from workflows.models import Case, Purpose, RespondentAnswer, RespondentLink, Satisfaction
from workflows.services import links, merging, naming, rating, responding, room_opening, sending
from workflows.states import Stance, State

pytestmark = pytest.mark.django_db
WORDS = "Chúng tôi đã giao đúng hàng."


@pytest.fixture
def sct():
    return factories.member("sct")


def ask(case: Case, by, contact) -> RespondentLink:
    naming.name_respondent(case_id=case.pk, by=by, respondent_id=contact.respondent_id)
    case = Case.objects.get(pk=case.pk)
    sharing = sending.Sharing(story="Khách nhận được gạch.")
    sending.send_to_respondent(case_id=case.pk, by=by, version=case.version, contact_id=contact.pk, sharing=sharing)
    return RespondentLink.objects.get(case=case, respondent=contact.respondent_id, revoked_at=None)


@pytest.fixture
def asked(sct):
    """The shop was asked and kept silent; now the carrier is asked. (case, shop's link, carrier's link)"""
    case = journeys.investigating(sct, person=talks.NAMED).case
    shop = ask(case, sct, business.contact(business.respondent("Cửa hàng Ánh Dương")))
    responding.respondent_silent(case_id=case.pk, by=System("clocks"))
    carrier = ask(case, sct, business.contact(business.respondent("Chuyển phát Sông Tiền")))
    return Case.objects.get(pk=case.pk), RespondentLink.objects.get(pk=shop.pk), carrier


def test_the_wrong_business_s_answer_is_added_and_moves_nothing(asked):
    case, shop, carrier = asked
    by = Business(case.pk, shop.pk)
    with pytest.raises(MoveNotAllowed):
        responding.respond(case_id=case.pk, by=by, stance="accepts", answer=WORDS)
    responding.respond_or_add(case_id=case.pk, by=by, stance="accepts", answer=WORDS)
    case.refresh_from_db()
    assert (case.state, case.respondent_stance) == (State.AWAITING_RESPONDENT, Stance.SILENT)
    assert RespondentAnswer.objects.get().is_supplement
    case = responding.respond_or_add(case_id=case.pk, by=Business(case.pk, carrier.pk), stance="disputes", answer=WORDS)
    assert (case.state, case.respondent_stance) == (State.INVESTIGATING, Stance.DISPUTES)


def test_its_page_does_not_say_that_its_answer_is_awaited(asked):
    _case, shop, carrier = asked
    pages = [business.signed_in(link).get(reverse("business:complaint")) for link in (shop, carrier)]
    assert [page.context["awaited"] for page in pages] == [False, True]
    assert shop.answer_until == shop.answer_by, "not the limit that runs for the other"


def test_the_one_asked_is_reminded_and_falls_silent_alone(asked):
    case, shop, carrier = asked
    silent = shop.silent_at
    responding.remind_respondent(case_id=case.pk, by=System("clocks"))
    responding.respondent_silent(case_id=case.pk, by=System("clocks"))
    shop.refresh_from_db()
    carrier.refresh_from_db()
    assert (shop.reminded_at, shop.silent_at) == (None, silent)
    assert carrier.reminded_at
    assert carrier.silent_at


def test_a_link_sent_again_is_awaited_only_where_the_old_one_was(asked, sct):
    case, shop, carrier = asked
    again = links.resend_link(case_id=case.pk, link_id=shop.pk, by=sct).link
    assert not again.awaited
    again = links.resend_link(case_id=case.pk, link_id=carrier.pk, by=sct).link
    assert list(case.respondent_links.filter(awaited=True)) == [again]


def test_the_one_asked_last_is_invited_to_the_talk(asked, sct):
    case, shop, carrier = asked
    case = responding.respondent_silent(case_id=case.pk, by=System("clocks"))
    links.resend_link(case_id=case.pk, link_id=shop.pk, by=sct)
    room_opening.open_negotiation(case_id=case.pk, by=sct, version=case.version, ground="Im lặng.")
    assert talks.room_of(case).invitation.respondent_id == carrier.respondent_id


def test_each_business_has_a_rating_of_its_own(asked, sct):
    _case, shop, carrier = asked
    case = journeys.resolved(sct).case
    told = [business.sent_link(case, sct, Purpose.RESULT, contact=link.contact).link for link in (shop, carrier)]
    for link, score in zip(told, (1, 5), strict=True):
        rating.rate_case(case_id=case.pk, by=Business(case.pk, link.pk), score=score)
    rating.rate_case(case_id=case.pk, by=Business(case.pk, told[0].pk), score=2)
    assert set(Satisfaction.objects.values_list("respondent", "score")) == {
        (shop.respondent_id, 2), (carrier.respondent_id, 5),
    }  # fmt: skip
    page = business.signed_in(told[1]).get(reverse("business:result"))
    assert page.context["rating"].given.score == 5


def test_a_link_sent_while_two_were_merged_follows_its_address_when_that_is_undone(asked, sct):
    case, shop, carrier = asked
    merge = merging.merge_respondents(kept_id=shop.respondent_id, merged_id=carrier.respondent_id, by=sct)
    meanwhile = links.resend_link(case_id=case.pk, link_id=carrier.pk, by=sct).link
    mixed = business.sent_link(
        case,
        sct,
        Purpose.RESULT,
        contact=RespondentLink.objects.get(pk=shop.pk).contact,
        code_contact=meanwhile.contact,
    ).link
    merging.undo_merge(merge_id=merge.pk, by=sct)
    meanwhile.refresh_from_db()
    mixed.refresh_from_db()
    assert (meanwhile.respondent_id, meanwhile.revoked_at) == (carrier.respondent_id, None)
    assert mixed.revoked_at is not None, "its codes would go to another business"


@pytest.mark.parametrize(("provider", "offered"), [("", ["email"]), ("https://sms.example", ["email", "phone"])])
def test_a_telephone_is_offered_for_an_invitation_only_where_messages_can_be_sent(settings, sct, provider, offered):
    settings.SMS_URL = provider
    case = journeys.investigating(sct).case
    mail = business.contact()
    phone = business.contact(mail.respondent, channel="phone", value="+84912345678")
    naming.name_respondent(case_id=case.pk, by=sct, respondent_id=phone.respondent_id)
    field = InviteForm(case=case).fields["contact"]
    assert sorted(contact.channel for contact in field.queryset) == offered
