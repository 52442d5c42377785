"""The business asked, answering, silent: what moves, what is recorded, what is refused."""

from datetime import timedelta

import pytest

from agencies.actors import Business, Citizen, System
from complaints.lodgement import Person
from events import chain, clock
from events.models import Event
from tests import factories
from tests.factories import business, journeys
from tests.factories.races import in_threads
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed
from workflows.models import Case, Remark, RespondentAnswer, RespondentLink
from workflows.selectors.respondents import record_of
from workflows.services import conclusion, links, naming, responding, sending
from workflows.states import Stance, State

pytestmark = pytest.mark.django_db
WORDS = "Chúng tôi đã giao đúng hàng."


@pytest.fixture
def sct():
    return factories.member("sct")


@pytest.fixture
def sent(sct):
    return journeys.sent(sct).case


def link_of(case: Case) -> RespondentLink:
    return RespondentLink.objects.get(case=case, revoked_at=None)


def actor_of(case: Case) -> Business:
    return Business(case.pk, link_of(case).pk)


def named(case: Case, by, **fields):
    contact = business.contact(**fields)
    naming.name_respondent(case_id=case.pk, by=by, respondent_id=contact.respondent_id)
    return contact


def send(case: Case, by, contact, **shown):
    sharing = sending.Sharing(**({"story": "Khách nhận được gạch."} | shown))
    return sending.send_to_respondent(
        case_id=case.pk, by=by, version=case.version, contact_id=contact.pk, sharing=sharing
    )


def test_sending_freezes_what_is_shown_and_starts_the_business_s_time(sent):
    link = link_of(sent)
    assert sent.state == State.AWAITING_RESPONDENT
    assert link.answer_by == sent.due_at
    assert link.shown["story"].startswith("Khách nhận được gạch")
    assert link.shown["sender"] == ""
    events = list(Event.objects.filter(stream=sent.stream).order_by("sequence"))
    assert [e.kind for e in events][-2:] == ["case.sent_to_respondent", "case.respondent_link_sent"]
    assert chain.first_fault(events) is None


@pytest.mark.parametrize(
    "story",
    [
        "Tôi là Trần Thị Mẫu, mua máy ở đó.",
        "tran  thi mau mua máy",
        "Gọi tôi 0912.345.678 nhé",
        "Thư về mau@example.vn",
    ],
)
def test_a_story_that_names_the_sender_is_not_sent(sct, story):
    person = Person(name="Trần Thị Mẫu", phone="0912345678", email="mau@example.vn")
    case = journeys.investigating(sct, person=person).case
    contact = named(case, sct)
    with pytest.raises(InvalidInput) as refused:
        send(case, sct, contact, story=story)
    assert refused.value.field == "story"
    assert not RespondentLink.objects.exists()


def test_identity_needs_the_sender_s_consent_and_the_handler_s_tick(sct):
    case = journeys.investigating(sct).case
    contact = named(case, sct)
    with pytest.raises(InvalidInput) as refused:
        send(case, sct, contact, with_identity=True)
    assert refused.value.field == "with_identity"
    agreed = journeys.investigating(sct, person=Person(name="Lê Văn Thử", may_share_with_business=True)).case
    contact = named(agreed, sct)
    send(agreed, sct, contact, story="Tôi là Lê Văn Thử.", with_identity=True)
    assert link_of(agreed).shown["sender"] == "Lê Văn Thử"


def test_a_business_not_named_or_an_address_not_verified_is_not_written_to(sct):
    case = journeys.investigating(sct).case
    with pytest.raises(InvalidInput):
        send(case, sct, business.contact())
    with pytest.raises(InvalidInput):
        send(case, sct, named(case, sct, verified=False))
    assert Case.objects.get(pk=case.pk).state == State.INVESTIGATING


@pytest.mark.parametrize(
    ("stance", "stands"),
    [("accepts", "accepts"), ("offers", "offers"), ("disputes", "disputes"), ("refuses", "disputes")],
)
def test_an_answer_brings_the_case_back_with_what_was_said(sent, stance, stands):
    day = clock.now().date() + timedelta(days=9)
    case = responding.respond(
        case_id=sent.pk, by=actor_of(sent), stance=stance, answer=WORDS, note="Riêng", offer_amount=5, offer_by=day
    )
    answer = RespondentAnswer.objects.get()
    assert (case.state, case.respondent_stance) == (State.INVESTIGATING, stands)
    assert answer.offer_amount == (5 if stance == "offers" else None)
    mine = Remark.objects.visible_to(Citizen(case.complaint_id)).values_list("text", flat=True)
    assert list(mine) == [WORDS], "the note is for the agencies alone"


def test_an_officer_records_what_came_by_letter(sent, sct):
    responding.respond(case_id=sent.pk, by=sct, version=sent.version, stance="accepts", answer=WORDS)
    assert RespondentAnswer.objects.get().recorded_by == sct.person


