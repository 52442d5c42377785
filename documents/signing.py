"""Signing PDFs (PAdES) by an incremental update, and saying of any PDF who signed it, when, and whether it is intact.

With ``signing_token`` and ``signing_stamp`` the only place of the server that imports pyHanko. A signature is appended:
what was there stays byte for byte, and the signed file begins with it. Files from outside are read in a child process
(``documents/verify_child.py``).
"""

from __future__ import annotations

import json
import subprocess  # nosec B404
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from documents import signing_errors as said
from documents.pdf import render_pdf
from documents.signing_errors import Expired, NoKey, SigningError

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer
    from pyhanko.sign.timestamps import TimeStamper

CHILD = Path(__file__).with_name("verify_child.py")
CHILD_ENVIRONMENT = {"HOME": "/nonexistent", "LANG": "C.UTF-8", "TZ": "UTC"}
VERIFY_SECONDS = 30
WAIT_SECONDS = 10
# Anybody may ask: a process never looks at more files than this at once.
_places = threading.BoundedSemaphore(2)
FIELD = "ChuKySo"
#: In the folder SIGNING_DEMO, where the demo keeps a key that proves nothing.
DEMO_KEY, DEMO_CERTIFICATE, DEMO_PASSWORD = "demo-signing.p12", "demo-signing.pem", "demo"  # nosec B105
#: Room for the certificate chain and a time stamp's token.
CONTENTS_BYTES = 32_768
#: How long a time stamp authority is waited for, all in all.
STAMP_SECONDS = 20


class Busy(Exception):
    """As many files as may be looked at at once are being looked at."""


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
    ``trusted``: its certificate leads to one this installation trusts. ``stamped``: the time is of an authority that it
    trusts too, not the signer's own clock. ``stamp_fits``: no time stamp, or one of this very signature, whoever's."""

    signer: str
    organisation: str
    at: datetime | None
    intact: bool
    whole: bool
    trusted: bool
    stamped: bool
    stamp_fits: bool


def sign_pdf(pdf: bytes, *, box: Box, at: datetime, reason: str, location: str) -> Signed:
    """``pdf`` with a PAdES signature appended, shown in ``box``, and looked at once more. Raises PinRefused, Expired,
    SigningError."""
    at = at.replace(microsecond=0)
    try:
        with opened_signer() as signer:
            subject = subject_of(signer)
            require_in_force(signer, at)
            signed = _appended(pdf, signer, subject, at, box, reason=reason, location=location)
    except SigningError:
        raise
    except Exception as error:
        raise SigningError(said.CANNOT_SIGN) from error
    if not signed.startswith(pdf):
        raise SigningError(said.CANNOT_SIGN)
    _require_valid(signed)
    return Signed(signed, subject, at)


def _appended(pdf: bytes, signer: Signer, subject: str, at: datetime, box: Box, *, reason: str, location: str) -> bytes:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
    from pyhanko.sign import PdfSignatureMetadata, PdfSigner
    from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
    from pyhanko.stamp import StaticStampStyle

    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    height = float(_page_height(writer, box.page))
    left, right = round(box.left), round(box.right)
    spec = SigFieldSpec(FIELD, on_page=box.page, box=(left, round(height - box.bottom), right, round(height - box.top)))
    metadata = PdfSignatureMetadata(
        field_name=FIELD, subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256", reason=reason, location=location
    )
    with tempfile.NamedTemporaryFile(suffix=".pdf") as drawn:
        drawn.write(_drawn_appearance(subject, at, box))
        drawn.flush()
        whole = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, margins=Margins())
        style = StaticStampStyle.from_pdf_file(
            drawn.name, border_width=0, background_opacity=1, background_layout=whole
        )
        done = PdfSigner(metadata, signer, timestamper=_stamper(), stamp_style=style, new_field_spec=spec)
        output: BytesIO = _apart(lambda: done.sign_pdf(writer, bytes_reserved=CONTENTS_BYTES))
        return output.getvalue()


def _require_valid(signed: bytes) -> None:
    """A token signs with any key, and an authority stamps anything: whether they are the right ones is seen afterwards."""
    reports = _looked_at(signed, ())
    if not reports:
        raise SigningError(said.CANNOT_SIGN)
    if not (reports[-1].intact and reports[-1].whole and reports[-1].stamp_fits):
        raise SigningError(said.NOT_TOGETHER)


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
    from documents.signing_stamp import Stamper

    return Stamper(settings.SIGNING_TSA_URL, timeout=STAMP_SECONDS)


@contextmanager
def opened_signer() -> Iterator[Signer]:
    """From the PKCS#12 file, or the PKCS#11 token, that the settings name. Raises NoKey, PinRefused, SigningError."""
    if settings.SIGNING_PKCS12:
        yield _from_file(Path(settings.SIGNING_PKCS12), settings.SIGNING_PKCS12_PASSWORD)
    elif settings.SIGNING_PKCS11_MODULE:
        with _from_token() as signer:
            yield signer
    elif demo := _demo_key():
        yield _from_file(demo, DEMO_PASSWORD)
    else:
        raise NoKey(said.NO_SIGNING_KEY)


