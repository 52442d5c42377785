"""Every move as a service: what changes, who is refused, what is recorded."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection
from django_fsm import TransitionNotAllowed

from agencies.actors import Citizen, System
from agencies.models import Membership
from events import chain, clock
from events.models import Event
from tests import factories
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed, StaleCase
from workflows.jobs import run_clocks
from workflows.models import Case, Referral, Remark
from workflows.services import acceptance, conclusion, correspondence, referral
from workflows.states import OUTCOMES, Outcome, Track

pytestmark = pytest.mark.django_db


@pytest.fixture
def sct():
    return factories.member("sct")


@pytest.fixture
def police():
    return factories.member("congan")


def fresh(case: Case) -> Case:
    return Case.objects.select_related("complaint", "owner__kind", "offered_to__kind").get(pk=case.pk)


def accepted(by, **fields) -> Case:
    case = factories.case(**fields)
    return acceptance.accept_case(case_id=case.pk, by=by, version=case.version)


def investigated(by, **fields) -> Case:
    case = accepted(by, **fields)
    return acceptance.assign_case(case_id=case.pk, by=by, version=case.version, handler=by.person)


def referred(by, target, **fields) -> Case:
    case = accepted(by, **fields)
    return referral.refer_case(
        case_id=case.pk, to=target.agency, by=by, reason="Có dấu hiệu tội phạm.", version=case.version
    )


def resolved(by, **fields) -> Case:
    case = investigated(by, **fields)
    return conclusion.resolve_case(
        case_id=case.pk, by=by, version=case.version, outcome="refunded", answer="Đã hoàn tiền."
    )


def test_the_whole_way_leaves_a_whole_chain(sct, police):
    case = referred(sct, police, kind="crime")
    case = referral.take_referral(case_id=case.pk, by=police, version=case.version)
    assert case.owner_id == police.agency.pk
    case = acceptance.assign_case(case_id=case.pk, by=police, version=case.version, handler=police.person)
    conclusion.resolve_case(
        case_id=case.pk,
        by=police,
        version=case.version,
        outcome="prosecution_opened",
        answer="Đã khởi tố.",
        decision_number="7/QĐ-CSHS",
        decision_date=date(2026, 11, 2),
        legal_basis="BLHS Điều 174",
    )
    events = Event.objects.filter(stream=case.stream).order_by("sequence")
    assert chain.first_fault(events) is None
    assert [e.kind for e in events if e.kind.startswith("case.")] == [
        "case.lodged", "case.accepted", "case.referred", "case.referral_taken", "case.assigned", "case.resolved",
    ]  # fmt: skip


def test_the_log_holds_no_free_text(sct, police):
    case = referred(sct, police)
    secret = "Nội dung riêng 0987654321"
    referral.return_referral(case_id=case.pk, by=police, version=case.version, reason=secret)
    assert secret not in str(list(Event.objects.values()))
    remark = Remark.objects.get(text=secret)
    event = Event.objects.get(kind="case.referral_returned")
    assert event.data["digest"] == chain.salted_digest(remark.salt, secret)


def test_a_stale_page_is_told_and_changes_nothing(sct):
    case = factories.case()
    acceptance.accept_case(case_id=case.pk, by=sct, version=1)
    with pytest.raises(StaleCase) as raised:
        acceptance.accept_case(case_id=case.pk, by=sct, version=1)
    assert (raised.value.case.version, raised.value.seen) == (2, 1)


def test_what_may_not_be_seen_is_not_there(police):
    case = factories.case()
    with pytest.raises(CaseNotFound):
        acceptance.accept_case(case_id=case.pk, by=police, version=1)
    with pytest.raises(CaseNotFound):
        acceptance.accept_case(case_id=case.pk + 1000, by=police, version=1)


def test_a_move_the_role_may_not_make_says_who_may(sct):
    case = factories.case()
    handler = factories.member("sct", "handler")
    with pytest.raises(MoveNotAllowed, match="“"):
        acceptance.accept_case(case_id=case.pk, by=handler, version=1)


def test_a_referred_case_belongs_to_the_sender_until_taken(sct, police):
    case = referred(sct, police)
    assert case.owner_id == sct.agency.pk
    assert Case.objects.visible_to(police).filter(pk=case.pk).exists()
    case = referral.take_referral(case_id=case.pk, by=police, version=case.version)
    assert not Case.objects.visible_to(sct).filter(pk=case.pk).exists()
    assert Referral.objects.get().state == "taken"


@pytest.mark.parametrize("back", [referral.return_referral, referral.recall_referral])
def test_a_referral_ended_puts_the_case_where_it_was(sct, police, back):
    case = investigated(sct)
    case = referral.refer_case(case_id=case.pk, to=police.agency, by=sct, reason="Xem giúp.", version=case.version)
    by = police if back is referral.return_referral else sct
    case = back(case_id=case.pk, by=by, version=case.version, reason="Không thuộc thẩm quyền.")
    assert (case.state, case.offered_to, case.handler_id) == ("investigating", None, sct.person.pk)
    assert not Case.objects.visible_to(police).filter(pk=case.pk).exists()


def test_a_case_is_not_referred_to_its_owner_or_outside_the_province(sct):
    case = accepted(sct)
    with pytest.raises(InvalidInput):
        referral.refer_case(case_id=case.pk, to=sct.agency, by=sct, reason="x", version=case.version)
    foreign = factories.agency("elsewhere")
    foreign.provinces.clear()
    with pytest.raises(InvalidInput):
        referral.refer_case(case_id=case.pk, to=foreign, by=sct, reason="x", version=case.version)


def test_only_a_handler_of_the_owner_is_assigned(sct, police):
    case = accepted(sct)
    with pytest.raises(InvalidInput):
        acceptance.assign_case(case_id=case.pk, by=sct, version=case.version, handler=police.person)
    Membership.objects.filter(person=sct.person, role="handler").update(revoked_at=clock.now())
    with pytest.raises(InvalidInput):
        acceptance.assign_case(case_id=case.pk, by=sct, version=case.version, handler=sct.person)


def test_a_handler_takes_a_case_nobody_has(sct):
    case = accepted(sct)
    first, second = factories.member("sct", "handler"), factories.member("sct", "handler")
    case = acceptance.assign_case(case_id=case.pk, by=first, version=case.version, handler=first.person)
    with pytest.raises(MoveNotAllowed):
        acceptance.assign_case(case_id=case.pk, by=second, version=case.version, handler=second.person)


def test_question_and_answer(sct):
    case = investigated(sct)
    case = correspondence.ask_complainant(case_id=case.pk, by=sct, version=case.version, question="Mua ngày nào?")
    assert case.state == "awaiting_complainant"
    citizen = Citizen(case.complaint_id)
    case = correspondence.answer_question(case_id=case.pk, by=citizen, version=None, answer="Ngày 3/11.")
    assert case.state == "investigating"
    assert {r.kind for r in Remark.objects.filter(case=case).visible_to(citizen)} == {"question", "answer"}


@pytest.mark.parametrize("text", ["", "   ", "\x00", "x" * 10_001])
def test_an_empty_or_endless_text_is_refused(sct, text):
    case = investigated(sct)
    with pytest.raises(InvalidInput):
        correspondence.ask_complainant(case_id=case.pk, by=sct, version=case.version, question=text)
    assert fresh(case).version == case.version


def test_a_police_note_is_the_polices_alone(sct, police):
    case = referred(sct, police)
    correspondence.add_note(case_id=case.pk, by=police, text="Nghi phạm A", audience="police")
    correspondence.add_note(case_id=case.pk, by=sct, text="Riêng Sở", audience="agency")
    correspondence.add_note(case_id=case.pk, by=sct, text="Chung", audience="shared")
    texts = lambda by: set(Remark.objects.filter(case=case, kind="note").visible_to(by).values_list("text", flat=True))  # noqa: E731
    assert texts(police) == {"Nghi phạm A", "Chung"}
    assert texts(sct) == {"Riêng Sở", "Chung"}
    assert texts(Citizen(case.complaint_id)) == set()
    with pytest.raises(InvalidInput):
        correspondence.add_note(case_id=case.pk, by=sct, text="x", audience="police")


def test_a_sanction_names_its_decision(sct):
    case = investigated(sct)
    with pytest.raises(InvalidInput):
        conclusion.resolve_case(case_id=case.pk, by=sct, version=case.version, outcome="sanctioned", answer="Đã phạt.")
    case = conclusion.resolve_case(
        case_id=case.pk, by=sct, version=case.version, outcome="sanctioned", answer="Đã phạt.",
        decision_number="12/QĐ-XPHC", decision_date=date(2026, 11, 2), sanction_amount=5_000_000,
        legal_basis="Buôn bán hàng giả", sanctioned_party="Hộ Sen Xanh",
    )  # fmt: skip
    assert (case.state, case.outcome) == ("resolved", "sanctioned")


def test_a_refusal_needs_a_reason_of_the_list(sct):
    case = factories.case()
    with pytest.raises(InvalidInput):
        acceptance.refuse_case(case_id=case.pk, by=sct, version=1, reason="không thích", explanation="x")
    case = acceptance.refuse_case(
        case_id=case.pk, by=sct, version=1, reason="outside_competence", explanation="Xin gửi Sở Y tế."
    )
    assert case.state == "refused"


def test_the_association_does_not_refuse_a_consumer(sct):
    hoi = factories.member("hoi")
    case = referred(sct, hoi)
    case = referral.take_referral(case_id=case.pk, by=hoi, version=case.version)
    with pytest.raises(MoveNotAllowed):
        acceptance.refuse_case(case_id=case.pk, by=hoi, version=case.version, reason="no_evidence", explanation="x")


def test_a_crime_report_is_not_refused_for_who_reports(sct):
    case = factories.case(kind="crime")
    with pytest.raises(InvalidInput):
        acceptance.refuse_case(case_id=case.pk, by=sct, version=1, reason="not_consumer", explanation="x")


def test_the_citizen_objects_within_the_window_only(sct):
    case = resolved(sct)
    citizen = Citizen(case.complaint_id)
    with clock.frozen(case.due_at + timedelta(minutes=1)), pytest.raises(MoveNotAllowed):
        conclusion.object_to_outcome(case_id=case.pk, by=citizen, reason="Chưa nhận được tiền.")
    case = conclusion.object_to_outcome(case_id=case.pk, by=citizen, reason="Chưa nhận được tiền.")
    assert (case.state, case.outcome) == ("accepted", "")


def test_a_case_nobody_objects_to_is_closed_after_the_window(sct):
    case = resolved(sct)
    run_clocks()
    assert fresh(case).state == "resolved"
    with clock.frozen(case.due_at + timedelta(minutes=1)):
        run_clocks()
        run_clocks()
    assert fresh(case).state == "closed"
    assert Event.objects.filter(stream=case.stream, kind="case.closed").count() == 1


def test_a_closed_case_is_reopened_by_a_supervisor(sct):
    case = resolved(sct)
    case = conclusion.close_case(case_id=case.pk, by=sct, version=case.version)
    case = conclusion.reopen_case(case_id=case.pk, by=sct, version=case.version, reason="Có chứng cứ mới.")
    assert case.state == "accepted"


def test_a_consumer_withdraws_and_the_case_ends(sct, police):
    case = referred(sct, police)
    case = conclusion.withdraw_case(case_id=case.pk, by=Citizen(case.complaint_id))
    assert (case.state, case.offered_to) == ("withdrawn", None)
    assert Referral.objects.get().state == "ended"


def test_the_wish_to_withdraw_a_crime_report_is_a_supervisors_to_decide(sct):
    case = accepted(sct, kind="crime")
    citizen = Citizen(case.complaint_id)
    with pytest.raises(MoveNotAllowed):
        conclusion.withdraw_case(case_id=case.pk, by=sct, version=case.version)
    case = conclusion.withdraw_case(case_id=case.pk, by=citizen)
    assert case.state == "accepted"
    with pytest.raises(MoveNotAllowed):
        conclusion.withdraw_case(case_id=case.pk, by=citizen)
    case = conclusion.withdraw_case(case_id=case.pk, by=sct, version=case.version)
    assert case.state == "withdrawn"


def test_the_citizens_word_is_recorded_while_the_case_lives(sct):
    case = accepted(sct)
    citizen = Citizen(case.complaint_id)
    correspondence.supplement_case(case_id=case.pk, by=citizen, text="Tôi tìm được hóa đơn.")
    assert fresh(case).version == case.version
    conclusion.withdraw_case(case_id=case.pk, by=citizen)
    with pytest.raises(MoveNotAllowed):
        correspondence.supplement_case(case_id=case.pk, by=citizen, text="Thêm nữa.")


def test_nobody_moves_the_state_past_the_machine():
    case = factories.case()
    with pytest.raises(AttributeError):
        case.state = "closed"
    with pytest.raises(TransitionNotAllowed):
        case.resolve(outcome="refunded")


def test_a_failed_refresh_leaves_the_state_protected():
    case = factories.case()
    ghost = Case(pk=case.pk + 1000)
    with pytest.raises(Case.DoesNotExist):
        ghost.refresh_from_db()
    with pytest.raises(AttributeError):
        case.state = "closed"


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins_and_the_other_is_told(sct, police):
    case = factories.case()
    answers: list[str] = []
    start = threading.Barrier(2)

    def move(verb) -> None:
        start.wait()
        try:
            verb()
            answers.append("won")
        except StaleCase:
            answers.append("stale")
        connection.close()

    verbs = [
        lambda: acceptance.accept_case(case_id=case.pk, by=sct, version=1),
        lambda: acceptance.refuse_case(
            case_id=case.pk, by=sct, version=1, reason="no_evidence", explanation="Thiếu chứng cứ."
        ),
    ]
    threads = [threading.Thread(target=move, args=[verb]) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["stale", "won"]
    assert fresh(case).version == 2


def test_the_system_acts_under_its_own_name(sct):
    case = resolved(sct)
    conclusion.close_case(case_id=case.pk, by=System("test"), version=None)
    assert Event.objects.get(kind="case.closed").actor == {"type": "system", "job": "test"}


def later(days: int):
    return clock.frozen(clock.now() + timedelta(days=days))


@pytest.mark.parametrize(("track", "pauses"), [("crime", False), ("violation", True)])
def test_waiting_for_the_citizen_stops_the_clock_except_on_the_crime_track(sct, track, pauses):
    case = investigated(sct, kind=track)
    since = case.state_since
    case = correspondence.ask_complainant(case_id=case.pk, by=sct, version=case.version, question="Ngày nào?")
    with later(10):
        citizen = Citizen(case.complaint_id)
        case = correspondence.answer_question(case_id=case.pk, by=citizen, version=None, answer="Hôm kia.")
    # Of the start: an end that rolled over a day off may move by less.
    shift = case.state_since - since
    assert timedelta(days=9) <= shift <= timedelta(days=11) if pauses else shift == timedelta(0)


def test_an_offer_recalled_does_not_renew_the_clock(sct, police):
    case = investigated(sct)
    due = case.due_at
    case = referral.refer_case(case_id=case.pk, to=police.agency, by=sct, reason="Xem giúp.", version=case.version)
    with later(2):
        case = referral.recall_referral(case_id=case.pk, by=sct, version=case.version, reason="Nhầm.")
    assert (case.state, case.due_at, case.resume_since) == ("investigating", due, None)


def test_closing_at_once_does_not_take_the_objection_away(sct):
    case = resolved(sct)
    case = conclusion.close_case(case_id=case.pk, by=sct, version=case.version)
    case = conclusion.object_to_outcome(case_id=case.pk, by=Citizen(case.complaint_id), reason="Chưa được tiền.")
    assert case.state == "accepted"


@pytest.mark.parametrize(("kind", "fits", "strange"), [
    ("consumer", "replaced", "prosecution_opened"), ("crime", "no_violation", "repaired"),
    ("violation", "refunded", "settled_mediation"), ("feedback", "apology", "not_prosecuted"),
])  # fmt: skip
def test_an_outcome_fits_the_track(sct, kind, fits, strange):
    case = investigated(sct, kind=kind)
    assert case.track == kind
    with pytest.raises(InvalidInput) as refused:
        conclusion.resolve_case(case_id=case.pk, by=sct, version=case.version, outcome=strange, answer="Đã xong.")
    assert refused.value.field == "outcome"
    case = conclusion.resolve_case(case_id=case.pk, by=sct, version=case.version, outcome=fits, answer="Đã xong.")
    assert case.outcome == fits


def test_every_outcome_belongs_to_a_track():
    assert set(OUTCOMES) == set(Track)
    assert {outcome for fitting in OUTCOMES.values() for outcome in fitting} == set(Outcome)
