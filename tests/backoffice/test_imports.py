"""A register sent from the back office: looked at, checked, confirmed, lodged by the relay."""

import csv
import io
import threading
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from agencies.models import Membership, Role
from complaints.models import Complaint
from complaints.storage import stored_names
from events import clock
from events.models import Event
from events.relay import Relay
from tests import factories
from tests.complaints.test_tables import repacked, workbook
from workflows.models import Case, ImportRun
from workflows.services import import_running, import_runs

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_storage"), pytest.mark.both_profiles]
URL = "/backoffice/imports/"
REGISTER = (
    "STT,Họ tên,Điện thoại,Nội dung,Số tiền,Ghi chú\n1,Trần Thị B,0912345678,Canhchuyen một,5tr,x\n2,,,Hai,nhiều,y\n"
)


def deliver() -> int:
    return Relay(["slow"]).run_until_idle()


@pytest.fixture
def head():
    factories.rules()
    return factories.member("sct", Role.SUPERVISOR)


@pytest.fixture
def desk(client, head):
    client.force_login(head.person)
    return client


def sent(desk, data: bytes | str = REGISTER, name: str = "so-2024.csv") -> ImportRun:
    data = data.encode() if isinstance(data, str) else data
    answer = desk.post(URL, {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.content.decode()
    return ImportRun.objects.latest("pk")


def looked_at(desk, run: ImportRun, **targets: str) -> ImportRun:
    deliver()
    run.refresh_from_db()
    chosen = {f"column-{at}": targets.get(f"c{at}", code) for at, code in enumerate(run.targets)}
    assert desk.post(f"{URL}{run.pk}/", chosen | {"of": run.sheet}).status_code == 302
    deliver()
    run.refresh_from_db()
    return run


def lodged(desk, run: ImportRun) -> HttpResponse:
    """As from a page that shows the last check."""
    run.refresh_from_db()
    return desk.post(f"{URL}{run.pk}/confirm/", {"shown": run.check_shown})


def imported(desk, data: bytes | str = REGISTER) -> ImportRun:
    run = looked_at(desk, sent(desk, data))
    assert lodged(desk, run).status_code == 302
    deliver()
    run.refresh_from_db()
    return run


def report(desk, run: ImportRun) -> list[list[str]]:
    answer = desk.post(f"{URL}{run.pk}/report/")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_from_the_file_to_the_cases(desk, head, form):
    data = workbook(*csv.reader(REGISTER.splitlines())) if form == "xlsx" else REGISTER
    run = sent(desk, data, f"so.{form}")
    assert 'hx-get="/backoffice/imports/' in desk.get(f"{URL}{run.pk}/").content.decode()
    deliver()
    page = desk.get(f"{URL}{run.pk}/").content.decode()
    assert "Canhchuyen một" in page
    assert '<option value="narrative" selected>' in page
    run = looked_at(desk, run)
    assert (run.state, run.lodged, run.bad, Case.objects.count()) == ("checked", 1, 1, 0)
    page = desk.get(f"{URL}{run.pk}/").content.decode()
    assert "Số tiền: “nhiều” không phải là số tiền" in page
    assert [row[0] for row in report(desk, run)[1:]] == ["3"]
    lodged(desk, run)
    deliver()
    run.refresh_from_db()
    assert (run.state, run.done, run.lodged, run.bad, run.file.name) == ("done", 2, 1, 1, "")
    case = Case.objects.get()
    assert (case.owner, case.complaint.amount, case.complaint.source) == (head.agency, 5_000_000, "sct")
    rows = report(desk, run)
    assert rows[1][:3] == ["2", "đã nhập", case.number]
    assert "Hai" in rows[2]
    assert "Canhchuyen" not in str(rows)
    assert Event.objects.get(kind="case.lodged").actor["person"] == head.person.pk


def test_no_event_tells_what_the_register_says(desk):
    imported(desk)
    told = " ".join(str(event.data) for event in Event.objects.filter(stream__startswith="import:"))
    assert all(word not in told for word in ("Canhchuyen", "Trần", "0912345678", "so-2024"))
    kinds = list(Event.objects.filter(stream__startswith="import:").order_by("id").values_list("kind", flat=True))
    assert kinds == [
        "import.asked",
        "import.read",
        "import.check_asked",
        "import.checked",
        "import.confirmed",
        "import.done",
    ]


def test_only_the_last_report_is_left_and_a_day_later_nothing(desk):
    run = imported(desk)
    assert list(stored_names("imports")) == [run.report.name]
    with clock.frozen(clock.now() + timedelta(hours=25)):
        assert import_runs.delete_expired() == 1
        assert desk.post(f"{URL}{run.pk}/report/").status_code == 404
    run.refresh_from_db()
    assert (run.state, run.lodged, run.name, run.problems) == ("done", 1, "", [])
    assert list(stored_names("imports")) == []


def test_what_nobody_went_on_with_is_deleted(desk):
    run = sent(desk)
    deliver()
    with clock.frozen(clock.now() + timedelta(hours=25)):
        import_runs.delete_expired()
    run.refresh_from_db()
    assert (run.state, list(stored_names("imports"))) == ("expired", [])


def test_files_that_no_row_names_are_swept(desk):
    run = sent(desk)
    ImportRun.objects.filter(pk=run.pk).update(file="")
    assert import_runs.sweep_files() == 0
    with clock.frozen(clock.now() + timedelta(days=2)):
        assert import_runs.sweep_files() == 1


def test_a_column_is_said_otherwise(desk):
    run = looked_at(desk, sent(desk), c5="brand", c1="-")
    lodged(desk, run)
    deliver()
    complaint = Complaint.objects.get()
    assert complaint.brand == "x"
    assert complaint.complainant.name == ""


@pytest.mark.parametrize("codes", [["narrative", "narrative"], ["-", "-"], ["gossip", "-"]])
def test_columns_that_cannot_be_are_refused_in_words(desk, codes):
    run = sent(desk, "Nội dung,x\na,b\n")
    deliver()
    answer = desk.post(f"{URL}{run.pk}/", {f"column-{at}": code for at, code in enumerate(codes)})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize(
    "data",
    [b"\x89PNG\r\n\x1a\n\x01\x02", b"PK\x03\x04", "Nội dung".encode("cp1258", "ignore") + b"\xd0\n", b"\n\n", b"a,b\n"],
)
def test_what_is_no_register_fails_in_a_sentence(desk, data):
    run = sent(desk, data)
    deliver()
    run.refresh_from_db()
    assert (run.state, run.file.name) == ("failed", "")
    assert run.error in desk.get(f"{URL}{run.pk}/").content.decode()
    assert list(stored_names("imports")) == []


def test_too_large_too_many_or_no_file(desk, monkeypatch):
    assert desk.post(URL).status_code == 400
    assert desk.post(URL, {"file": SimpleUploadedFile("a.csv", b"")}).status_code in (302, 400)
    monkeypatch.setattr(import_runs, "MOST_BYTES", 5)
    assert desk.post(URL, {"file": SimpleUploadedFile("a.csv", b"123456")}).status_code == 400
    monkeypatch.undo()


def test_more_rows_than_are_taken(desk, monkeypatch):
    monkeypatch.setattr(import_running, "MOST_ROWS", 1)
    run = sent(desk)
    deliver()
    run.refresh_from_db()
    assert run.state == "failed"


def test_one_at_a_time(desk):
    sent(desk)
    answer = desk.post(URL, {"file": SimpleUploadedFile("b.csv", b"x")})
    assert answer.status_code == 400
    assert len(list(stored_names("imports"))) == 1


def many(count: int) -> str:
    return "Nội dung\n" + "".join(f"Chuyện {n}\n" for n in range(count))


def test_a_relay_killed_in_between_goes_on_where_it_was(desk, monkeypatch):
    monkeypatch.setattr(import_running, "BATCH", 2)
    run = looked_at(desk, sent(desk, many(7)))
    lodged(desk, run)
    take, taken = import_running._take, []

    def killed(*args):
        if len(taken) == 2:
            raise KeyboardInterrupt
        taken.append(take(*args))

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(import_running, "_take", killed)
        import_running.go_on(run.pk)
    run.refresh_from_db()
    assert (run.state, run.done, Case.objects.count()) == ("importing", 4, 4)
    deliver()
    run.refresh_from_db()
    assert (run.state, run.done, run.lodged, run.repeated, Case.objects.count()) == ("done", 7, 7, 0, 7)


def test_it_is_done_in_slices(desk, monkeypatch):
    monkeypatch.setattr(import_running, "BATCH", 2)
    monkeypatch.setattr(import_running, "SLICE_SECONDS", 0)
    run = imported(desk, many(7))
    assert (run.state, run.lodged) == ("done", 7)
    assert Event.objects.filter(kind="import.continued").count() == 3


def test_told_twice_it_is_done_once(desk):
    run = imported(desk)
    for work in (import_running.read_file, import_running.check, import_running.go_on):
        work(run.pk)
    assert Event.objects.filter(kind="import.done").count() == 1


def test_another_relay_was_faster(desk):
    run = looked_at(desk, sent(desk, many(3)))
    lodged(desk, run)
    stale = ImportRun.objects.select_related("agency", "owner", "province").get(pk=run.pk)
    ImportRun.objects.filter(pk=run.pk).update(done=1)
    lodging = import_running.Lodging(
        import_running._reader(stale).reading.scope, import_running._reader(stale), agency=stale.agency
    )
    with import_running._rows(stale) as rows, pytest.raises(import_running.Gone):
        import_running._take(stale, lodging, [(row.number, row) for row in rows])
    assert Case.objects.count() == 0


def test_stopped_it_keeps_what_was_lodged(desk, monkeypatch):
    monkeypatch.setattr(import_running, "BATCH", 2)
    run = looked_at(desk, sent(desk, many(6)))
    lodged(desk, run)
    take = import_running._take

    def stop(*args):
        take(*args)
        desk.post(f"{URL}{run.pk}/cancel/")

    monkeypatch.setattr(import_running, "_take", stop)
    deliver()
    run.refresh_from_db()
    assert (run.state, run.lodged, Case.objects.count()) == ("cancelled", 2, 2)
    desk.post(f"{URL}{run.pk}/cancel/")
    assert Event.objects.filter(kind="import.cancelled").count() == 1


def test_confirming_twice_or_too_early_is_refused(desk):
    run = sent(desk)
    assert lodged(desk, run).status_code == 403
    run = looked_at(desk, run)
    assert lodged(desk, run).status_code == 302
    assert lodged(desk, run).status_code == 403


def test_who_may_import_no_more_lodges_nothing(desk, head):
    run = looked_at(desk, sent(desk))
    lodged(desk, run)
    Membership.objects.filter(person=head.person).update(revoked_at=clock.now())
    deliver()
    run.refresh_from_db()
    assert (run.state, Case.objects.count()) == ("failed", 0)


def test_a_number_used_before_is_told_in_the_report(desk):
    imported(desk, "Số hồ sơ,Nội dung\n7,Một\n")
    run = imported(desk, "Số hồ sơ,Nội dung\n7,Khác hẳn\n8,Mới\n")
    assert (run.lodged, run.bad) == (1, 1)
    rows = report(desk, run)
    assert rows[1][1] == "không nhập"
    assert "đã dùng trước đây" in rows[1][3]


def test_the_waiting_page_is_told_when_there_is_something_to_do(desk):
    run = sent(desk)
    assert "HX-Refresh" not in desk.get(f"{URL}{run.pk}/progress/").headers
    deliver()
    assert desk.get(f"{URL}{run.pk}/progress/")["HX-Refresh"] == "true"


def test_it_is_nobody_elses(desk, client):
    run = looked_at(desk, sent(desk))
    for other in (factories.member("sct", Role.SUPERVISOR), factories.member("congan", Role.SUPERVISOR)):
        client.force_login(other.person)
        for path in ("", "progress/"):
            assert client.get(f"{URL}{run.pk}/{path}").status_code == 404
        for path in ("", "confirm/", "cancel/", "report/"):
            assert client.post(f"{URL}{run.pk}/{path}").status_code == 404
        assert run.name not in client.get(URL).content.decode()


def test_counters_that_only_take_in_import_nothing(client):
    factories.rules()
    where = factories.agency("commune1", assisted_intake_only=True)
    client.force_login(factories.member(where.code, Role.SUPERVISOR).person)
    assert client.get(URL).status_code == 403


def test_damage_below_the_first_rows_is_told_and_nothing_of_it_is_kept(desk):
    whole = workbook(["Nội dung"], ["Một"], ["Hai"])
    with zipfile.ZipFile(io.BytesIO(whole)) as old:
        sheet = old.read("xl/worksheets/sheet1.xml").partition(b"</sheetData>")[0] + b"<row/>" * 20_000
    run = sent(desk, repacked(whole, sheet1=sheet), "so.xlsx")
    deliver()
    run.refresh_from_db()
    assert (run.state, run.total, run.file.name) == ("failed", 0, "")
    assert "hỏng" in run.error
    assert list(stored_names("imports")) == []


def test_more_rows_than_are_taken_end_the_reading(desk, monkeypatch):
    monkeypatch.setattr(import_running, "MOST_ROWS", 1)
    threads = threading.active_count()
    run = sent(desk, workbook(["Nội dung"], *[["x" * 1000]] * 2000), "so.xlsx")
    deliver()
    run.refresh_from_db()
    assert (run.state, threading.active_count()) == ("failed", threads)
