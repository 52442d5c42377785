"""Files: pictures inline, originals only as a recorded download, nothing that is quarantined."""

import io

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from casemgr.backoffice.evidence import download_name
from complaints.models import Derivative, Evidence, Scan
from complaints.services.derivatives import process_one
from complaints.storage import store
from events import clock
from events.models import Event
from tests.factories import files, journeys
from workflows.models import Case

pytestmark = pytest.mark.django_db
Verdict = Scan.Verdict


def evidence(case: Case, data: bytes, *, name: str = "ảnh chụp.jpg", media_type: str = "image/jpeg") -> Evidence:
    kept = store(io.BytesIO(data))
    return Evidence.objects.create(
        complaint=case.complaint, file=kept.name, sha256=kept.sha256, size=kept.size, media_type=media_type,
        original_name=name, added_at=clock.now(),
    )  # fmt: skip


def scanned(file: Evidence, verdict: str) -> Evidence:
    Scan.objects.create(evidence=file, verdict=verdict, scanned_at=clock.now())
    return file


def url(name: str, case: Case, file: Evidence, *more: str) -> str:
    return reverse(f"backoffice:{name}", args=[case.number, file.pk, *more])


def opened(case: Case) -> list[int]:
    events = Event.objects.filter(stream=case.stream, kind="case.evidence_opened")
    return [event.data["evidence"] for event in events]


@pytest.fixture
def case(sct) -> Case:
    return journeys.accepted(sct).case


@pytest.fixture
def client(at_desk, sct):
    return at_desk(sct)


def test_an_original_is_downloaded_whole_sealed_and_recorded(client, case):
    data = files.picture()
    file = scanned(evidence(case, data), Verdict.CLEAN)
    response = client.post(url("evidence-original", case, file))
    assert b"".join(response) == data
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert response["Cache-Control"] == "no-store"
    assert opened(case) == [file.pk]


def test_an_original_is_not_fetched_by_a_link(client, case):
    file = scanned(evidence(case, files.picture()), Verdict.CLEAN)
    assert client.get(url("evidence-original", case, file)).status_code == 405
    assert opened(case) == []


def test_a_virus_stays_locked(client, case):
    file = scanned(evidence(case, files.EICAR), Verdict.INFECTED)
    page = client.get(url("evidence", case, file)).content.decode()
    assert "A virus was found" in page
    assert url("evidence-original", case, file) not in page
    response = client.post(url("evidence-original", case, file))
    assert response.status_code == 403
    assert opened(case) == []


def test_an_unchecked_file_waits_for_its_check(client, case):
    file = evidence(case, files.picture())
    page = client.get(url("evidence", case, file)).content.decode()
    assert "still being checked" in page
    assert client.post(url("evidence-original", case, file)).status_code == 403


def test_where_there_is_no_scanner_the_page_warns_before_the_download(client, case):
    file = scanned(evidence(case, files.picture()), Verdict.NOT_SCANNED)
    page = client.get(url("evidence", case, file)).content.decode()
    assert page.index("was not checked for viruses") < page.index("Download the original")
    assert client.post(url("evidence-original", case, file)).status_code == 200


@pytest.mark.parametrize("purpose", ["preview", "thumbnail"])
def test_pictures_are_shown_from_the_copy_without_hidden_data(client, case, purpose):
    file = evidence(case, files.picture(size=(400, 300), gps=True))
    process_one(file)
    response = client.get(url("evidence-picture", case, file, purpose))
    shown = b"".join(response)
    assert response["Content-Type"] == Derivative.objects.get(evidence=file, purpose=purpose).media_type
    assert "Content-Disposition" not in response or "attachment" not in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert response["Cache-Control"] == "no-store"
    assert files.CANARY.encode() not in shown
    assert b"Exif" not in shown
    assert opened(case) == []


@pytest.mark.parametrize("purpose", ["original", "nonsense", "preview"])
def test_what_was_not_made_is_not_found(client, case, purpose):
    file = evidence(case, b"%PDF-1.4", media_type="application/pdf")
    assert client.get(url("evidence-picture", case, file, purpose)).status_code in (404, 405)


def test_a_file_missing_from_the_store_is_said_and_not_recorded(client, case):
    file = scanned(evidence(case, files.picture()), Verdict.CLEAN)
    default_storage.delete(file.file.name)
    response = client.post(url("evidence-original", case, file))
    assert response.status_code == 404
    assert "missing from the store" in response.content.decode()
    assert opened(case) == []


@pytest.mark.parametrize(
    ("name", "media_type", "ending"),
    [
        ("hóa đơn.pdf.exe", "application/pdf", "-hóa đơn_pdf.pdf"),
        ("../../etc/passwd", "image/png", "-passwd.png"),
        ('a"\r\nX-Evil: 1.jpg', "image/jpeg", "-a_X-Evil_ 1.jpg"),
        ("\u202egpj.exe", "image/jpeg", "-gpj.jpg"),
        ("C:\\tmp\\x.jpg", "image/jpeg", "-x.jpg"),
        ("...", "image/webp", ".webp"),
    ],
)
def test_a_download_is_named_for_what_it_is(case, name, media_type, ending):
    file = Evidence(pk=7, original_name=name, media_type=media_type)
    given = download_name(case, file)
    assert given.startswith(case.number)
    assert given.endswith(ending)
    assert len(given) < 120


def test_the_case_page_leads_to_each_file(client, case):
    file = evidence(case, files.picture(size=(400, 300)))
    process_one(file)
    page = client.get(reverse("backoffice:case", args=[case.number])).content.decode()
    assert url("evidence", case, file) in page
    assert url("evidence-picture", case, file, "thumbnail") in page
    assert file.file.name not in page
