"""The joint board on the pages, and the form on which officers open a case."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agencies.models import Role
from complaints import codes
from complaints.lodgement import Person
from complaints.models import Complainant, Evidence
from events.relay import Relay
from search.selectors import find_cases
from tests import factories
from tests.factories import cooperation as help_
from tests.factories import files, journeys
from workflows.models import BoardPost, Case, JointAction, JointTask, Paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def qltt():
    return factories.member("qltt")


@pytest.fixture
def case(sct) -> Case:
    who = Person(name="Hoàng Thị Kín", phone="0901112223")
    return journeys.investigating(sct, kind="violation", person=who, narrative="ĐẦU ĐUÔI KÍN.").case


@pytest.fixture
def own_index(settings, tmp_path) -> None:
    """A search index that knows no other test's cases."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    settings.ELASTICSEARCH_INDEX_PREFIX = f"test-{codes.new_idempotency_key()[:12]}"


def board(action: JointAction) -> str:
    return reverse("backoffice:joint-action", args=[action.pk])


def deed(action: JointAction, name: str) -> str:
    return reverse("backoffice:joint-deed", args=[action.pk, name])


def rows(prefix: str, *filled: dict) -> dict:
    data = {f"{prefix}-TOTAL_FORMS": len(filled), f"{prefix}-INITIAL_FORMS": 0}
    return data | {f"{prefix}-{n}-{name}": value for n, row in enumerate(filled) for name, value in row.items()}


def started(case: Case, *tasks: dict, **fields) -> dict:
    common = {"key": codes.new_idempotency_key(), "goods": "Nước hoa giả", "places": "Kho số 5"}
    return common | rows("task", *tasks) | fields


def recorded(**fields) -> dict:
    said = {
        "began_on": "25/11/2026", "began_at": "8:00", "ended_on": "25/11/2026", "ended_at": "8:30", "place": "Kho số 5",
        "witness": "", "found": "120 chai nước hoa không hóa đơn.", "opinion": "",
    }  # fmt: skip
    parties = rows("party", {"agency": "Chi cục QLTT", "people": "Lê An, Đội trưởng"})
    seized = rows("seized", {"name": "Nước hoa", "quantity": "120", "unit": "chai", "condition": "nguyên hộp"})
    return said | parties | seized | fields


def test_it_is_started_with_a_task_for_each_agency(at_desk, case, sct, qltt, police):
    url = reverse("backoffice:start-joint-action", args=[case.number])
    desk = at_desk(sct)
    assert desk.get(url).status_code == 200
    empty = {"agency": "", "text": "", "hours": "4"}
    tasks = [{"agency": who.agency.pk, "text": "Đến kho", "hours": 2} for who in (qltt, police)]
    assert desk.post(url, started(case, *tasks, empty)).status_code == 302
    assert JointTask.objects.count() == 2
    more = desk.post(url, started(case, tasks[0], more="on"))
    assert (more.status_code, len(more.context["rows"].forms)) == (200, 4)
    assert "Đến kho" in more.content.decode()


@pytest.mark.parametrize(
    "row", [{"agency": "", "text": "x", "hours": 1}, {"text": "", "hours": 1}, {"text": "x", "hours": 999}]
)
def test_a_task_that_is_none_is_told_and_what_was_typed_is_kept(at_desk, case, sct, qltt, row):
    url = reverse("backoffice:start-joint-action", args=[case.number])
    page = at_desk(sct).post(url, started(case, {"agency": qltt.agency.pk} | row))
    assert page.status_code == 400
    assert "Nước hoa giả" in page.content.decode()
    assert not JointAction.objects.exists()


def test_everybody_on_the_board_reads_it_and_nothing_of_the_case(
    own_index, at_desk, case, sct, qltt, police, association
):
    action = help_.action(case, sct, qltt.agency, police.agency)
    key = codes.new_idempotency_key()
    at_desk(qltt).post(deed(action, "take"))
    photo = SimpleUploadedFile("anh.jpg", files.picture())
    said = {"key": key, "text": "ĐÃ NIÊM PHONG", "files_done": [photo]}
    assert at_desk(qltt).post(deed(action, "done"), said).status_code == 302
    Relay().run_until_idle()
    for who in (sct, qltt, police):
        text = at_desk(who).get(board(action)).content.decode()
        assert "ĐÃ NIÊM PHONG" in text
        assert "anh.jpg" in text
        assert "KÍN" not in text
        assert "Hoàng" not in text
    for who in (qltt, police):
        assert at_desk(who).get(reverse("backoffice:case", args=[case.number])).status_code == 404
        assert not find_cases(who, case.number).hits
    assert find_cases(sct, case.number).hits
    desk = at_desk(association)
    part = reverse("backoffice:joint-board", args=[action.pk])
    assert desk.get(board(action)).status_code == desk.get(part).status_code == 404
    assert desk.post(deed(action, "post"), {"key": key, "text": "x"}).status_code == 404
    assert BoardPost.objects.count() == 2


def test_a_message_tapped_twice_stands_on_the_board_once(at_desk, case, sct, qltt):
    action = help_.action(case, sct, qltt.agency)
    desk, said = at_desk(qltt), {"key": codes.new_idempotency_key(), "text": "Đang đến"}
    photo = {"files_post": [SimpleUploadedFile("anh.jpg", files.picture())]}
    assert desk.post(deed(action, "post"), said | photo).status_code == 302
    assert desk.post(deed(action, "post"), said | {"files_post_ids": ["1"]}).status_code == 302
    assert BoardPost.objects.count() == 1


