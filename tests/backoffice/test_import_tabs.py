"""The import page open twice, or just as the relay or the clock has its turn."""

import html
import re
from datetime import timedelta

import pytest

from agencies.actors import Member, acting_as, memberships_of
from agencies.models import Role
from complaints.models import Complaint
from complaints.storage import stored_names
from events import clock
from tests import factories
from tests.backoffice.test_import_sheets import NEW, OLD, book, checked, columns, page, read, switched
from tests.backoffice.test_imports import URL, sent
from tests.complaints.test_tables import workbook
from workflows.import_columns import BadMapping
from workflows.models import ImportRun
from workflows.services import import_running, import_runs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_storage"), pytest.mark.both_profiles]
CHANGED = "Các cột của tệp đã khác"


@pytest.fixture
def desk(client):
    factories.rules()
    client.force_login(factories.member("sct", Role.SUPERVISOR).person)
    return client


@pytest.fixture
def run(desk) -> ImportRun:
    return read(sent(desk, book(), "so.xlsx"))


@pytest.fixture
def by(run) -> Member:
    return acting_as(run.owner, memberships_of(run.owner), run.agency.code)


def hidden(shown: str) -> dict[str, str]:
    """What the button that lodges posts."""
    form = shown.partition("/confirm/")[2].partition("</form>")[0]
    return dict(re.findall(r'name="(shown)" value="([^"]*)"', form))


@pytest.mark.parametrize("sheet", [NEW, OLD])
def test_what_another_page_had_checked_is_not_lodged_unseen(desk, run, sheet):
    run = checked(desk, run, "narrative", "-", "-")
    stale = hidden(page(desk, run))
    run = checked(desk, switched(desk, run, NEW)) if sheet == NEW else checked(desk, run, "-", "narrative", "-")
    for posted in (stale, {}):
        answer = desk.post(f"{URL}{run.pk}/confirm/", posted)
        assert answer.status_code == 400
        assert CHANGED in html.unescape(answer.content.decode())
    assert read(run).state == "checked"
    assert desk.post(f"{URL}{run.pk}/confirm/", hidden(page(desk, run))).status_code == 302
    assert read(run).state == "done"
    assert "Chuyện cũ" not in Complaint.objects.values_list("narrative", flat=True)


def test_a_check_between_looking_and_lodging_is_not_lodged(desk, run, by, monkeypatch):
    run = checked(desk, run, "narrative", "-", "-")
    find = import_runs.find_run

    def slow(pk, who):
        found = find(pk, who)
        ImportRun.objects.filter(pk=pk).update(report="imports/ab/another")
        return found

    monkeypatch.setattr(import_runs, "find_run", slow)
    with pytest.raises(import_runs.MoveNotAllowed):
        import_runs.confirm_import(run_id=run.pk, by=by, shown=run.check_shown)


def test_the_page_tells_no_place_in_the_storage(desk, run):
    run = checked(desk, run, "narrative", "-", "-")
    name = run.report.name.rpartition("/")[2]
    assert name
    assert name not in page(desk, run)


def test_the_same_choice_from_another_page_is_done(desk, run):
    posted = columns("narrative", "-", "-", of=OLD) | {"sheet": NEW, "read": ""}
    for _page in range(2):
        assert desk.post(f"{URL}{run.pk}/", posted).status_code == 302
    assert (read(run).state, run.sheet, run.headings[0]) == ("mapping", NEW, "Nội dung")


def test_a_refusal_is_told_also_while_another_sheet_is_read(desk, run):
    desk.post(f"{URL}{run.pk}/", columns("narrative", "-", "-", of=OLD) | {"sheet": NEW, "read": ""})
    answer = desk.post(f"{URL}{run.pk}/", columns("narrative", "-", "-", of=OLD))
    assert answer.status_code == 400
    said = html.unescape(answer.content.decode())
    assert CHANGED in said
    assert "import-progress" in said


def test_while_a_sheet_is_read_no_count_of_the_one_before_is_shown(desk, run):
    assert run.total
    desk.post(f"{URL}{run.pk}/", columns("narrative", "-", "-", of=OLD) | {"sheet": NEW, "read": ""})
    run.refresh_from_db()
    assert (run.state, run.total) == ("reading", 0)


def test_columns_nobody_decided_on_are_guessed_anew_in_another_sheet(desk):
    first = [["Nội dung", "Điện thoại", "SĐT"], ["Một", "0912345678", "0912345679"]]
    data = workbook(*first, title="A", B=[["Nội dung", "SĐT"], ["Hai", "0912345670"]])
    run = read(sent(desk, data, "so.xlsx"))
    assert run.targets == ["narrative", "complainant_phone", ""]
    run = switched(desk, run, "B", "narrative", "complainant_phone", "-")
    assert run.targets == ["narrative", "complainant_phone"]


def test_a_column_left_out_by_a_person_stays_left_out(desk, run):
    run = switched(desk, run, NEW, "narrative", "-", "-")
    assert run.targets[-1] == "-"


def test_columns_of_another_number_are_refused(run, by):
    with pytest.raises(BadMapping):
        import_runs.choose_sheet(run_id=run.pk, by=by, sheet=NEW, targets=["narrative"] * 5, of=OLD)
    run.refresh_from_db()
    assert run.state == "mapping"


def test_cancelled_just_as_the_reading_ends_no_file_is_left(desk, run, by, monkeypatch):
    desk.post(f"{URL}{run.pk}/", columns("narrative", "-", "-", of=OLD) | {"sheet": NEW})
    find = import_runs.find_run

    def slow(pk, who):
        found = find(pk, who)
        import_running.read_file(pk)
        return found

    monkeypatch.setattr(import_runs, "find_run", slow)
    import_runs.cancel_import(run_id=run.pk, by=by)
    run.refresh_from_db()
    assert (run.state, list(stored_names("imports"))) == ("cancelled", [])


def test_a_choice_made_as_the_time_runs_out_keeps_its_files(run, by, monkeypatch):
    files = sorted(stored_names("imports"))
    update, chosen = type(ImportRun.objects.all()).update, []

    def late(rows, **fields):
        if fields.get("name") == "" and not chosen:
            chosen.append(NEW)
            import_runs.choose_sheet(run_id=run.pk, by=by, sheet=NEW, targets=["-"] * 3, of=OLD)
        return update(rows, **fields)

    with clock.frozen(clock.now() + timedelta(hours=25)), monkeypatch.context() as patched:
        patched.setattr(type(ImportRun.objects.all()), "update", late)
        assert import_runs.delete_expired() == 0
    assert chosen
    assert sorted(stored_names("imports")) == files
    run.refresh_from_db()
    assert (run.state, run.sheet, bool(run.workbook)) == ("reading", NEW, True)


def test_files_that_came_as_the_time_ran_out_are_not_lost_sight_of(run, monkeypatch):
    update, others = type(ImportRun.objects.all()).update, []

    def late(rows, **fields):
        if fields.get("name") == "" and not others:
            others.append(update(ImportRun.objects.filter(pk=run.pk), file="imports/ab/another"))
        return update(rows, **fields)

    with clock.frozen(clock.now() + timedelta(hours=25)), monkeypatch.context() as patched:
        patched.setattr(type(ImportRun.objects.all()), "update", late)
        assert import_runs.delete_expired() == 0
    run.refresh_from_db()
    assert run.file.name == "imports/ab/another"
