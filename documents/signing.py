"""Signing PDFs (PAdES) by an incremental update, and saying of any PDF who signed it, when, and whether it is intact.

The only module of the server that imports pyHanko. A signature is appended: what was there stays byte for byte, and the
signed file begins with it. Files from outside are read in a child process (``documents/verify_child.py``).
"""

from __future__ import annotations

import json
import subprocess  # nosec B404
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from documents.pdf import render_pdf

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer
    from pyhanko.sign.timestamps import TimeStamper

CHILD = Path(__file__).with_name("verify_child.py")
VERIFY_SECONDS = 30
WAIT_SECONDS = 10
# Anybody may ask: a process never looks at more files than this at once.
_places = threading.BoundedSemaphore(2)
FIELD = "ChuKySo"
#: In the folder SIGNING_DEMO, where the demo keeps a key that proves nothing.
DEMO_KEY, DEMO_CERTIFICATE, DEMO_PASSWORD = "demo-signing.p12", "demo-signing.pem", "demo"  # nosec B105
#: Room for the certificate chain and a time stamp's token.
CONTENTS_BYTES = 32_768


class SigningError(Exception):
    """Nothing was signed; the text is for the operator's log and holds no secret."""


class Busy(Exception):
    """As many files as may be looked at at once are being looked at."""


class NoKey(SigningError):
    """No signing key is configured."""


@dataclass(frozen=True)
class Box:
    """On a page (from 0): left, top, right, bottom in points from the page's upper left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Signed:
    pdf: bytes
    subject: str
    at: datetime


@dataclass(frozen=True)
class SignatureReport:
    """``intact``: the signed bytes are unchanged. ``whole``: nothing that matters was added after the signature.
    ``trusted``: its certificate leads to one this installation trusts. ``stamped``: the time is an authority's, not the
    signer's own clock."""

    signer: str
    organisation: str
    at: datetime | None
    intact: bool
    whole: bool
    trusted: bool
    stamped: bool


def sign_pdf(pdf: bytes, *, box: Box, at: datetime, reason: str, location: str) -> Signed:
    """``pdf`` with a PAdES signature appended, shown in ``box``. Raises SigningError."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
    from pyhanko.sign import PdfSignatureMetadata, PdfSigner
    from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
    from pyhanko.stamp import StaticStampStyle

    at = at.replace(microsecond=0)
    signer = load_signer()
    subject = subject_of(signer)
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    height = float(_page_height(writer, box.page))
    left, right = round(box.left), round(box.right)
    spec = SigFieldSpec(FIELD, on_page=box.page, box=(left, round(height - box.bottom), right, round(height - box.top)))
    metadata = PdfSignatureMetadata(
        field_name=FIELD, subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256", reason=reason, location=location
    )
    try:
        with tempfile.NamedTemporaryFile(suffix=".pdf") as drawn:
            drawn.write(_drawn_appearance(subject, at, box))
            drawn.flush()
            whole = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, margins=Margins())
            style = StaticStampStyle.from_pdf_file(
                drawn.name, border_width=0, background_opacity=1, background_layout=whole
            )
            done = PdfSigner(metadata, signer, timestamper=_stamper(), stamp_style=style, new_field_spec=spec)
            output = _apart(lambda: done.sign_pdf(writer, bytes_reserved=CONTENTS_BYTES))
    except Exception as error:
        raise SigningError(f"{type(error).__name__} while signing") from error
    signed = output.getvalue()
    if not signed.startswith(pdf):
        raise SigningError("the signature was not appended")
    return Signed(signed, subject, at)


def _apart(call: Callable[[], Any]) -> Any:
    """In a thread of its own: pyHanko starts an event loop, which a thread that runs one already does not allow."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(call).result()


def _page_height(writer: Any, page: int) -> float:
    page_object = writer.find_page_for_modification(page)[0].get_object()
    while "/MediaBox" not in page_object:
        page_object = page_object["/Parent"]
    low, high = page_object["/MediaBox"][1], page_object["/MediaBox"][3]
    return float(high) - float(low)


