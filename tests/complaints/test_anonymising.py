"""What an anonymous citizen sends tells nothing of the device once the relay ran; an identified one's is kept as sent."""

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from django.core.files.storage import default_storage
from PIL import Image

from complaints import sandbox
from complaints.clean_child import clean_pdf, without_metadata
from complaints.handlers import HANDLER
from complaints.models import Evidence, Scan
from complaints.policy import may_open_original
from complaints.services import anonymising, sweeping
from complaints.services.uploads import add_upload
from complaints.storage import stored_names
from events.models import Delivery, Event
from events.registry import HANDLERS
from events.services.delivering import deliver_batch
from tests.complaints.test_recording import draft
from tests.factories import case
from tests.factories.files import CANARY, honest, pdf, picture
from workflows.selectors.timeline import public_timeline

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("own_storage")]

MARKS = (CANARY.encode(), b"Exif\0\0", b"GPS", b"http://ns.adobe.com/xap", b"ICC_PROFILE")


def photo(size: tuple[int, int] = (80, 60)) -> bytes:
    data = picture(size=size, gps=True, comment=CANARY.encode(), xmp=f"<x>{CANARY}</x>".encode(), quality=90)
    return data + CANARY.encode()


def sent(data: bytes, name: str = "a.jpg", *, anonymous: bool = True) -> Evidence:
    upload = add_upload(draft(), io.BytesIO(data), name)
    return case(uploads=(upload.pk,), is_anonymous=anonymous).complaint.evidence.get()


def relay() -> Delivery:
    while deliver_batch(HANDLERS[HANDLER]):
        pass
    return Delivery.objects.filter(handler=HANDLER).latest("pk")


def stored_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def content(item: Evidence) -> bytes:
    item.refresh_from_db()
    with item.file.open() as file:
        return file.read()


def recorded() -> list[Event]:
    return list(Event.objects.filter(kind="case.evidence_anonymised"))


def test_place_and_device_are_gone_from_every_stored_byte(own_storage: Path) -> None:
    item = sent(photo())
    assert CANARY.encode() in stored_bytes(own_storage)
    assert relay().state == Delivery.State.DONE
    everything = stored_bytes(own_storage)
    assert [mark for mark in MARKS if mark in everything] == []
    # The photograph lay on its side: it is upright now, and still the same picture.
    image = Image.open(io.BytesIO(content(item)))
    assert image.size == (60, 80)
    assert not image.getexif()
    assert all(abs(a - b) < 6 for a, b in zip(image.getpixel((30, 40)), (200, 40, 40), strict=True))
    assert (item.media_type, item.original_name, item.size) == ("image/jpeg", "1.jpg", len(content(item)))
    assert item.derivatives.count() == 2
    assert may_open_original(item.scan)


def test_it_is_recorded_on_the_case_and_the_citizen_is_told_nothing_of_it() -> None:
    item = sent(photo())
    relay()
    (event,) = recorded()
    assert event.stream == Event.objects.get(kind="case.lodged").stream
    assert event.data == {"complaint": item.complaint_id, "evidence": item.pk}
    assert [entry.kind for entry in public_timeline(item.complaint.case)] == ["case.lodged"]


def test_an_identified_citizens_original_is_kept_byte_for_byte() -> None:
    data = photo()
    item = sent(data, anonymous=False)
    before = item.file.name
    assert relay().state == Delivery.State.DONE
    assert content(item) == data
    assert item.file.name == before
    assert recorded() == []


def test_nobody_opens_it_before() -> None:
    item = sent(photo())
    assert not may_open_original(Scan.objects.filter(evidence=item).first())


def test_twice_is_once(own_storage: Path) -> None:
    item = sent(photo())
    delivery = relay()
    first, names = content(item), set(stored_names("evidence"))
    HANDLERS[HANDLER].run([delivery.event, delivery.event])
    assert content(item) == first
    assert set(stored_names("evidence")) == names == {item.file.name}
    assert len(recorded()) == 1


@pytest.mark.parametrize(
    "sample", [s for s in honest() if s.verdict.startswith("image/") and "mega" not in s.title], ids=lambda s: s.title
)
def test_every_accepted_picture_is_made_anew(sample, own_storage: Path) -> None:
    item = sent(sample.data, sample.name)
    assert relay().state == Delivery.State.DONE
    assert may_open_original(item.scan)
    item.refresh_from_db()
    assert item.media_type in {"image/jpeg", "image/png", "image/webp"}
    assert len(recorded()) == 1
    assert CANARY.encode() not in stored_bytes(own_storage)


def test_a_drawing_stays_as_it_is_to_the_pixel() -> None:
    source = Image.effect_noise((40, 30), 80).convert("RGB")
    out = io.BytesIO()
    source.save(out, "PNG", dpi=(300, 300))
    item = sent(out.getvalue(), "a.png")
    relay()
    made = Image.open(io.BytesIO(content(item)))
    assert (made.format, made.tobytes()) == ("PNG", source.tobytes())
    assert "dpi" not in made.info


def test_a_moving_picture_keeps_its_frames() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], comment=CANARY.encode())
    item = sent(out.getvalue(), "a.gif")
    relay()
    made = Image.open(io.BytesIO(content(item)))
    assert (item.media_type, item.original_name, made.n_frames) == ("image/webp", "1.webp", 3)
    assert CANARY.encode() not in content(item)


