"""What is accepted and what is refused, by bytes and not by name; and names made safe. No database."""

import io
import resource
import time

import pytest
from django.test import override_settings
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from complaints import sandbox
from complaints.uploads import UploadRefused, check, clean_name
from tests.factories.files import Sample, honest, hostile, pdf, picture


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize("sample", [*honest(), *hostile()], ids=lambda sample: sample.title)
def test_verdicts(sample: Sample) -> None:
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    if "/" in sample.verdict:
        accepted = check(io.BytesIO(sample.data), sample.name)
        assert accepted.media_type == sample.verdict
    else:
        with pytest.raises(UploadRefused) as refusal:
            check(io.BytesIO(sample.data), sample.name)
        assert sample.verdict in refusal.value.message
        assert refusal.value.message.endswith(".")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 120 * 1024, f"{grown} KB"
    assert time.perf_counter() - start < 10


def test_the_file_is_left_at_its_beginning() -> None:
    for data in (picture(), pdf()):
        file = io.BytesIO(data)
        check(file, "a")
        assert file.read() == data


@override_settings(EVIDENCE_MAX_BYTES=1024**2)
def test_the_limit_is_in_the_sentence() -> None:
    with pytest.raises(UploadRefused, match="at most 1 MB"):
        check(io.BytesIO(picture() + bytes(1024**2)), "a.jpg")


@pytest.mark.parametrize(
    ("name", "media_type", "clean"),
    [
        ("ảnh chụp.jpg", "image/jpeg", "ảnh chụp.jpg"),
        ("a.png", "image/jpeg", "a.jpg"),
        ("hóa đơn.pdf.exe", "image/png", "hóa đơn.png"),
        ("a.jpg.php", "image/jpeg", "a.jpg"),
        ("a.tar.gz", "application/pdf", "a.tar.pdf"),
        ("biên lai 20.11.2026", "application/pdf", "biên lai 20.11.2026.pdf"),
        ("../../etc/passwd", "image/jpeg", "passwd.jpg"),
        ("C:\\Users\\Hoa\\anh.jpg", "image/jpeg", "anh.jpg"),
        ("a\x00.jpg", "image/jpeg", "a.jpg"),
        ("anh\u202egpj.exe", "image/jpeg", "anhgpj.jpg"),
        ("a\r\nContent-Type: text/html.jpg", "image/jpeg", "html.jpg"),
        ('a"<b>|?*%.png', "image/png", "ab.png"),
        ("", "image/jpeg", "file.jpg"),
        ("...", "image/jpeg", "file.jpg"),
        (".htaccess", "image/jpeg", "htaccess.jpg"),
        ("a\u0301nh.jpg", "image/jpeg", "ánh.jpg"),
        ("😡.jpg", "image/jpeg", "😡.jpg"),
    ],
)
def test_clean_name(name: str, media_type: str, clean: str) -> None:
    assert clean_name(name, media_type) == clean


@given(st.text(max_size=400) | st.text(alphabet="/\\.%\u202e\x00a jpgexe", max_size=400))
def test_any_name_is_made_safe(name: str) -> None:
    clean = clean_name(name, "image/jpeg")
    assert clean.endswith(".jpg")
    assert 5 <= len(clean) <= 255
    assert not set(clean) & set('/\\<>:"|?*%;\x00\n\r\u202e')


def test_a_name_of_ten_kilobytes_is_cut() -> None:
    assert len(clean_name("ạ" * 10_240 + ".jpg", "image/jpeg")) <= 255


@pytest.mark.parametrize(("wish", "granted"), [("modest", True), ("memory", False), ("file", False)])
def test_the_child_is_confined(wish: str, granted: bool) -> None:
    if granted:
        assert sandbox.run("tests.complaints.greedy_child", b"", wish) == b"granted"
    else:
        with pytest.raises(sandbox.ChildFailed):
            sandbox.run("tests.complaints.greedy_child", b"", wish)


def test_the_child_has_little_time() -> None:
    with pytest.raises(sandbox.ChildFailed, match="longer"):
        sandbox.run("complaints.inspect_pdf_child", pdf(), seconds=0)
