"""Help between agencies: who asks, what they are shown, what comes back, what is recorded and who is told."""

import threading
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from agencies.models import Role
from complaints.models import Evidence, Indicator
from complaints.services.recording import UploadGone
from complaints.services.sweeping import sweep_orphans
from events import clock
from events.models import Event
from events.relay import Relay
from notifications.models import Notification
from tests import factories
from tests.factories import cooperation as help_
from tests.factories import journeys
from workflows.errors import CaseNotFound, InvalidInput, KeyReused, MoveNotAllowed
from workflows.jobs_cooperation import remind_cooperation
from workflows.models import Case, Contribution, ContributionFile, Cooperation
from workflows.policy_cooperation import sees_what_was_shared
from workflows.selectors.timeline import case_timeline, public_timeline
from workflows.services import conclusion, cooperation, referral
from workflows.services.cooperation import Shared

pytestmark = pytest.mark.django_db
STATE = Cooperation.State


@pytest.fixture
def sct():
    return factories.member("sct")


@pytest.fixture
def police():
    return factories.member("congan")


@pytest.fixture
def qltt():
    return factories.member("qltt")


@pytest.fixture
def case(sct) -> Case:
    return journeys.investigating(sct, kind="violation", seller_address="Kho 5 chợ Cao Lãnh").case


def kinds(case: Case) -> list[str]:
    events = Event.objects.filter(stream=case.stream, kind__startswith="cooperation.").order_by("sequence")
    return [event.kind.removeprefix("cooperation.") for event in events]


def test_the_whole_way_from_asking_to_a_completed_contribution(case, sct, qltt):
    found = help_.taken(case, sct, qltt)
    cooperation.contribute(cooperation_id=found.pk, by=qltt, text="Không có kho tại đây.")
    cooperation.return_contribution(cooperation_id=found.pk, by=sct, missing="Thiếu ảnh chụp.")
    cooperation.contribute(cooperation_id=found.pk, by=qltt, text="Kèm ảnh.", uploads=[help_.upload().pk])
    found.refresh_from_db()
    assert (found.state, found.was_returned, found.taken_by) == (STATE.CONTRIBUTED, True, qltt.person)
    assert kinds(case) == ["asked", "taken", "contributed", "returned", "contributed"]
    assert Case.objects.get(pk=case.pk).owner == sct.agency
    with pytest.raises(MoveNotAllowed, match=r".+"):
        cooperation.return_contribution(cooperation_id=found.pk, by=sct, missing="Lần nữa.")


def test_the_default_deadline_is_counted_like_the_clocks(case, sct, qltt):
    with clock.frozen(clock.now()):
        found = help_.asked(case, sct, qltt.agency, amount=4, unit="h")
        assert found.due_at == clock.now() + timedelta(hours=4)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"amount": 0}, "amount"), ({"amount": 61}, "amount"), ({"unit": "h", "amount": 241}, "amount"),
        ({"deliverable": None}, "other"), ({"text": "  "}, "text"),
    ],
)  # fmt: skip
def test_a_request_that_is_none_is_refused_with_the_field(case, sct, qltt, fields, field):
    with pytest.raises(InvalidInput) as refused:
        help_.asked(case, sct, qltt.agency, **fields)
    assert refused.value.field == field
    assert not Cooperation.objects.exists()


