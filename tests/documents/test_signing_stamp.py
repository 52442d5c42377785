"""Time stamps from an RFC 3161 authority: OpenSSL behind HTTP, and every way in which it does not answer."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from documents.signing import Box, sign_pdf, verify_pdf
from documents.signing_errors import SigningError
from tests.documents.test_signing import key, pdfsig, trial  # noqa: F401 - fixtures

AT = datetime(2026, 11, 3, 2, 30, tzinfo=UTC)
ASKED = {"box": Box(0, 300, 500, 540, 580), "at": AT, "reason": "Bản tin", "location": "Đồng Tháp"}
pytestmark = pytest.mark.usefixtures("key")


def test_the_time_is_the_authoritys(authority, pdf, tmp_path):
    signed = sign_pdf(pdf, **ASKED)
    assert signed.pdf.startswith(pdf)
    [report] = verify_pdf(signed.pdf)
    assert (report.intact, report.whole, report.trusted, report.stamped) == (True, True, True, True)
    assert abs(report.at - datetime.now(UTC)) < timedelta(minutes=1)
    said = pdfsig(signed.pdf, tmp_path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert authority.asked == 1


def test_with_a_token_too(authority, token, pdf, settings):
    [report] = verify_pdf(sign_pdf(pdf, **ASKED).pdf)
    assert (report.signer, report.trusted, report.stamped) == ("Nguyễn Văn Ký", True, True)


def test_an_authority_nobody_knows_proves_no_time(authority, pdf, settings, key):  # noqa: F811
    """Anybody can run one, and stamp any day with it."""
    signed = sign_pdf(pdf, **ASKED).pdf
    [report] = verify_pdf(signed, trust=[(key / "key.pem").read_bytes()])
    assert (report.intact, report.trusted, report.stamped) == (True, True, False)


@pytest.mark.parametrize(
    ("manner", "said"),
    [
        ("error", "cannot be reached"),
        ("page", "cannot be reached"),
        ("slow", "cannot be reached"),
        ("dripping", "cannot be reached"),
        ("garbage", "is no time stamp"),
        ("nothing", "is no time stamp"),
        ("refused", "is no time stamp"),
        ("another", "do not belong together"),
    ],
)
def test_what_is_no_time_stamp(authority, pdf, manner, said):
    authority.manner = manner
    began = time.monotonic()
    with pytest.raises(SigningError, match=said):
        sign_pdf(pdf, **ASKED)
    assert authority.asked == 1
    if manner in ("slow", "dripping"):
        assert time.monotonic() - began < authority.patience


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://nowhere.invalid/", "nowhere", "ftp://127.0.0.1/"])
def test_nobody_there(authority, pdf, settings, url):
    settings.SIGNING_TSA_URL = url
    with pytest.raises(SigningError, match="cannot be reached"):
        sign_pdf(pdf, **ASKED)
