"""A workbook of several sheets sent from the back office: one of them is chosen."""

import html
import io
from datetime import timedelta

import openpyxl
import pytest

from agencies.models import Role
from complaints.models import Complaint
from complaints.storage import stored_names
from events import clock
from events.models import Event
from tests import factories
from tests.backoffice.test_imports import URL, deliver, lodged, sent
from tests.complaints.test_tables import workbook
from workflows.models import Case, ImportRun
from workflows.services import import_running, import_runs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_storage"), pytest.mark.both_profiles]
OLD, NEW = "Năm 2023", "Năm <2024> & sau"


@pytest.fixture
def head():
    factories.rules()
    return factories.member("sct", Role.SUPERVISOR)


@pytest.fixture
def desk(client, head):
    client.force_login(head.person)
    return client


def book(**more: list) -> bytes:
    sheets = {
        NEW: [["Nội dung", "Ghi chú", "Ghi chú", "Tên"], ["Chuyện mới", "ghi", "lại", "An"], ["Mới nữa", "", "", ""]],
        "Rỗng": [],
        **more,
    }
    return workbook(["Chuyện", "Ghi chú", "Tên"], ["Chuyện cũ", "g", "Bình"], title=OLD, **sheets)


@pytest.fixture
def run(desk) -> ImportRun:
    return read(sent(desk, book(), "so.xlsx"))


def read(run: ImportRun) -> ImportRun:
    deliver()
    run.refresh_from_db()
    return run


def page(desk, run: ImportRun) -> str:
    return html.unescape(desk.get(f"{URL}{run.pk}/").content.decode())


def columns(*codes: str, of: str) -> dict[str, str]:
    return {"of": of, "sheet": of} | {f"column-{at}": code for at, code in enumerate(codes)}


def checked(desk, run: ImportRun, *codes: str) -> ImportRun:
    codes = codes or tuple(code or "-" for code in run.targets)
    assert desk.post(f"{URL}{run.pk}/", columns(*codes, of=run.sheet)).status_code == 302
    return read(run)


def switched(desk, run: ImportRun, sheet: str, *codes: str) -> ImportRun:
    codes = codes or tuple(code or "-" for code in run.targets)
    posted = columns(*codes, of=run.sheet) | {"sheet": sheet, "read": ""}
    assert desk.post(f"{URL}{run.pk}/", posted).status_code == 302
    return read(run)


def test_the_page_offers_the_sheets_that_hold_something(desk, run):
    assert (run.state, run.sheet, [name for name, _hidden in run.sheets]) == ("mapping", OLD, [OLD, NEW])
    raw = desk.get(f"{URL}{run.pk}/").content.decode()
    assert f'<option value="{OLD}" selected>' in raw
    assert '<option value="Năm &lt;2024&gt; &amp; sau">' in raw
    assert "<2024>" not in raw
    assert "Rỗng" not in raw


@pytest.mark.parametrize("data", ["Nội dung\nMột\n", workbook(["Nội dung"], ["Một"], title="Sổ", Rong=[])])
def test_of_one_sheet_or_none_nothing_is_asked(desk, data):
    run = read(sent(desk, data, "so"))
    assert run.state == "mapping"
    assert 'name="sheet"' not in page(desk, run)
    assert list(stored_names("imports")) == [run.file.name]


def test_a_hidden_sheet_is_marked_and_not_the_first_choice(desk):
    made = openpyxl.load_workbook(io.BytesIO(book()))
    made[OLD].sheet_state = "hidden"
    out = io.BytesIO()
    made.save(out)
    run = read(sent(desk, out.getvalue(), "so.xlsx"))
    assert run.sheet == NEW
    assert f"{OLD} (trang ẩn)" in page(desk, run)