def test_only_other_agencies_of_the_province_that_handle_cases_are_asked(case, sct):
    elsewhere = factories.agency("elsewhere")
    elsewhere.provinces.clear()
    for agency in (
        sct.agency, elsewhere, factories.agency("mttq", assisted_intake_only=True), factories.agency("x", is_active=False)
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            help_.asked(case, sct, agency)


def test_the_handler_and_supervisors_ask_and_nobody_else(case, qltt):
    help_.asked(case, factories.member("sct", Role.SUPERVISOR), qltt.agency)
    for who in (factories.member("sct", Role.HANDLER), factories.member("sct", Role.INTAKE)):
        with pytest.raises(MoveNotAllowed):
            help_.asked(case, who, qltt.agency)
    with pytest.raises(CaseNotFound):
        help_.asked(case, qltt, factories.agency("congan"))


def test_the_same_form_asks_once(case, sct, qltt, police):
    first = help_.asked(case, sct, qltt.agency, key="a" * 32)
    assert help_.asked(case, sct, qltt.agency, key="a" * 32) == first
    with pytest.raises(KeyReused):
        help_.asked(case, sct, police.agency, key="a" * 32)


def test_what_belongs_to_another_case_is_not_shared_from_this_one(case, sct, qltt):
    other = factories.case(identifiers=(("phone", "0987654321"),))
    foreign = Indicator.objects.filter(complaint=other.complaint).first()
    with pytest.raises(InvalidInput):
        help_.asked(case, sct, qltt.agency, shared=Shared(indicators=[foreign.pk]))
    assert not Cooperation.objects.exists()


def test_being_asked_opens_no_case_and_what_was_shared_closes_with_the_work(case, sct, qltt, police):
    found = help_.taken(case, sct, qltt)
    assert not Case.objects.visible_to(qltt).filter(pk=case.pk).exists()
    assert list(Cooperation.objects.visible_to(qltt)) == [found]
    assert not Cooperation.objects.visible_to(police).exists()
    assert not Cooperation.objects.visible_to(factories.member("qltt", Role.AUDITOR)).exists()
    assert sees_what_was_shared(qltt, found)
    found = cooperation.contribute(cooperation_id=found.pk, by=qltt, text="Đã xác minh.")
    assert not sees_what_was_shared(qltt, found)
    assert list(Cooperation.objects.visible_to(qltt)) == [found]
    found = cooperation.return_contribution(cooperation_id=found.pk, by=sct, missing="Thiếu ảnh.")
    assert sees_what_was_shared(qltt, found)


def test_a_case_that_ends_closes_what_was_shared_at_once_and_dismisses_it_after(case, sct, qltt):
    found = help_.taken(case, sct, qltt)
    journeys.Journey(Case.objects.get(pk=case.pk), sct).then(
        conclusion.resolve_case, outcome="no_violation", answer="Không có vi phạm."
    )
    found = Cooperation.objects.get(pk=found.pk)
    assert not sees_what_was_shared(qltt, found)
    with pytest.raises(MoveNotAllowed):
        cooperation.contribute(cooperation_id=found.pk, by=qltt, text="Muộn.")
    Relay().run_until_idle()
    found.refresh_from_db()
    assert found.state == STATE.DISMISSED
    assert kinds(case)[-1] == "dismissed"


def test_a_request_follows_the_case_to_its_new_owner(case, sct, qltt, police):
    found = help_.taken(case, sct, qltt)
    moved = referral.refer_case(case_id=case.pk, to=police.agency, by=sct, reason="Có dấu hiệu.", version=case.version)
    referral.take_referral(case_id=case.pk, by=police, version=moved.version)
    cooperation.contribute(cooperation_id=found.pk, by=qltt, text="Đã xác minh.")
    assert not Cooperation.objects.visible_to(sct).exists()
    assert list(Contribution.objects.visible_to(police)) == list(Contribution.objects.all())


def test_police_only_between_police_and_nobody_else_learns_of_it(police, sct):
    case = journeys.investigating(sct, kind="crime").case
    moved = referral.refer_case(case_id=case.pk, to=police.agency, by=sct, reason="Tội phạm.", version=case.version)
    referral.take_referral(case_id=case.pk, by=police, version=moved.version)
    cyber = factories.member("cyber")
    found = help_.taken(case, police, cyber)
    cooperation.contribute(cooperation_id=found.pk, by=cyber, text="Đối tượng X.", police_only=True)
    assert Contribution.objects.visible_to(police).count() == 1
    now = Case.objects.get(pk=case.pk)
    back = referral.refer_case(case_id=case.pk, to=sct.agency, by=police, reason="Trả.", version=now.version)
    referral.take_referral(case_id=case.pk, by=sct, version=back.version)
    Relay().run_until_idle()
    assert not Contribution.objects.visible_to(sct).exists()
    told = [entry.kind for entry in case_timeline(Case.objects.get(pk=case.pk), sct)]
    assert "cooperation.contributed" not in told
    assert not Notification.objects.filter(kind="cooperation.contributed", recipient=sct.person).exists()


def test_police_only_is_refused_where_the_asker_is_no_police(case, sct, police):
    found = help_.taken(case, sct, police)
    with pytest.raises(InvalidInput) as refused:
        cooperation.contribute(cooperation_id=found.pk, by=police, text="x", police_only=True)
    assert refused.value.field == "police_only"
    assert Cooperation.objects.get(pk=found.pk).state == STATE.TAKEN


def test_contributed_files_are_kept_sealed_scanned_and_opened_with_a_record(case, sct, qltt, settings):
    found, given = help_.taken(case, sct, qltt), help_.upload()
    cooperation.contribute(cooperation_id=found.pk, by=qltt, text="Kèm ảnh.", uploads=[given.pk])
    file = ContributionFile.objects.get()
    assert (file.sha256, file.original_name, file.may_be_opened) == (given.sha256, "bien-ban.jpg", False)
    with pytest.raises(MoveNotAllowed):
        cooperation.open_contributed_file(cooperation_id=found.pk, by=sct, file_id=file.pk)
    Relay().run_until_idle()
    with clock.frozen(clock.now() + timedelta(days=2)):
        sweep_orphans()
    opened = cooperation.open_contributed_file(cooperation_id=found.pk, by=sct, file_id=file.pk)
    assert default_storage.exists(opened.file.name)
    assert kinds(case)[-1] == "file_opened"
    assert not Evidence.objects.filter(complaint=case.complaint).exists()
    with pytest.raises(UploadGone):
        again = help_.taken(case, sct, qltt)
        cooperation.contribute(cooperation_id=again.pk, by=qltt, text="x", uploads=[given.pk])


def test_the_log_holds_no_text_and_the_citizen_is_told_nothing(case, sct, qltt):
    found = help_.taken(case, sct, qltt, text="Bí mật 0987654321", shared=Shared(summary="Tóm tắt kín"))
    cooperation.contribute(cooperation_id=found.pk, by=qltt, text="Kết quả kín")
    log = "".join(str(event.data) for event in Event.objects.filter(stream=case.stream))
    assert not any(word in log for word in ("Bí mật", "0987654321", "Tóm tắt", "Kết quả"))
    assert not [entry for entry in public_timeline(case) if entry.kind.startswith("cooperation")]


def test_each_side_is_told_what_concerns_it(case, sct, qltt):
    found = help_.asked(case, sct, qltt.agency)
    cooperation.decline_cooperation(cooperation_id=found.pk, by=qltt, reason="Ngoài địa bàn.")
    Relay().run_until_idle()
    told = set(Notification.objects.filter(kind__startswith="cooperation").values_list("kind", "recipient"))
    assert told == {("cooperation.asked", qltt.person.pk), ("cooperation.declined", sct.person.pk)}


def test_what_is_overdue_is_reminded_of_once_on_both_sides(case, sct, qltt):
    help_.taken(case, sct, qltt)
    remind_cooperation()
    assert "overdue" not in kinds(case)
    with clock.frozen(clock.now() + timedelta(days=30)):
        remind_cooperation()
        remind_cooperation()
        Relay().run_until_idle()
    assert kinds(case).count("overdue") == 1
    told = Notification.objects.filter(kind="cooperation.overdue").values_list("recipient", flat=True)
    assert set(told) == {sct.person.pk, qltt.person.pk}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's writers take turns anyway")
@pytest.mark.django_db(transaction=True)
def test_taking_and_dismissing_at_once_one_is_first_and_the_other_is_told():
    sct, qltt = factories.member("sct"), factories.member("qltt")
    case = journeys.investigating(sct).case
    for _round in range(10):
        found = help_.asked(case, sct, qltt.agency)
        answers: list[str] = []

        def run(act, *, answers=answers, **arguments):
            try:
                answers.append(act(**arguments).state)
            except MoveNotAllowed:
                answers.append("refused")
            finally:
                connection.close()

        threads = [
            threading.Thread(target=run, args=[cooperation.take_cooperation], kwargs={"cooperation_id": found.pk, "by": qltt}),
            threading.Thread(
                target=run, args=[cooperation.dismiss_cooperation],
                kwargs={"cooperation_id": found.pk, "by": sct, "reason": "Không cần nữa."},
            ),
        ]  # fmt: skip
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # Dismissing is possible in either order; taking only before it.
        assert sorted(answers) in (["dismissed", "refused"], ["dismissed", "taken"])
        assert Cooperation.objects.get(pk=found.pk).state == STATE.DISMISSED