def _drawn_appearance(subject: str, at: datetime, box: Box) -> bytes:
    """Drawn by the same renderer as the paper, so that its font is embedded and the file stays PDF/A."""
    image = Path(settings.SIGNING_IMAGE).read_bytes() if settings.SIGNING_IMAGE else b""
    context = {
        "subject": subject, "at": at, "has_image": bool(image), "width": box.right - box.left,
        "height": box.bottom - box.top,
    }  # fmt: skip
    return render_pdf(
        "documents/signature_stamp.html", context, title="Chữ ký số", as_of=at, assets={"seal": image} if image else {}
    )


def _stamper() -> TimeStamper | None:
    if not settings.SIGNING_TSA_URL:
        return None
    from pyhanko.sign.timestamps import HTTPTimeStamper

    return HTTPTimeStamper(settings.SIGNING_TSA_URL, timeout=20)


def load_signer() -> Signer:
    """From the PKCS#12 file, or the PKCS#11 token, that the settings name. Raises NoKey, SigningError."""
    if settings.SIGNING_PKCS12:
        return _from_file(Path(settings.SIGNING_PKCS12), settings.SIGNING_PKCS12_PASSWORD)
    if settings.SIGNING_PKCS11_MODULE:
        return _from_token()
    if demo := _demo_key():
        return _from_file(demo, DEMO_PASSWORD)
    raise NoKey("no signing key is configured: SIGNING_PKCS12 or SIGNING_PKCS11_MODULE")


def is_configured() -> bool:
    return bool(settings.SIGNING_PKCS12 or settings.SIGNING_PKCS11_MODULE or _demo_key())


def _demo_key() -> Path | None:
    path = Path(settings.SIGNING_DEMO) / DEMO_KEY
    return path if settings.SIGNING_DEMO and path.is_file() else None


def _from_file(path: Path, password: str) -> Signer:
    from pyhanko.sign.signers import SimpleSigner

    if not path.is_file():
        raise SigningError("SIGNING_PKCS12 names no file")
    signer = SimpleSigner.load_pkcs12(str(path), passphrase=password.encode())
    if signer is None:
        raise SigningError("the PKCS#12 file could not be opened: another password, or no key in it")
    return signer


def _from_token() -> Signer:
    """Needs the package python-pkcs11, which is asked for by no installation without a token."""
    try:
        from pyhanko.config.pkcs11 import TokenCriteria
        from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
    except ImportError as error:
        raise SigningError("python-pkcs11 is not installed") from error
    session = open_pkcs11_session(
        settings.SIGNING_PKCS11_MODULE, token_criteria=TokenCriteria(label=settings.SIGNING_PKCS11_TOKEN or None),
        user_pin=settings.SIGNING_PKCS11_PIN,
    )  # fmt: skip
    return PKCS11Signer(session, cert_label=settings.SIGNING_PKCS11_CERTIFICATE)


def subject_of(signer: Signer) -> str:
    certificate = signer.signing_cert
    if certificate is None:
        raise SigningError("the key has no certificate")
    names = certificate.subject.native
    return str(names.get("common_name") or names.get("organization_name") or "")


def verify_pdf(pdf: bytes, *, trust: Sequence[bytes] | None = None) -> list[SignatureReport] | None:
    """Each signature of the file, oldest first; None where it is no readable PDF. ``trust``: certificates (PEM) to
    trust; without it those of the settings. Raises Busy."""
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise Busy
    try:
        return _looked_at(pdf, trust)
    finally:
        _places.release()


def _looked_at(pdf: bytes, trust: Sequence[bytes] | None) -> list[SignatureReport] | None:
    roots = [path.read_bytes() for path in _roots()] if trust is None else trust
    header = json.dumps({"trust": [root.decode("ascii", "replace") for root in roots]}).encode()
    try:
        done = subprocess.run(  # nosec B603: a fixed command, no shell
            [sys.executable, "-P", "-s", "-B", str(CHILD)], input=header + b"\n" + pdf, capture_output=True,
            timeout=VERIFY_SECONDS, env={"HOME": "/nonexistent", "LANG": "C.UTF-8", "TZ": "UTC"}, cwd="/", check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        return None
    reports = json.loads(done.stdout)
    return [SignatureReport(**{**one, "at": _time(one["at"])}) for one in reports]


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _roots() -> list[Path]:
    demo = [Path(settings.SIGNING_DEMO) / DEMO_CERTIFICATE] if settings.SIGNING_DEMO else []
    return [path for path in (*map(Path, settings.SIGNING_TRUST), *demo) if path.is_file()]
