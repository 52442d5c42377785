"""Pictures made of evidence carry pixels only; the scanner's word decides; a second delivery changes nothing."""

import io
import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from PIL import Image, ImageCms

from agencies.actors import Citizen
from complaints import jobs, scanning
from complaints.handlers import HANDLER
from complaints.models import Derivative, Draft, Evidence, Scan
from complaints.policy import may_open_original
from complaints.selectors import evidence_of
from complaints.services.derivatives import process
from complaints.services.recording import record_complaints
from complaints.services.uploads import add_upload
from complaints.storage import stored_names
from events import clock
from events.models import Delivery
from events.registry import HANDLERS
from events.services.delivering import deliver_batch
from events.services.recording import record_event
from tests.complaints.test_recording import draft
from tests.factories import lodgement, province
from tests.factories.files import CANARY, EICAR, honest, pdf, picture, png_bomb

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_storage")]


def evidence(data: bytes, name: str = "a.jpg") -> Evidence:
    province()
    upload = add_upload(draft(), io.BytesIO(data), name)
    (stored,) = record_complaints([lodgement(uploads=(upload.pk,))], ["consumer"], clock.now())
    return stored.evidence.get()


def pictures(item: Evidence) -> dict[str, Image.Image]:
    made = {}
    for derivative in item.derivatives.all():
        with derivative.file.open() as file:
            made[derivative.purpose] = Image.open(io.BytesIO(file.read()))
    return made


def test_a_preview_and_a_thumbnail_of_the_right_sizes() -> None:
    item = evidence(picture(size=(3000, 2000)))
    process([item])
    made = pictures(item)
    assert {purpose: image.size for purpose, image in made.items()} == {
        "preview": (1600, 1067),
        "thumbnail": (320, 213),
    }
    assert item.scan.verdict == Scan.Verdict.NOT_SCANNED


def test_no_exif_no_place_no_author_in_any_derivative() -> None:
    original = picture(size=(800, 600), gps=True, comment=CANARY.encode())
    assert CANARY.encode() in original
    item = evidence(original)
    process([item])
    for derivative in item.derivatives.all():
        with derivative.file.open() as file:
            data = file.read()
        assert CANARY.encode() not in data
        image = Image.open(io.BytesIO(data))
        assert not image.getexif()
        assert set(image.info) <= {"loop", "background", "timestamp", "duration"}
        assert not {b"EXIF", b"XMP ", b"ICCP"} & {data[at : at + 4] for at in range(12, 60)}
    with item.file.open() as file:
        assert file.read() == original


def test_a_turned_photo_stands_upright() -> None:
    item = evidence(picture(size=(800, 600), gps=True))
    process([item])
    assert pictures(item)["preview"].size == (600, 800)


def test_a_colour_profile_does_not_pass() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    item = evidence(picture(size=(100, 100), icc_profile=profile))
    process([item])
    assert "icc_profile" not in pictures(item)["preview"].info


@pytest.mark.parametrize(
    "sample", [s for s in honest() if s.verdict.startswith("image/") and "mega" not in s.title], ids=lambda s: s.title
)
def test_every_accepted_picture_has_its_derivatives(sample) -> None:
    item = evidence(sample.data, sample.name)
    process([item])
    assert set(pictures(item)) == {"preview", "thumbnail"}


def test_forty_nine_megapixels_fit_in_the_child() -> None:
    item = evidence(png_bomb(7000, 7000), "a.png")
    process([item])
    assert pictures(item)["thumbnail"].size == (320, 320)


def test_transparency_is_white() -> None:
    item = evidence(picture("PNG", (50, 50), mode="RGBA"), "a.png")
    process([item])
    red, green, blue = pictures(item)["preview"].convert("RGB").getpixel((25, 25))
    assert red > green > 100
    assert blue > 100


def test_a_pdf_is_scanned_and_not_rendered() -> None:
    item = evidence(pdf(), "a.pdf")
    process([item])
    assert not item.derivatives.exists()
    assert item.scan.verdict == Scan.Verdict.NOT_SCANNED


def test_what_cannot_be_decoded_gets_no_picture_and_is_not_tried_for_ever() -> None:
    whole = picture("PNG", (64, 64))
    item = evidence(whole, "a.png")
    with default_storage.open(item.file.name) as file:
        assert file.read() == whole
    Path(default_storage.path(item.file.name)).write_bytes(whole[:60])
    process([item])
    assert not item.derivatives.exists()


