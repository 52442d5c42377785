"""Signatures: appended, shown in their place, told by our own reader and by poppler's; what was changed is found."""

import io
import subprocess
from datetime import UTC, datetime

import pikepdf
import pytest

from documents.signing import Box, refuse_expired, sign_pdf, verify_pdf
from documents.signing_errors import Expired, NoKey, SigningError
from documents.trial_key import make_trial_key
from tests.documents import paper

AT = datetime(2026, 11, 3, 2, 30, tzinfo=UTC)
BOX = Box(0, 300, 500, 540, 580)


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    folder = tmp_path_factory.mktemp("key")
    key, certificate = make_trial_key("Nguyễn Văn Ký", "Sở Công Thương", "thử", at=AT)
    (folder / "key.p12").write_bytes(key)
    (folder / "key.pem").write_bytes(certificate)
    return folder


@pytest.fixture
def key(trial, settings):
    settings.SIGNING_PKCS12, settings.SIGNING_PKCS12_PASSWORD = str(trial / "key.p12"), "thử"
    settings.SIGNING_TRUST = [str(trial / "key.pem")]
    settings.SIGNING_DEMO = ""
    return trial


_signed: list[tuple[bytes, bytes]] = []


@pytest.fixture
def signed(key, print_notice) -> tuple[bytes, bytes]:
    """The paper, and the paper signed."""
    if not _signed:
        pdf = print_notice()
        _signed.append((pdf, sign_pdf(pdf, box=BOX, at=AT, reason="Bản tin", location="Đồng Tháp").pdf))
    return _signed[0]


def test_an_expired_certificate_signs_nothing(key, print_notice):
    late = AT.replace(year=AT.year + 11)
    with pytest.raises(Expired):
        refuse_expired(late)
    with pytest.raises(Expired):
        sign_pdf(print_notice(), box=BOX, at=late, reason="Bản tin", location="Đồng Tháp")
    refuse_expired(AT)


def test_what_else_is_wrong_with_a_key_is_not_told_as_expiry(key, settings):
    settings.SIGNING_PKCS12 = "/nowhere/key.p12"
    refuse_expired(AT)


def pdfsig(pdf: bytes, tmp_path) -> str:
    (tmp_path / "x.pdf").write_bytes(pdf)
    done = subprocess.run(["pdfsig", "-nocert", str(tmp_path / "x.pdf")], capture_output=True, text=True)
    return done.stdout + done.stderr


def test_it_is_appended_and_both_readers_agree(signed, tmp_path):
    pdf, whole = signed
    assert whole.startswith(pdf)
    [report] = verify_pdf(whole)
    assert (report.signer, report.organisation) == ("Nguyễn Văn Ký", "Sở Công Thương")
    assert (report.intact, report.whole, report.trusted, report.stamped) == (True, True, True, False)
    said = pdfsig(whole, tmp_path)
    assert "Signature is Valid" in said
    assert "ETSI.CAdES.detached" in said
    assert "Total document signed" in said


def test_it_shows_who_and_when_in_its_place(signed):
    words = [word for word in paper.words(signed[1]) if word.page == 1]
    named = next(word for word in words if word.text == "bởi:")
    assert BOX.left / paper.MM <= named.left <= BOX.right / paper.MM
    assert BOX.top / paper.MM <= named.top <= BOX.bottom / paper.MM
    assert any(word.text == "2026-11-03T09:30:00+07:00" for word in words)


@pytest.mark.parametrize("where", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_changed_byte_is_found(signed, where):
    pdf, whole = signed
    at = next(n for n in range(int(len(pdf) * where), len(pdf)) if chr(pdf[n]).isalnum())
    changed = whole[:at] + bytes([pdf[at] ^ 1]) + whole[at + 1 :]
    reports = verify_pdf(changed)
    assert reports is None or not reports or not reports[0].intact


def test_what_is_added_after_the_signature_is_found(signed):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed[1])) as document:
        document.pages[0].contents_add(b"BT ET")
        document.save(out)
    [report] = verify_pdf(out.getvalue()) or [None]
    assert report is None or not (report.intact and report.whole)


def test_an_unknown_certificate_is_said_to_be_unknown(signed):
    [report] = verify_pdf(signed[1], trust=[])
    assert (report.intact, report.trusted) == (True, False)


@pytest.mark.parametrize("data", [b"", b"x", b"%PDF-1.7\n", b"%PDF-1.7\n" + b"1 0 obj\n<<>>\n" * 1000, bytes(100_000)])
def test_what_is_no_pdf(data):
    assert verify_pdf(data, trust=[]) is None


def test_an_unsigned_file_has_no_signature(signed):
    assert verify_pdf(signed[0]) == []


def test_keys_that_are_none(key, settings, print_notice):
    pdf = print_notice()
    asked = {"box": BOX, "at": AT, "reason": "x", "location": "x"}
    settings.SIGNING_PKCS12_PASSWORD = "sai"
    with pytest.raises(SigningError, match="password"):
        sign_pdf(pdf, **asked)
    settings.SIGNING_PKCS12 = "/nowhere.p12"
    with pytest.raises(SigningError, match="no file"):
        sign_pdf(pdf, **asked)
    settings.SIGNING_PKCS12 = ""
    with pytest.raises(NoKey):
        sign_pdf(pdf, **asked)