def test_a_file_that_is_gone_is_told_before_anything_is_written(at_desk, case, sct, qltt):
    action = help_.action(case, sct, qltt.agency)
    said = {"key": codes.new_idempotency_key(), "text": "CHỮ ĐÃ GÕ", "files_post_ids": ["987654"]}
    page = at_desk(qltt).post(deed(action, "post"), said)
    assert page.status_code == 400
    assert "CHỮ ĐÃ GÕ" in page.content.decode()
    assert not BoardPost.objects.exists()


def test_the_open_page_asks_for_the_board_alone(at_desk, case, sct, qltt):
    action = help_.action(case, sct, qltt.agency)
    part = at_desk(qltt).get(reverse("backoffice:joint-board", args=[action.pk]), headers={"hx-request": "true"})
    text = part.content.decode()
    assert "<form" not in text
    assert f'data-follow="board:{action.pk}"' in text
    assert 'data-follow-every="20"' in text


def test_the_record_is_drafted_then_issued_and_read_by_everybody_on_the_board(at_desk, case, sct, qltt):
    action = help_.action(case, sct, qltt.agency)
    url = reverse("backoffice:joint-record", args=[action.pk])
    desk = at_desk(sct)
    assert desk.get(url).status_code == 200
    assert at_desk(qltt).get(url).status_code == 403
    draft = desk.post(url, recorded(draft="on"))
    assert draft.content.startswith(b"%PDF")
    assert not Paper.objects.exists()
    assert desk.post(url, recorded(found="")).status_code == 400
    assert desk.post(url, recorded(ended_at="7:00")).status_code == 400
    more = desk.post(url, recorded(more="on"))
    assert len(more.context["seized"].forms) == 4
    assert desk.post(url, recorded()).status_code == 302
    pdf = reverse("backoffice:joint-record-pdf", args=[action.pk])
    assert at_desk(qltt).get(pdf).status_code == 302
    Relay().run_until_idle()
    assert b"".join(at_desk(qltt).get(pdf).streaming_content).startswith(b"%PDF")
    assert "01/BB-SCT" in at_desk(qltt).get(board(action)).content.decode()


def test_the_board_costs_the_same_however_much_stands_on_it(
    at_desk, case, sct, qltt, police, django_assert_max_num_queries
):
    from workflows.services.joint_action import report

    action = help_.action(case, sct, qltt.agency, police.agency)
    for n in range(6):
        report(action_id=action.pk, by=(qltt, police)[n % 2], text=f"Tin {n}", uploads=[help_.upload().pk])
    desk = at_desk(qltt)
    desk.get(board(action))
    with django_assert_max_num_queries(14):
        desk.get(board(action))


def found_by_hand(**fields) -> dict:
    return {
        "key": codes.new_idempotency_key(), "source": "livestream", "where": "https://fb.com/live/1", "seen_on": "24/11/2026",
        "seen_time": "20:15", "narrative": "Livestream bán nước hoa giả.", "kind": "violation", "seller_name": "Shop Hương",
    } | fields  # fmt: skip


def test_an_officer_opens_a_case_in_the_field(own_index, at_desk, sct):
    factories.rules()
    url, desk = reverse("backoffice:own-initiative"), at_desk(sct)
    assert desk.get(url).status_code == 200
    data = found_by_hand()
    for _tap in range(2):
        answer = desk.post(url, data | {"files": [SimpleUploadedFile("anh.jpg", files.picture())]})
        case = Case.objects.get()
        assert answer["Location"] == reverse("backoffice:case", args=[case.number])
    assert Evidence.objects.filter(complaint=case.complaint).count() == 1
    assert not Complainant.objects.exists()
    assert case.complaint.indicators.filter(kind="url").exists()
    Relay().run_until_idle()
    text = desk.get(answer["Location"]).content.decode()
    assert "What the officers found" in text
    assert "Who reports" not in text
    assert "found by an officer" in text
    assert "found by an officer" in desk.get(reverse("backoffice:queue")).content.decode()
    assert [hit.case for hit in find_cases(sct, "nước hoa").hits] == [case]


@pytest.mark.parametrize(
    "fields",
    [{"narrative": ""}, {"source": ""}, {"where": ""}, {"seen_on": "24/11/2099"}, {"kind": "feedback"}, {"key": "x"}],
)
def test_a_finding_that_is_none_is_told_and_kept(at_desk, sct, fields):
    factories.rules()
    page = at_desk(sct).post(reverse("backoffice:own-initiative"), found_by_hand() | fields)
    assert page.status_code == 400
    assert "Shop Hương" in page.content.decode()
    assert not Case.objects.exists()


def test_who_may_not_open_cases_is_told_so(at_desk, sct):
    url = reverse("backoffice:own-initiative")
    factories.agency("mttq", assisted_intake_only=True)
    for who in (factories.member("sct", Role.INTAKE), factories.member("mttq")):
        assert at_desk(who).get(url).status_code == 403
        assert at_desk(who).post(url, found_by_hand()).status_code == 403