def test_another_sheet_is_read_and_what_was_said_of_equal_headings_stays(desk, run):
    run = switched(desk, run, NEW, "narrative", "brand", "complainant_name")
    assert (run.state, run.sheet, run.total) == ("mapping", NEW, 2)
    # The first of two equal headings, as said; what the other sheet calls the story it calls otherwise.
    assert run.targets == ["narrative", "brand", "", "complainant_name"]
    assert "Chuyện mới" in page(desk, run)
    run = switched(desk, run, OLD, "narrative", "product", "-", "-")
    assert (run.sheet, run.targets, run.total) == (OLD, ["", "product", "-"], 1)
    assert len(list(stored_names("imports"))) == 2


def test_the_run_takes_the_chosen_sheet_and_says_which(desk, run, monkeypatch):
    monkeypatch.setattr(import_running, "BATCH", 1)
    monkeypatch.setattr(import_running, "SLICE_SECONDS", 0)
    run = checked(desk, switched(desk, run, NEW))
    assert (run.state, run.lodged) == ("checked", 2)
    assert f"Trang tính: {NEW}" in page(desk, run)
    assert lodged(desk, run).status_code == 302
    progress = html.unescape(desk.get(f"{URL}{run.pk}/progress/").content.decode())
    assert f"Trang tính: {NEW}" in progress
    run = read(run)
    assert Event.objects.filter(kind="import.continued").count() == 1
    assert (run.state, run.lodged, run.file.name, run.workbook.name) == ("done", 2, "", "")
    assert set(Complaint.objects.values_list("narrative", flat=True)) == {"Chuyện mới", "Mới nữa"}
    assert f"Trang tính: {NEW}" in page(desk, run)
    assert list(stored_names("imports")) == [run.report.name]


def test_from_the_check_back_to_another_sheet_nothing_counts_as_lodged(desk, run):
    run = checked(desk, switched(desk, run, NEW))
    run = switched(desk, run, OLD)
    assert (run.state, run.lodged, run.bad, run.done) == ("mapping", 0, 0, 0)
    assert lodged(desk, run).status_code == 403
    assert Case.objects.count() == 0


def test_with_another_sheet_chosen_no_row_is_checked_before_its_columns_were_seen(desk, run):
    posted = columns("narrative", "-", "-", of=OLD) | {"sheet": NEW}
    assert desk.post(f"{URL}{run.pk}/", posted).status_code == 302
    assert (read(run).state, run.sheet) == ("mapping", NEW)


def test_columns_of_a_page_that_shows_another_sheet_are_not_taken(desk, run):
    run = switched(desk, run, NEW)
    for posted in (columns("narrative", "-", "-", of=OLD), columns("narrative", "-", "-", of=OLD) | {"sheet": NEW}):
        answer = desk.post(f"{URL}{run.pk}/", posted)
        assert answer.status_code == 400
        assert "Các cột của tệp đã khác" in html.unescape(answer.content.decode())
    run.refresh_from_db()
    assert (run.state, run.sheet, run.targets) == ("mapping", NEW, ["narrative", "", "", "complainant_name"])


@pytest.mark.parametrize("sheet", ["Năm 1999", "", "<script>alert(1)</script>", "x" * 5000, "Rỗng"])
def test_a_sheet_that_is_not_there_is_told_and_nothing_is_lost(desk, run, sheet):
    answer = desk.post(f"{URL}{run.pk}/", columns("narrative", "brand", "-", of=OLD) | {"sheet": sheet, "read": ""})
    said = answer.content.decode()
    assert answer.status_code == 400
    assert "không có trang tính nào tên như vậy" in html.unescape(said)
    assert '<option value="brand" selected>' in said
    assert "<script>alert" not in said
    run.refresh_from_db()
    assert (run.state, run.sheet, bool(run.file), bool(run.workbook)) == ("mapping", OLD, True, True)