def telling_pdf() -> bytes:
    """Canaries in document information, XMP, an annotation's author, and the EXIF of a photograph."""
    document = pikepdf.open(io.BytesIO(pdf()))
    with document.open_metadata() as meta:
        meta["dc:creator"] = [CANARY]
    document.docinfo["/Author"] = CANARY
    page = document.pages[0].obj
    page.Annots = pikepdf.Array(
        [
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9], T=CANARY, Contents="x"
            )
        ]
    )
    image = pikepdf.Stream(
        document, photo(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=80, Height=60,
        ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
    )  # fmt: skip
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=document.make_indirect(image)))
    out = io.BytesIO()
    document.save(out, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def test_a_pdf_names_nobody_and_shows_the_same(own_storage: Path) -> None:
    data = telling_pdf()
    assert data.count(CANARY.encode()) >= 5
    item = sent(data, "a.pdf")
    assert relay().state == Delivery.State.DONE
    assert CANARY.encode() not in stored_bytes(own_storage)
    with pikepdf.open(io.BytesIO(content(item))) as clean:
        assert "/Info" not in clean.trailer
        assert "/Metadata" not in clean.Root
        (note,) = clean.pages[0].obj.Annots
        assert (str(note.Contents), "/T" in note) == ("x", False)
        raw = clean.pages[0].obj.Resources.XObject.Im0.read_raw_bytes()
    before, after = Image.open(io.BytesIO(photo())), Image.open(io.BytesIO(raw))
    assert (after.tobytes(), dict(after.getexif())) == (before.tobytes(), {})
    assert not [mark for mark in MARKS if mark in raw]


def test_the_same_pdf_comes_out_the_same() -> None:
    assert clean_pdf(telling_pdf()) == clean_pdf(telling_pdf())


@pytest.mark.parametrize("progressive", [True, False])
def test_a_jpeg_loses_only_what_it_tells(progressive: bool) -> None:
    data = picture(size=(64, 64), gps=True, comment=CANARY.encode(), progressive=progressive)
    clean = without_metadata(data + CANARY.encode())
    assert Image.open(io.BytesIO(clean)).tobytes() == Image.open(io.BytesIO(data)).tobytes()
    assert CANARY.encode() not in clean


# --- stopped in between -------------------------------------------------------------------------------------


class Killed(BaseException):
    """Nothing catches it, as nothing catches a kill."""


def after(function: Callable, *, first: bool = False) -> Callable:
    def stopped(*given, **named):
        if not first:
            function(*given, **named)
        raise Killed

    return stopped


@pytest.mark.parametrize(
    ("where", "name", "first"),
    [
        (anonymising, "store", True),
        (anonymising, "store", False),
        (anonymising, "record_event", False),
        (anonymising, "_replace", False),
        (anonymising.default_storage, "delete", True),
    ],
    ids=["before the copy", "after the copy", "inside the transaction", "after the commit", "before the old file goes"],
)
def test_no_row_without_its_file_wherever_it_stops(
    where: object, name: str, first: bool, monkeypatch: pytest.MonkeyPatch, own_storage: Path
) -> None:
    item = sent(photo())
    with monkeypatch.context() as patch:
        patch.setattr(where, name, after(getattr(where, name), first=first))
        with pytest.raises(Killed):
            deliver_batch(HANDLERS[HANDLER])
    item.refresh_from_db()
    assert default_storage.exists(item.file.name)
    assert Scan.objects.filter(evidence=item).exists() == (item.file.name in replaced())
    Delivery.objects.update(due_at="2020-01-01T00:00Z")
    assert relay().state == Delivery.State.DONE
    monkeypatch.setattr(sweeping, "ORPHAN_AGE", -sweeping.ORPHAN_AGE)
    sweeping.sweep_orphans()
    item.refresh_from_db()
    assert list(stored_names("evidence")) == [item.file.name]
    assert CANARY.encode() not in stored_bytes(own_storage)
    assert len(recorded()) == 1


def replaced() -> set[str]:
    """Names of files whose replacement was recorded."""
    return set(Evidence.objects.filter(pk__in=[e.data["evidence"] for e in recorded()]).values_list("file", flat=True))


def test_another_relay_was_faster() -> None:
    item = sent(photo())
    late = Evidence.objects.select_related("complaint").get(pk=item.pk)
    relay()
    first, kept, came = content(item), set(stored_names("evidence")), str(late.file.name)
    # As if the late one had read it just before it went.
    Path(default_storage.path(came)).write_bytes(photo())
    finding = anonymising.Finding(Scan.Verdict.NOT_SCANNED)
    assert anonymising.anonymise(late, finding, "case:1") == item.scan
    assert content(item) == first
    assert set(stored_names("evidence")) == kept | {came}
    assert len(recorded()) == 1


def test_what_no_decoder_reads_stays_locked_and_is_not_tried_for_ever() -> None:
    item = sent(picture("PNG", (64, 64)), "a.png")
    Path(default_storage.path(item.file.name)).write_bytes(b"\x89PNG\r\n\x1a\nno picture")
    assert relay().state == Delivery.State.DONE
    assert not Scan.objects.filter(evidence=item).exists()
    assert recorded() == []


def test_a_child_that_failed_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    item = sent(photo())
    real = sandbox.run
    with monkeypatch.context() as patch:
        patch.setattr(sandbox, "run", lambda *given: real(*given, seconds=0))
        assert relay().state == Delivery.State.DUE
    assert not Scan.objects.filter(evidence=item).exists()
    Delivery.objects.update(due_at="2020-01-01T00:00Z")
    assert relay().state == Delivery.State.DONE
    assert may_open_original(Scan.objects.get(evidence=item))