def test_twice_is_once() -> None:
    item = evidence(picture())
    process([item])
    before = set(item.derivatives.values_list("pk", "file")), set(stored_names("derived"))
    process([item, item])
    assert (set(item.derivatives.values_list("pk", "file")), set(stored_names("derived"))) == before
    assert Scan.objects.count() == 1


def test_only_what_is_missing_is_made() -> None:
    item = evidence(picture(size=(800, 600)))
    process([item])
    kept = item.derivatives.get(purpose="preview")
    item.derivatives.filter(purpose="thumbnail").delete()
    process([item])
    assert item.derivatives.get(purpose="preview").pk == kept.pk
    assert pictures(item)["thumbnail"].size == (320, 240)


def lodged(item: Evidence) -> Delivery:
    event = record_event(
        f"case:{item.complaint_id}", "case.lodged", by=Citizen(item.complaint_id), complaint=item.complaint_id
    )
    return Delivery.objects.get(event=event, handler=HANDLER)


def test_the_handler_works_in_the_slow_lane_and_twice_is_once() -> None:
    assert HANDLERS[HANDLER].lane == "slow"
    item = evidence(picture())
    delivery = lodged(item)
    assert deliver_batch(HANDLERS[HANDLER]) == 1
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.DONE
    assert item.derivatives.count() == 2
    HANDLERS[HANDLER].run([delivery.event, delivery.event])
    assert Derivative.objects.count() == 2


def test_evidence_is_read_in_two_queries(django_assert_num_queries) -> None:
    item = evidence(picture())
    process([item])
    with django_assert_num_queries(2):
        (read,) = evidence_of(item.complaint)
        assert read.scan.verdict == Scan.Verdict.NOT_SCANNED
        assert [d.purpose for d in read.derivatives.all()] == ["preview", "thumbnail"]


# --- the scanner: a server that speaks clamd's protocol, since none with signatures can be had here ----------


class _Clamd(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        command = self.request.recv(64)
        if command.startswith(b"nPING"):
            self.request.sendall(b"PONG\n")
            return
        data = command.partition(b"\n")[2]
        while not data.endswith(struct.pack(">I", 0)) and (more := self.request.recv(65536)):
            data += more
        self.request.sendall(b"stream: Eicar-Test-Signature FOUND\n" if EICAR in data else b"stream: OK\n")


@pytest.fixture
def clamd(tmp_path: Path, settings) -> Iterator[socketserver.BaseServer]:
    path = tmp_path / "clamd.sock"
    settings.CLAMD_SOCKET = str(path)
    server = socketserver.ThreadingUnixStreamServer(str(path), _Clamd)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.usefixtures("clamd")
def test_a_clean_file_is_released() -> None:
    item = evidence(picture())
    assert not may_open_original(Scan.objects.filter(evidence=item).first())
    process([item])
    assert item.scan.verdict == Scan.Verdict.CLEAN
    assert may_open_original(item.scan)
    assert item.derivatives.count() == 2


@pytest.mark.usefixtures("clamd")
def test_an_infected_file_is_named_kept_shut_and_has_no_picture() -> None:
    item = evidence(picture() + EICAR)
    process([item])
    assert (item.scan.verdict, item.scan.signature) == (Scan.Verdict.INFECTED, "Eicar-Test-Signature")
    assert not may_open_original(item.scan)
    assert not item.derivatives.exists()


def test_scanner_down_then_back(tmp_path: Path, settings, request: pytest.FixtureRequest) -> None:
    settings.CLAMD_SOCKET = str(tmp_path / "nobody.sock")
    item = evidence(picture())
    delivery = lodged(item)
    deliver_batch(HANDLERS[HANDLER])
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.DUE
    assert delivery.last_error.endswith("ScannerUnavailable")
    assert not Scan.objects.exists()
    assert not item.derivatives.exists()
    assert not scanning.is_up()
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.PARKED)
    jobs.rescan()
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.PARKED
    request.getfixturevalue("clamd")
    jobs.rescan()
    assert deliver_batch(HANDLERS[HANDLER]) == 1
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.DONE
    assert item.scan.verdict == Scan.Verdict.CLEAN
    assert item.derivatives.count() == 2


@pytest.mark.usefixtures("clamd")
def test_one_unreadable_file_does_not_hold_up_the_others() -> None:
    first, second = evidence(picture()), evidence(picture(size=(30, 30)))
    default_storage.delete(first.file.name)
    with pytest.raises(OSError, match=r"No such file"):
        process([first, second])
    assert second.derivatives.count() == 2


def test_drafts_are_gone_with_their_uploads() -> None:
    evidence(picture())
    Draft.objects.all().delete()
    assert Evidence.objects.count() == 1
