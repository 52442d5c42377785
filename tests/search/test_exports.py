"""Files of what a search finds: the same as the page, for the same eyes, written beside the request."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Membership
from complaints.storage import store
from events import clock
from events.models import Event
from events.relay import Relay
from search.exporting import (
    MOST_A_DAY,
    ask_for_export,
    build_export,
    cancel_export,
    delete_expired,
    give_up,
    open_export,
    sweep_files,
)
from search.models import SearchExport
from search.selectors import Narrowing, find_cases
from tests import factories
from tests.factories import journeys
from workflows.errors import CaseNotFound, MoveNotAllowed
from workflows.services import referral

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_storage")]
URL = "/backoffice/exports/"


@pytest.fixture
def deliver(index):
    """With an index that holds something: without one the engine counts as away, and the file is tried again."""
    factories.case(narrative="Chuyện khác")

    def run() -> int:
        return Relay(["index"]).run_until_idle() + Relay(["slow"]).run_until_idle()

    run()
    return run


def asked(by, text="kem", form="csv", **narrowing) -> SearchExport:
    return ask_for_export(by=by, text=text, narrowing=Narrowing(**narrowing), form=form)


def rows(made: SearchExport) -> list[dict[str, str]]:
    made.refresh_from_db()
    assert made.state == "ready", made.state
    with made.file.open("rb") as file:
        data = file.read()
    if made.format == "csv":
        return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(io.BytesIO(data), read_only=True).active
    first, *rest = sheet.iter_rows(values_only=True)
    return [dict(zip(first, cells, strict=True)) for cells in rest]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_it_holds_what_the_search_finds_and_nothing_of_the_sender(deliver, sct, form, monkeypatch):
    monkeypatch.setattr("search.exporting.PAGE", 2)
    cases = [
        factories.case(narrative="Kem trộn canhchuyen", seller_name="Ánh Dương", amount=4_500_000) for _ in range(5)
    ]
    deliver()
    made = asked(sct, form=form)
    deliver()
    found = rows(made)
    assert {row["Số hồ sơ"] for row in found} == {case.number for case in cases}
    assert {row["Số hồ sơ"] for row in found} == {hit.case.number for hit in find_cases(sct, "kem").hits}
    assert str(found[0]["Số tiền (đồng)"]) == "4500000"
    assert "Trần Thị Mẫu" not in str(found)
    assert "canhchuyen" not in str(found)
    assert (made.done, made.total) == (5, 5)


def test_no_cell_is_a_formula(deliver, sct):
    factories.case(narrative="Kem trộn", seller_name="=HYPERLINK(1)", product="+kem")
    deliver()
    made = asked(sct)
    deliver()
    [row] = rows(made)
    assert row["Người bán"] == "'=HYPERLINK(1)"


def test_the_day_of_receipt_stands_beside_the_moment_of_lodging(deliver, sct):
    with clock.frozen(datetime(2026, 5, 4, 20, tzinfo=UTC)):
        factories.case(narrative="Kem trộn", received_on=date(2022, 3, 15))
        factories.case(narrative="Kem trộn")
    made, sheet = asked(sct), asked(sct, form="xlsx")
    deliver()
    days = [(row["Ngày tiếp nhận"], row["Ngày gửi"]) for row in rows(made)]
    assert days == [("05/05/2026", "05/05/2026 03:00"), ("15/03/2022", "05/05/2026 03:00")]
    assert [str(row["Ngày tiếp nhận"])[:10] for row in rows(sheet)] == ["2026-05-05", "2022-03-15"]


def test_what_was_lost_meanwhile_is_not_written(deliver, sct):
    case = journeys.accepted(sct, narrative="Kem trộn").case
    deliver()
    made = asked(sct)
    police = factories.member("congan")
    case = referral.refer_case(
        case_id=case.pk, by=sct, version=case.version, to=police.agency, reason="x", explanation="Tội phạm."
    )
    referral.take_referral(case_id=case.pk, by=police, version=case.version)
    build_export(made.pk)
    assert rows(made) == []


def test_who_left_gets_no_file(deliver, sct):
    factories.case(narrative="Kem trộn")
    made = asked(sct)
    Membership.objects.filter(person=sct.person).update(revoked_at=clock.now())
    deliver()
    made.refresh_from_db()
    assert (made.state, made.file.name) == ("failed", "")


def test_only_its_owner_finds_it(deliver, sct):
    made = asked(sct)
    deliver()
    colleague = factories.member("sct")
    for by in (colleague, factories.member("congan")):
        with pytest.raises(CaseNotFound):
            open_export(export_id=made.pk, by=by)
    assert open_export(export_id=made.pk, by=sct) == made


def test_written_again_after_a_crash_and_once_when_told_twice(deliver, sct):
    factories.case(narrative="Kem trộn")
    deliver()
    made = asked(sct)
    SearchExport.objects.filter(pk=made.pk).update(state="building", done=7)
    build_export(made.pk)
    first = SearchExport.objects.get(pk=made.pk).file.name
    build_export(made.pk)
    assert SearchExport.objects.get(pk=made.pk).file.name == first
    assert Event.objects.filter(kind="search.export_ready").count() == 1


def test_cancelled_it_is_not_written(deliver, sct):
    made = asked(sct)
    cancel_export(export_id=made.pk, by=sct)
    deliver()
    made.refresh_from_db()
    assert (made.state, made.file.name) == ("cancelled", "")
    cancel_export(export_id=made.pk, by=sct)
    assert Event.objects.filter(kind="search.export_cancelled").count() == 1


def test_the_limits_are_said(sct):
    for _ in range(3):
        asked(sct)
    with pytest.raises(MoveNotAllowed, match=r"Three|Ba tệp"):
        asked(sct)
    SearchExport.objects.update(state="ready")
    for _ in range(MOST_A_DAY - 3):
        asked(sct)
        SearchExport.objects.update(state="ready")
    with pytest.raises(MoveNotAllowed, match=r"Twenty|hai mươi"):
        asked(sct)
    with clock.frozen(clock.now() + timedelta(days=1, minutes=1)):
        asked(sct)


def test_after_its_day_the_file_is_gone(deliver, sct):
    made = asked(sct)
    deliver()
    made.refresh_from_db()
    name = made.file.name
    assert delete_expired() == 0
    with clock.frozen(clock.now() + timedelta(hours=24, minutes=1)):
        with pytest.raises(CaseNotFound):
            open_export(export_id=made.pk, by=sct)
        assert delete_expired() == 1
        assert delete_expired() == 0
    assert not default_storage.exists(name)
    gone = SearchExport.objects.get()
    assert (gone.state, gone.text, gone.filters) == ("expired", "", {})


def test_what_nobody_finished_is_given_up_and_said(sct):
    made = asked(sct)
    assert give_up() == 0
    with clock.frozen(clock.now() + timedelta(hours=6, minutes=1)):
        assert (give_up(), give_up()) == (1, 0)
    made.refresh_from_db()
    assert (made.state, made.text) == ("failed", "")
    assert Event.objects.filter(kind="search.export_failed").count() == 1


def test_a_file_that_no_row_names_is_swept(deliver, sct):
    made = asked(sct)
    deliver()
    orphan = store(io.BytesIO(b"x"), folder="exports").name
    assert sweep_files() == 0
    with clock.frozen(clock.now() + timedelta(days=1, minutes=1)):
        assert sweep_files() == 1
    assert not default_storage.exists(orphan)
    made.refresh_from_db()
    assert default_storage.exists(made.file.name)


@pytest.mark.django_db(transaction=True)
def test_outside_any_transaction_too_it_is_downloaded(sct, client):
    made = asked(sct)
    name = store(io.BytesIO(b"x"), folder="exports").name
    SearchExport.objects.filter(pk=made.pk).update(
        state="ready", file=name, expires_at=clock.now() + timedelta(hours=1)
    )
    client.force_login(sct.person)
    assert client.post(f"{URL}{made.pk}/file/").status_code == 200
    assert client.post(f"{URL}{made.pk}/cancel/").status_code == 302


def test_events_name_nobody_and_nothing_that_was_searched_for(deliver, sct):
    made = asked(sct, text="canhtukhoa")
    deliver()
    open_export(export_id=made.pk, by=sct)
    told = list(Event.objects.filter(kind__startswith="search.export"))
    assert [event.kind for event in told] == [
        "search.export_asked", "search.export_ready", "search.export_downloaded",
    ]  # fmt: skip
    assert "canhtukhoa" not in str([event.data for event in told])


def test_from_the_page_to_the_file(deliver, sct, client):
    factories.case(narrative="Kem trộn")
    deliver()
    client.force_login(sct.person)
    assert 'name="asked" value="q=kem"' in client.get("/backoffice/search/", {"q": "kem"}).content.decode()
    assert client.post(URL, {"asked": "q=kem&state=lodged", "format": "csv"}).status_code == 302
    made = SearchExport.objects.get()
    assert made.filters["filters"] == {"state": ["lodged"]}
    assert f'data-follow="export:{made.pk}"' in client.get(URL).content.decode()
    deliver()
    with CaptureQueriesContext(connection) as seen:
        html = client.get(URL).content.decode()
    assert "data-follow=" not in html
    assert len(seen) <= 5
    answer = client.post(f"{URL}{made.pk}/file/")
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).count(b"\n") == 2
    client.force_login(factories.member("congan").person)
    for path in (f"{URL}{made.pk}/", f"{URL}{made.pk}/nothing/"):
        assert client.get(path).status_code == 404
    assert client.post(f"{URL}{made.pk}/file/").status_code == 404


@pytest.mark.parametrize("text", ["...", "___"])
def test_what_asks_for_nothing_is_no_file_of_everything(deliver, sct, text):
    made, everything = asked(sct, text), asked(sct, "", filters={"is_open": ["yes"]})
    deliver()
    assert rows(made) == []
    assert len(rows(everything)) == 1


@pytest.mark.parametrize(
    "said",
    [{}, {"asked": "q=kem", "format": "exe"}, {"asked": "", "format": "csv"}, {"asked": "q=%00"}]
    + [{"asked": f"q={text}", "format": "csv"} for text in ("...", "___", "%00", '""')],
)
def test_nonsense_asks_for_nothing(sct, client, said, index):
    client.force_login(sct.person)
    assert client.post(URL, said).status_code == 302
    assert not SearchExport.objects.exists()
