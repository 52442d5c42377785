"""Joint action: several agencies at once, one board, a record at the end."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from agencies.models import Role
from events import clock
from events.models import Event
from events.relay import Relay
from notifications.models import Notification
from tests import factories
from tests.factories import cooperation as help_
from tests.factories import journeys
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed
from workflows.jobs_cooperation import remind_cooperation
from workflows.joint_record import Party, Seized, record_content
from workflows.models import BoardFile, BoardPost, Case, JointAction, JointTask, Paper
from workflows.services import conclusion, joint_action
from workflows.services.joint_action import Task
from workflows.services.papers import paper_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def sct():
    return factories.member("sct")


@pytest.fixture
def qltt():
    return factories.member("qltt")


@pytest.fixture
def police():
    return factories.member("congan")


@pytest.fixture
def case(sct) -> Case:
    return journeys.investigating(sct, kind="violation").case


def kinds(case: Case) -> list[str]:
    events = Event.objects.filter(stream=case.stream, kind__startswith="joint_action.").order_by("sequence")
    return [event.kind.removeprefix("joint_action.") for event in events]


def content(**changes):
    now = clock.now()
    facts = {
        "began": now - timedelta(hours=2), "ended": now, "place": "kho số 5, chợ Cao Lãnh", "goods": "Nước hoa",
        "parties": [Party("Chi cục Quản lý thị trường", "Lê Văn An, Đội trưởng\nTrần B"), Party("Công an tỉnh", "Võ C")],
        "found": "Phát hiện 120 chai nước hoa không có hóa đơn.",
        "seized": [Seized("Nước hoa", "120", "chai", "nguyên hộp, không tem nhập khẩu")],
    }  # fmt: skip
    return record_content(**(facts | changes))


def test_each_agency_takes_and_does_its_own_task_on_one_board(case, sct, qltt, police):
    action = help_.action(case, sct, qltt.agency, police.agency)
    joint_action.take_task(action_id=action.pk, by=qltt)
    joint_action.report(action_id=action.pk, by=police, text="Đang đến nơi.")
    joint_action.finish_task(action_id=action.pk, by=qltt, text="Đã niêm phong.", uploads=[help_.upload().pk])
    joint_action.decline_task(action_id=action.pk, by=police, reason="Không đủ người.")
    states = dict(action.tasks.values_list("agency__code", "state"))
    assert states == {"qltt": "done", "congan": "declined"}
    assert kinds(case) == ["started", "asked", "asked", "taken", "reported", "done", "declined"]
    assert [post.kind for post in BoardPost.objects.filter(action=action)] == ["taken", "message", "done", "declined"]
    with pytest.raises(MoveNotAllowed):
        joint_action.take_task(action_id=action.pk, by=qltt)


def test_a_task_opens_the_board_and_no_case(case, sct, qltt, police):
    action = help_.action(case, sct, qltt.agency)
    assert list(JointAction.objects.visible_to(qltt)) == [action]
    assert not Case.objects.visible_to(qltt).filter(pk=case.pk).exists()
    assert not JointAction.objects.visible_to(police).exists()
    assert not JointAction.objects.visible_to(factories.member("qltt", Role.AUDITOR)).exists()
    with pytest.raises(CaseNotFound):
        joint_action.report(action_id=action.pk, by=police, text="x")


@pytest.mark.parametrize("hours", [0, 241])
def test_a_task_runs_for_some_hours(case, sct, qltt, hours):
    with pytest.raises(InvalidInput):
        help_.action(case, sct, tasks=[Task(qltt.agency, "x", hours)])
    assert not JointAction.objects.exists()


def test_tasks_are_given_to_different_agencies_and_to_one_at_least(case, sct, qltt):
    for tasks in ([], [Task(qltt.agency, "x", 1), Task(qltt.agency, "y", 1)]):
        with pytest.raises(InvalidInput):
            help_.action(case, sct, tasks=tasks)


def test_the_same_form_starts_once(case, sct, qltt):
    first = help_.action(case, sct, qltt.agency, key="b" * 32)
    assert help_.action(case, sct, qltt.agency, key="b" * 32) == first
    assert JointTask.objects.count() == 1


def test_it_ends_with_a_numbered_record_and_nothing_is_written_after(case, sct, qltt):
    action = help_.action(case, sct, qltt.agency)
    with pytest.raises(MoveNotAllowed):
        joint_action.end_joint_action(action_id=action.pk, by=qltt, content=content())
    ended = joint_action.end_joint_action(action_id=action.pk, by=sct, content=content())
    assert (ended.state, ended.record.symbol) == ("ended", "01/BB-SCT")
    assert paper_pdf(ended.record).startswith(b"%PDF")
    for act in (joint_action.report, joint_action.finish_task):
        with pytest.raises(MoveNotAllowed):
            act(action_id=action.pk, by=qltt, text="Muộn.")
    with pytest.raises(MoveNotAllowed):
        joint_action.end_joint_action(action_id=action.pk, by=sct, content=content())
    assert Paper.objects.count() == 1


def test_a_record_says_what_was_found(case, sct, qltt):
    action = help_.action(case, sct, qltt.agency)
    with pytest.raises(InvalidInput) as refused:
        joint_action.end_joint_action(action_id=action.pk, by=sct, content=content(found=" "))
    assert refused.value.field == "found"


def test_a_case_that_ended_first_still_has_its_record(case, sct, qltt):
    action = help_.action(case, sct, qltt.agency)
    journeys.Journey(Case.objects.get(pk=case.pk), sct).then(
        conclusion.resolve_case, outcome="goods_seized", answer="Đã tạm giữ hàng."
    )
    assert joint_action.end_joint_action(action_id=action.pk, by=sct, content=content()).state == "ended"


def test_it_is_called_off_with_a_reason_on_the_board(case, sct, qltt):
    action = help_.action(case, sct, qltt.agency)
    joint_action.call_off(action_id=action.pk, by=sct, reason="Hàng đã chuyển đi tỉnh khác.")
    assert JointAction.objects.get().state == "called_off"
    assert BoardPost.objects.get().text.startswith("Hàng đã")


def test_files_of_the_board_are_scanned_before_anyone_opens_them(case, sct, qltt, police):
    action = help_.action(case, sct, qltt.agency, police.agency)
    joint_action.report(action_id=action.pk, by=qltt, text="Ảnh.", uploads=[help_.upload().pk])
    file = BoardFile.objects.get()
    with pytest.raises(MoveNotAllowed):
        joint_action.open_board_file(action_id=action.pk, by=police, file_id=file.pk)
    Relay().run_until_idle()
    assert joint_action.open_board_file(action_id=action.pk, by=police, file_id=file.pk) == file
    other = help_.action(case, sct, qltt.agency)
    with pytest.raises(CaseNotFound):
        joint_action.open_board_file(action_id=other.pk, by=qltt, file_id=file.pk)


def test_everybody_on_the_board_is_told_at_once_and_as_urgent(case, sct, qltt, police):
    action = help_.action(case, sct, qltt.agency, police.agency)
    joint_action.report(action_id=action.pk, by=qltt, text="Cần thêm xe.")
    Relay().run_until_idle()
    asked = Notification.objects.filter(kind="joint_action.asked")
    assert {n.recipient_id for n in asked if n.urgent} == {qltt.person.pk, police.person.pk}
    news = Notification.objects.filter(kind="joint_action.reported").values_list("recipient", flat=True)
    assert set(news) == {sct.person.pk, police.person.pk}


def test_an_overdue_task_is_reminded_of_once(case, sct, qltt):
    help_.action(case, sct, qltt.agency)
    with clock.frozen(clock.now() + timedelta(hours=5)):
        remind_cooperation()
        remind_cooperation()
    assert kinds(case).count("overdue") == 1


def test_the_log_holds_no_text_of_the_board(case, sct, qltt):
    action = help_.action(case, sct, qltt.agency, goods="Hàng KÍN", places="Chỗ KÍN")
    joint_action.report(action_id=action.pk, by=qltt, text="Tin KÍN")
    assert "KÍN" not in "".join(str(event.data) for event in Event.objects.all())


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's writers take turns anyway")
@pytest.mark.django_db(transaction=True)
def test_agencies_that_report_at_once_never_collide():
    sct = factories.member("sct")
    people = [factories.member(code) for code in ("qltt", "congan", "cyber", "commune1")]
    case = journeys.investigating(sct).case
    action = help_.action(case, sct, *(who.agency for who in people))
    faults: list[Exception] = []

    def work(who):
        try:
            joint_action.take_task(action_id=action.pk, by=who)
            for n in range(5):
                joint_action.report(action_id=action.pk, by=who, text=f"Tin {n}")
            joint_action.finish_task(action_id=action.pk, by=who, text="Xong.")
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[who]) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert BoardPost.objects.filter(action=action).count() == 4 * 7
    assert set(action.tasks.values_list("state", flat=True)) == {"done"}
