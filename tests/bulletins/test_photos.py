"""Photos: covered copies that nothing can be had back from; the original untouched."""

import io

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from PIL import Image, ImageDraw

from agencies.models import Role
from bulletins.errors import BulletinNotFound
from bulletins.services import items, photos
from complaints.services.derivatives import process
from complaints.services.uploads import add_upload
from tests import factories
from tests.complaints.test_recording import draft
from tests.factories.files import CANARY, _exif
from workflows.errors import InvalidInput

pytestmark = pytest.mark.django_db
ALT = "Hộp kem không có tem phụ"


def checked_picture() -> bytes:
    """A chessboard: whatever of it shows through is seen in the pixels."""
    image = Image.new("RGB", (800, 600), "white")
    pen = ImageDraw.Draw(image)
    for x in range(0, 800, 20):
        for y in range(x // 20 % 2 * 20, 600, 40):
            pen.rectangle((x, y, x + 19, y + 19), fill="red")
    out = io.BytesIO()
    image.save(out, "JPEG", exif=_exif())
    return out.getvalue()


@pytest.fixture
def photographed():
    """A warning drafted from a case with a picture, and its editor, who handles the case."""
    editor = factories.member("sct", Role.EDITOR, Role.HANDLER)
    factories.province()
    upload = add_upload(draft(), io.BytesIO(checked_picture()), "a.jpg")
    case = factories.case(kind="violation", product="Kem", uploads=(upload.pk,))
    evidence = case.complaint.evidence.get()
    process([evidence])
    return items.draft_from_case(case=case, by=editor), evidence, editor


def place(item, evidence, editor, **given):
    asked = {"boxes": [[100, 100, 300, 200]], "nothing_to_hide": False, "alt": ALT} | given
    return photos.place_photo(item_id=item.pk, evidence_id=evidence.pk, by=editor, **asked)


def pixels(photo) -> Image.Image:
    with default_storage.open(photo.file.name) as file:
        return Image.open(io.BytesIO(file.read())).convert("RGB")


def test_under_a_box_there_is_nothing(photographed):
    image = pixels(place(*photographed))
    # At its edge a JPEG mixes in the colours outside; within, 3 is what it makes of one colour.
    assert image.size == (600, 800)  # upright, as the camera held it
    low = image.crop((76, 96, 224, 224)).getextrema()
    assert all(high - least <= 3 for least, high in low), low
    assert max(high - least for least, high in image.crop((300, 400, 500, 700)).getextrema()) > 150


def test_the_copy_tells_nothing_of_the_camera(photographed):
    photo = place(*photographed)
    with default_storage.open(photo.file.name) as file:
        data = file.read()
    assert CANARY.encode() not in data
    assert not Image.open(io.BytesIO(data)).getexif()
    _item, evidence, _editor = photographed
    with default_storage.open(evidence.file.name) as file:
        assert file.read() == checked_picture()


def test_placed_again_the_boxes_replace_the_earlier(photographed):
    item, evidence, editor = photographed
    first = place(*photographed)
    second = place(item, evidence, editor, boxes=[], nothing_to_hide=True)
    assert (first.pk, second.boxes, second.nothing_to_hide) == (second.pk, [], True)
    item.refresh_from_db()
    assert item.revision == 3


@pytest.mark.parametrize(
    ("given", "field"),
    [({"boxes": []}, "boxes"), ({"alt": "  "}, "alt"), ({"boxes": [[0, 0, 10, 10]] * 3, "alt": "\u200b"}, "alt")],
)
def test_somebody_has_to_have_looked(photographed, given, field):
    with pytest.raises(InvalidInput) as refused:
        place(*photographed, **given)
    assert refused.value.field == field


@pytest.mark.parametrize("text", ["x", "1 2 3", "0 0 0 10", "-1 0 5 5", "900 0 200 10", "1 1 1 1\n" * 51, "1e9 0 0 0"])
def test_boxes_that_are_none(text):
    with pytest.raises(InvalidInput):
        photos.parse_boxes(text)


def test_who_does_not_see_the_case_does_not_see_the_picture(photographed, client):
    item, evidence, _editor = photographed
    other = factories.member("sct", Role.EDITOR)
    with pytest.raises(BulletinNotFound):
        place(item, evidence, other)
    client.force_login(other.person)
    assert client.get(reverse("backoffice:warning-picture", args=[item.pk, evidence.pk])).status_code == 404


def test_the_pages(photographed, client):
    item, evidence, editor = photographed
    client.force_login(editor.person)
    boxes = reverse("backoffice:warning-boxes", args=[1, item.pk, evidence.pk])
    shown = client.get(boxes)
    assert shown.status_code == 200
    assert 'href=""' not in shown.content.decode()
    shown = client.get(reverse("backoffice:warning-picture", args=[item.pk, evidence.pk]))
    assert shown["Content-Type"] == "image/webp"
    refused = client.post(boxes, {"boxes": "100 100 300 200", "alt": ""})
    assert refused.status_code == 400
    assert "100 100 300 200" in refused.content.decode()
    assert client.post(boxes, {"boxes": "100 100 300 200", "alt": ALT}).status_code == 302
    photo = item.photos.get()
    covered = client.get(reverse("backoffice:warning-photo", args=[item.pk, photo.pk]))
    assert covered["Content-Type"] == "image/jpeg"
    assert client.post(boxes, {"do": "remove"}).status_code == 302
    assert not item.photos.exists()
