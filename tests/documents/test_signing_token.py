"""Signing with a key on a token, in SoftHSM's module: a real PKCS#11 library in this process."""

import os
import subprocess
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from documents.signing import Box, sign_pdf, verify_pdf
from documents.signing_errors import PinRefused, SigningError
from tests.documents.test_signing import pdfsig
from tests.tokens import OTHER_PIN, PIN, Tokens

AT = datetime(2026, 11, 3, 2, 30, tzinfo=UTC)
ASKED = {"box": Box(0, 300, 500, 540, 580), "at": AT, "reason": "Bản tin", "location": "Đồng Tháp"}


def refused(pdf: bytes) -> str:
    """What was said of a signature that was not made."""
    with pytest.raises(SigningError) as caught:
        sign_pdf(pdf, **ASKED)
    whole = "".join(traceback.format_exception(caught.value))
    assert PIN not in whole
    assert OTHER_PIN not in whole
    return str(caught.value)


def is_closed(token: Tokens) -> bool:
    """A module that was put away has no session, and nobody logged in."""
    import pkcs11

    return not pkcs11._loaded[str(token.module)].initialized


def test_both_readers_agree(token, pdf, tmp_path):
    signed = sign_pdf(pdf, **ASKED)
    assert signed.subject == "Nguyễn Văn Ký"
    assert signed.pdf.startswith(pdf)
    [report] = verify_pdf(signed.pdf)
    assert (report.signer, report.organisation) == ("Nguyễn Văn Ký", "Sở Công Thương")
    # The root alone is trusted: the certificate between them came along from the token.
    assert (report.intact, report.whole, report.trusted, report.stamped) == (True, True, True, False)
    said = pdfsig(signed.pdf, tmp_path)
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert is_closed(token)


def test_a_curve_where_the_token_hashes_nothing(token, pdf, settings, tmp_path):
    settings.SIGNING_PKCS11_CERTIFICATE = "đường cong"
    signed = sign_pdf(pdf, **ASKED)
    [report] = verify_pdf(signed.pdf)
    assert (signed.subject, report.intact, report.trusted) == ("Đường Cong", True, True)


def test_one_after_the_other_and_two_at_once(token, pdf):
    for _ in range(2):
        assert sign_pdf(pdf, **ASKED).subject == "Nguyễn Văn Ký"
    with ThreadPoolExecutor(max_workers=4) as pool:
        signed = [done.result() for done in [pool.submit(sign_pdf, pdf, **ASKED) for _ in range(4)]]
    assert [[report.intact for report in verify_pdf(one.pdf)] for one in signed] == [[True]] * 4
    assert is_closed(token)


def test_several_tokens(token, pdf, settings):
    settings.SIGNING_PKCS11_TOKEN, settings.SIGNING_PKCS11_PIN = "khác", OTHER_PIN
    assert sign_pdf(pdf, **ASKED).subject == "Người Khác"
    settings.SIGNING_PKCS11_TOKEN = ""
    assert "more than one token" in refused(pdf)
    settings.SIGNING_PKCS11_TOKEN = "đôi"
    assert "more than one token" in refused(pdf)


def test_a_wrong_pin_is_one_of_its_own(token, pdf, settings):
    for wrong in (OTHER_PIN, "1", "9" * 300):
        settings.SIGNING_PKCS11_PIN = wrong
        with pytest.raises(PinRefused, match="PIN"):
            sign_pdf(pdf, **ASKED)
        assert "PIN" in refused(pdf)
        assert is_closed(token)
    settings.SIGNING_PKCS11_PIN = PIN
    assert sign_pdf(pdf, **ASKED).subject == "Nguyễn Văn Ký"


def test_a_locked_token_is_one_too(token, pdf, monkeypatch):
    """SoftHSM locks none, so the module's own error is raised in its place."""
    from pkcs11.exceptions import PinLocked

    from documents import signing_token

    def locked(*args):
        raise PinLocked

    monkeypatch.setattr(signing_token, "_chosen", locked)
    with pytest.raises(PinRefused, match="locked"):
        sign_pdf(pdf, **ASKED)


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("SIGNING_PKCS11_MODULE", "/nowhere/lib.so", "SIGNING_PKCS11_MODULE"),
        ("SIGNING_PKCS11_MODULE", __file__, "SIGNING_PKCS11_MODULE"),
        ("SIGNING_PKCS11_TOKEN", "vắng", "SIGNING_PKCS11_TOKEN"),
        ("SIGNING_PKCS11_CERTIFICATE", "vắng", "SIGNING_PKCS11_CERTIFICATE"),
        ("SIGNING_PKCS11_CERTIFICATE", "hai", "more than one certificate"),
        ("SIGNING_PKCS11_CERTIFICATE", "", "more than one certificate"),
        ("SIGNING_PKCS11_CERTIFICATE", "không khóa", "no key"),
        ("SIGNING_PKCS11_CERTIFICATE", "không khớp", "do not belong together"),
        ("SIGNING_PKCS11_PIN", "", "no key"),
    ],
)
def test_what_is_wrong_is_said_and_leaves_nothing_open(token, pdf, settings, setting, value, said):
    setattr(settings, setting, value)
    assert said in refused(pdf)
    assert is_closed(token)


def test_a_token_put_in_later_is_found(token, pdf, settings):
    settings.SIGNING_PKCS11_TOKEN = "mới"
    assert "SIGNING_PKCS11_TOKEN" in refused(pdf)
    token.make("mới", PIN)
    assert "SIGNING_PKCS11_CERTIFICATE" in refused(pdf)


def test_an_unexpected_error_of_the_token(token, pdf, monkeypatch):
    from pkcs11.exceptions import DeviceRemoved

    from documents import signing_token

    def removed(*args):
        raise DeviceRemoved

    monkeypatch.setattr(signing_token, "_signer", removed)
    assert refused(pdf) == "The token answered with an error."
    assert is_closed(token)


def test_without_the_package(token, pdf, monkeypatch):
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    monkeypatch.delitem(sys.modules, "documents.signing_token", raising=False)
    assert "python-pkcs11" in refused(pdf)


def test_a_process_that_signed_ends_well(token, tmp_path, pdf):
    """Libraries of vendors have things of their own to put away when a process ends."""
    (tmp_path / "x.pdf").write_bytes(pdf)
    code = (
        "import django,sys; from django.conf import settings\n"
        f"django.setup(); settings.SIGNING_PKCS11_MODULE={str(token.module)!r}\n"
        f"settings.SIGNING_PKCS11_TOKEN='casemgr'; settings.SIGNING_PKCS11_PIN={PIN!r}\n"
        "settings.SIGNING_PKCS11_CERTIFICATE='chữ ký'; settings.SIGNING_PKCS12=''\n"
        "from documents.signing import *; from datetime import *\n"
        f"sign_pdf(open({str(tmp_path / 'x.pdf')!r},'rb').read(), box=Box(0,300,500,540,580), at=datetime.now(UTC),"
        " reason='x', location='x')\n"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "casemgr.settings.test"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