def is_configured() -> bool:
    return bool(settings.SIGNING_PKCS12 or settings.SIGNING_PKCS11_MODULE or _demo_key())


def _demo_key() -> Path | None:
    path = Path(settings.SIGNING_DEMO) / DEMO_KEY
    return path if settings.SIGNING_DEMO and path.is_file() else None


def _from_file(path: Path, password: str) -> Signer:
    from pyhanko.sign.signers import SimpleSigner

    if not path.is_file():
        raise SigningError(said.NO_FILE)
    signer = SimpleSigner.load_pkcs12(str(path), passphrase=password.encode())
    if signer is None:
        raise SigningError(said.FILE_NOT_OPENED)
    return signer


def _from_token() -> AbstractContextManager[Signer]:
    try:
        from documents.signing_token import token_signer
    except ImportError as error:
        raise SigningError(said.NO_PACKAGE) from error
    return token_signer()


def subject_of(signer: Signer) -> str:
    certificate = signer.signing_cert
    if certificate is None:
        raise SigningError(said.NO_CERTIFICATE)
    names = certificate.subject.native
    return str(names.get("common_name") or names.get("organization_name") or "")


def require_in_force(signer: Signer, at: datetime) -> None:
    """Raises Expired."""
    certificate = signer.signing_cert
    if certificate is not None and certificate.not_valid_after < at:
        raise Expired(said.EXPIRED)


def refuse_expired(at: datetime) -> None:
    """Before a signature is asked for, where that is seen at once: a token is opened by the relay alone. What else is
    wrong with the key the relay tells. Raises Expired."""
    if settings.SIGNING_PKCS11_MODULE and not settings.SIGNING_PKCS12:
        return
    try:
        with opened_signer() as signer:
            require_in_force(signer, at)
    except Expired:
        raise
    except SigningError:
        return


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
    said = _run_child(header + b"\n" + pdf)
    if said is None:
        return None
    return [SignatureReport(**{**one, "at": _time(one["at"])}) for one in json.loads(said)]


def _run_child(request: bytes) -> bytes | None:
    """What it says of the file; None where it cannot read it."""
    try:
        done = subprocess.run(  # nosec B603: a fixed command, no shell
            [sys.executable, "-P", "-s", "-B", str(CHILD)], input=request, capture_output=True, timeout=VERIFY_SECONDS,
            env=CHILD_ENVIRONMENT, cwd="/", check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None
    return None if done.returncode else done.stdout


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _roots() -> list[Path]:
    demo = [Path(settings.SIGNING_DEMO) / DEMO_CERTIFICATE] if settings.SIGNING_DEMO else []
    return [path for path in (*map(Path, settings.SIGNING_TRUST), *demo) if path.is_file()]