def test_a_sheet_that_cannot_be_read_leaves_the_choice_of_another_and_what_was_said(desk):
    run = read(sent(desk, book(Rong=[["x"] * 300], Dau=[["chỉ một dòng"]]), "so.xlsx"))
    for sheet, why in (("Rong", "200"), ("Dau", "không có dòng nào")):
        run = switched(desk, run, sheet, "narrative", "brand", "-") if sheet == "Rong" else again(desk, run, sheet)
        assert (run.state, run.sheet, run.file.name, run.total) == ("mapping", sheet, "", 0)
        said = page(desk, run)
        assert why in said
        assert "bạn có thể chọn trang khác" in said
        assert f'<option value="{OLD}">' in said
        assert "column-0" not in said
        assert desk.post(f"{URL}{run.pk}/", {"of": sheet, "sheet": sheet}).status_code == 400
    run = again(desk, run, OLD)
    assert (run.state, run.error, run.targets) == ("mapping", "", ["narrative", "brand", "-"])


def again(desk, run: ImportRun, sheet: str) -> ImportRun:
    assert desk.post(f"{URL}{run.pk}/", {"of": run.sheet, "sheet": sheet, "read": ""}).status_code == 302
    return read(run)


def test_the_first_sheet_cannot_be_read_but_another_may_be(desk):
    run = read(sent(desk, workbook(["x"] * 300, title="Rộng", So=[["Nội dung"], ["Một"]]), "so.xlsx"))
    assert (run.state, run.sheet) == ("mapping", "Rộng")
    run = again(desk, run, "So")
    assert (run.state, run.targets, run.total) == ("mapping", ["narrative"], 1)


def test_two_columns_of_one_meaning_are_carried_to_no_dead_end(desk, run):
    run = switched(desk, run, NEW, "narrative", "narrative", "narrative")
    assert run.state == "mapping"
    assert run.targets == ["", "narrative", "", "complainant_name"]


def test_a_relay_that_slept_over_the_choice_writes_nothing(desk, run, monkeypatch):
    """It read the first sheet for so long that another took its place, and the person chose another sheet meanwhile."""
    stale = ImportRun.objects.select_related("agency__kind", "owner", "province").get(pk=run.pk)
    stale.state, stale.sheet, stale.workbook = "reading", OLD, ""
    files = sorted(stored_names("imports"))
    desk.post(f"{URL}{run.pk}/", columns("narrative", "-", "-", of=OLD) | {"sheet": NEW})
    stale.file = run.workbook.name
    import_running.read_file.__wrapped__(stale)
    run.refresh_from_db()
    assert (run.state, run.sheet, sorted(stored_names("imports"))) == ("reading", NEW, files)
    assert read(run).headings[0] == "Nội dung"


def test_stopping_and_time_delete_the_workbook_as_well(desk, run):
    desk.post(f"{URL}{run.pk}/cancel/")
    assert list(stored_names("imports")) == []
    other = read(sent(desk, book(), "so.xlsx"))
    with clock.frozen(clock.now() + timedelta(hours=25)):
        import_runs.delete_expired()
        import_runs.sweep_files()
    other.refresh_from_db()
    assert (other.sheet, other.sheets, list(stored_names("imports"))) == ("", [], [])


def test_no_file_of_an_open_import_is_swept(desk, run):
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert import_runs.sweep_files() == 0


def test_no_event_tells_what_a_sheet_is_called(desk, run):
    switched(desk, run, NEW)
    events = Event.objects.filter(stream=run.stream)
    assert "import.sheet_chosen" in events.values_list("kind", flat=True)
    assert "Năm" not in str([event.data for event in events])


def test_another_persons_sheet_is_nobodys_to_choose(desk, client, run):
    client.force_login(factories.member("sct", Role.SUPERVISOR).person)
    assert client.post(f"{URL}{run.pk}/", columns("-", of=OLD) | {"sheet": NEW}).status_code == 404
    run.refresh_from_db()
    assert (run.state, run.sheet) == ("mapping", OLD)


def test_while_it_is_read_no_other_is_chosen(desk, run):
    ImportRun.objects.filter(pk=run.pk).update(state="importing")
    answer = desk.post(f"{URL}{run.pk}/", columns("-", of=OLD) | {"sheet": NEW, "read": ""})
    assert answer.status_code == 403
