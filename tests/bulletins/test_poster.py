"""The poster is one page whatever it says; the share image has its size; equal copies give equal bytes."""

import io
import subprocess

import pypdf
import pytest
from PIL import Image

from bulletins import poster as posters
from bulletins import share_image as images
from bulletins.models import Audience
from bulletins.poster import STEPS, Shortening, poster, poster_context
from bulletins.share_image import share_image
from tests.bulletins.conftest import PRODUCT, SCAM
from tests.bulletins.told import copy

pytestmark = pytest.mark.anew

PHOTO = {"sha256": "0", "file": "photo.jpg", "alt": "Hộp kem màu trắng", "width": 1600, "height": 1200}
ENDLESS = "W" * 5_000


@pytest.fixture
def photo(monkeypatch):
    drawn = io.BytesIO()
    Image.effect_noise((1600, 1200), 80).convert("RGB").save(drawn, "JPEG")

    def stored(item):
        return drawn.getvalue() if item.content["photos"] else b""

    monkeypatch.setattr(posters, "first_photo", stored)
    monkeypatch.setattr(images, "first_photo", stored)


def wild(**changed):
    made = copy("product", **PRODUCT | {
        "title": "<b>Kem</b> " + "W" * 190, "risk": ENDLESS, "how_to_recognise": "Nhãn 😀 mờ. " * 400,
        "what_to_do": "Ngừng dùng file:///etc/passwd http://x.example. " * 90, "text": "\n".join([ENDLESS] * 9),
        "origin": ENDLESS[:300], "model_or_lot": ENDLESS[:200], "seller_channel": ENDLESS[:300], "business": ENDLESS[:200],
        "named_by": "responsibility", "responsibility": ENDLESS, "reply": ENDLESS,
    } | changed)  # fmt: skip
    made.content["photos"] = [PHOTO]
    return made


def text_of(pdf: bytes) -> str:
    said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return " ".join(said.decode().split())


def test_a_warning_on_one_page(photo, settings):
    settings.PUBLIC_URL = "https://canhbao.example"
    item = copy("product", **PRODUCT)
    item.content["photos"] = [PHOTO]
    pdf = poster(item)
    read = pypdf.PdfReader(io.BytesIO(pdf))
    assert len(read.pages) == 1
    assert [round(float(side)) for side in read.pages[0].mediabox[2:]] == [595, 842]
    said = text_of(pdf)
    for part in ("CẢNH BÁO SẢN PHẨM", "Kem Trắng Da không rõ nguồn gốc", "Ngừng dùng và báo cơ quan chức năng.",
                 "1800.6838", "113 Công an", "https://canhbao.example/canh-bao/", "8934588012112"):  # fmt: skip
        assert part in said
    assert "shop-gia" not in said
    assert "rút gọn" not in said
    assert poster(item) == pdf


def test_whatever_it_says_it_is_one_page_and_says_that_it_is_shortened(photo):
    pdf = poster(wild())
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1
    said = text_of(pdf)
    assert "Nội dung trên tờ này được rút gọn." in said
    assert "1800.6838" in said
    assert "Người tiêu dùng cần" in said
    assert "<b>Kem</b>" in said


def test_the_qr_leads_to_the_public_page(settings, monkeypatch):
    monkeypatch.setattr(posters, "public_address", lambda _item: "https://canhbao.example/canh-bao/7-kem/")
    made = []
    monkeypatch.setattr(posters.segno, "make", lambda text, **_o: made.append(text) or _Drawn())
    posters.qr_svg(posters.public_address(copy()))
    assert made == ["https://canhbao.example/canh-bao/7-kem/"]


class _Drawn:
    def save(self, out, **_options):
        out.write(b"<svg/>")


def test_a_text_is_cut_at_a_word():
    shorten = Shortening(12)
    assert shorten("Ngừng dùng ngay") == "Ngừng dùng…"
    assert shorten.happened
    assert len(Shortening(10)(ENDLESS)) == 10
    whole = Shortening(99)
    assert (whole("Ngừng dùng."), whole.happened) == ("Ngừng dùng.", False)


def test_each_step_says_less_or_says_it_smaller():
    item = wild()
    sizes = [(step.size, len(str(poster_context(item, step)["texts"]))) for step in STEPS]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("item", [copy("scam", **SCAM), wild()], ids=["plain", "wild"])
def test_the_share_image(photo, item):
    png = share_image(item)
    with Image.open(io.BytesIO(png)) as opened:
        assert (opened.format, opened.size) == ("PNG", (1200, 630))
        assert opened.getpixel((5, 300)) == (179, 20, 27)
    assert share_image(item) == png
    assert len(png) < 1_500_000


def test_what_communes_alone_were_told_leads_to_no_public_page(monkeypatch):
    monkeypatch.setattr(posters, "qr_svg", pytest.fail)
    item = copy("product", **PRODUCT)
    item.version.bulletin.audience = Audience.COMMUNES
    assert "quét mã" not in text_of(poster(item))