@pytest.mark.parametrize("wrong", [{"stance": "silent"}, {"stance": ""}, {"stance": "offers"}, {"answer": " "}])
def test_what_is_missing_is_said(sent, wrong):
    with pytest.raises(InvalidInput):
        responding.respond(case_id=sent.pk, by=actor_of(sent), **({"stance": "accepts", "answer": WORDS} | wrong))
    assert Case.objects.get(pk=sent.pk).state == State.AWAITING_RESPONDENT


@pytest.mark.parametrize(("good", "stance"), [(True, Stance.DISPUTES), (False, Stance.REFUSES)])
def test_a_refusal_waits_for_the_handler_s_judgement(sent, sct, good, stance):
    case = responding.respond(case_id=sent.pk, by=actor_of(sent), stance="refuses", answer=WORDS)
    case = responding.judge_refusal(
        case_id=case.pk, by=sct, version=case.version, has_good_reason=good, explanation="Đã xem hóa đơn."
    )
    assert case.respondent_stance == stance
    with pytest.raises(MoveNotAllowed):
        responding.judge_refusal(
            case_id=case.pk, by=sct, version=case.version, has_good_reason=good, explanation="Lần nữa."
        )


def test_silence_is_recorded_and_a_late_answer_is_added(sent):
    by = actor_of(sent)
    case = responding.respondent_silent(case_id=sent.pk, by=System("clocks"))
    assert (case.state, case.respondent_stance) == (State.INVESTIGATING, Stance.SILENT)
    with clock.frozen(sent.due_at + timedelta(days=1)):
        responding.respond_or_add(case_id=sent.pk, by=by, stance="accepts", answer=WORDS)
    answer = RespondentAnswer.objects.get()
    case.refresh_from_db()
    assert answer.is_supplement
    assert answer.is_late
    assert case.respondent_stance == Stance.SILENT, "what opened the way to negotiation stands"
    assert record_of(answer.respondent_id).late == 1


def test_reminders_only_while_an_answer_is_awaited(sent):
    responding.remind_respondent(case_id=sent.pk, by=System("clocks"))
    assert link_of(sent).reminded_at is not None
    responding.respond(case_id=sent.pk, by=actor_of(sent), stance="accepts", answer=WORDS)
    with pytest.raises(MoveNotAllowed):
        responding.remind_respondent(case_id=sent.pk, by=System("clocks"))


def test_a_link_that_ended_answers_nothing(sent, sct):
    by = actor_of(sent)
    links.revoke_link(case_id=sent.pk, link_id=by.link_id, by=sct)
    with pytest.raises(CaseNotFound):
        responding.respond(case_id=sent.pk, by=by, stance="accepts", answer=WORDS)


def test_another_case_s_link_answers_nothing(sent, sct):
    other = journeys.sent(sct).case
    for by in (Business(sent.pk, link_of(other).pk), Business(other.pk, link_of(sent).pk)):
        with pytest.raises(CaseNotFound):
            responding.respond(case_id=sent.pk, by=by, stance="accepts", answer=WORDS)


def test_who_was_told_the_result_may_object_within_the_window(sct):
    case = journeys.resolved(sct).case
    contact = named(case, sct)
    told = sending.tell_result(case_id=case.pk, by=sct, contact_id=contact.pk, text="Phải hoàn tiền.").link
    answering = business.sent_link(case, sct, contact=contact).link
    with pytest.raises(CaseNotFound):
        conclusion.object_to_outcome(case_id=case.pk, by=Business(case.pk, answering.pk), reason="Không đúng.")
    with clock.frozen(case.objection_until + timedelta(days=1)), pytest.raises(MoveNotAllowed):
        conclusion.object_to_outcome(case_id=case.pk, by=Business(case.pk, told.pk), reason="Không đúng.")
    case = conclusion.object_to_outcome(case_id=case.pk, by=Business(case.pk, told.pk), reason="Không đúng.")
    assert case.state == State.ACCEPTED
    assert not Remark.objects.visible_to(Citizen(case.complaint_id)).filter(text="Không đúng.").exists()


@pytest.mark.django_db(transaction=True)
def test_answer_silence_and_revoking_at_once_leave_one_story(sct):
    """Whatever comes first, the case moves once and the log stays whole."""
    for _ in range(4):
        case = journeys.sent(sct).case
        by = actor_of(case)
        in_threads(
            lambda c=case, b=by: responding.respond_or_add(case_id=c.pk, by=b, stance="accepts", answer=WORDS),
            lambda c=case: responding.respondent_silent(case_id=c.pk, by=System("clocks")),
            lambda c=case, b=by: links.revoke_link(case_id=c.pk, link_id=b.link_id, by=sct),
        )
        kinds = list(Event.objects.filter(stream=case.stream).values_list("kind", flat=True))
        moved = {"case.respondent_answered", "case.respondent_silent"} & set(kinds)
        assert len(moved) == 1
        assert chain.first_fault(Event.objects.filter(stream=case.stream).order_by("sequence")) is None
        answered = RespondentAnswer.objects.filter(case=case).first()
        assert answered is None or answered.is_supplement == ("case.respondent_silent" in moved)
