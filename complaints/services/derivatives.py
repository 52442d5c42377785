"""What is made of evidence after lodging: the scanner's verdict, a preview, a thumbnail, the text of its pages.

Every step may be repeated: what is there already is left as it is.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Iterator, Mapping

import structlog
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from complaints import sandbox, scanning
from complaints.media_types import DECODERS
from complaints.models import Derivative, Evidence, Scan
from complaints.services.anonymising import anonymise
from complaints.services.reading import read_once
from complaints.storage import store
from events import clock

log = structlog.get_logger(__name__)

MEDIA_TYPE = "image/webp"
# Longest sides in pixels. PDFs have neither: their pages are never rendered here, an icon stands for them.
SIZES = {Derivative.Purpose.PREVIEW: 1600, Derivative.Purpose.THUMBNAIL: 320}


def process(evidence: Iterable[Evidence], streams: Mapping[int, str] | None = None) -> None:
    """Scan each file, then make its pictures. One file's failure does not hold up the others.

    ``streams``: of each complaint's case, by the complaint's id; needed for anonymous ones.
    Raises `ScannerUnavailable` (or the storage's or the child's error) at the end, when any file has to be tried again.
    """
    failure: Exception | None = None
    for item in evidence:
        try:
            process_one(item, (streams or {}).get(item.complaint_id, ""))
        except (scanning.ScannerUnavailable, sandbox.ChildFailed, OSError) as error:
            failure = error
    if failure:
        raise failure


def process_one(evidence: Evidence, stream: str = "") -> None:
    """Raises `ScannerUnavailable`: until the file is scanned nothing is made of it. Nor ever, when it is infected."""
    scan = scan_once(evidence, stream)
    if scan is None or scan.verdict == Scan.Verdict.INFECTED:
        return
    if evidence.media_type in DECODERS:
        derive_once(evidence)
    read_once(evidence, stream)


def scan_once(evidence: Evidence, stream: str = "") -> Scan | None:
    """The verdict releases the file; one of an anonymous complaint is released as its anonymised copy, or not at all."""
    scan = Scan.objects.filter(evidence=evidence).first()
    if scan:
        return scan
    with default_storage.open(str(evidence.file.name)) as file:
        finding = scanning.scan(file)
    if evidence.complaint.is_anonymous:
        return anonymise(evidence, finding, stream)
    return Scan.objects.get_or_create(
        evidence=evidence,
        defaults={"verdict": finding.verdict, "signature": finding.signature, "scanned_at": clock.now()},
    )[0]


def derive_once(evidence: Evidence) -> None:
    """Make what is missing of preview and thumbnail. A picture that cannot be decoded gets none, for good."""
    there = set(Derivative.objects.filter(evidence=evidence).values_list("purpose", flat=True))
    missing = [purpose for purpose in SIZES if purpose not in there]
    if not missing:
        return
    with default_storage.open(str(evidence.file.name)) as file:
        data = file.read()
    sizes = [str(SIZES[purpose]) for purpose in missing]
    try:
        made = sandbox.run("complaints.derive_child", data, DECODERS[evidence.media_type], *sizes)
    except sandbox.ChildFailed as error:
        log.warning("no preview", evidence_id=evidence.pk, reason=str(error))
        return
    for purpose, picture in zip(missing, _pictures(made), strict=True):
        _keep(evidence, purpose, picture)


def _pictures(made: bytes) -> Iterator[bytes]:
    """The child writes the largest first, as `SIZES` lists them."""
    at = 0
    while at < len(made):
        (length,) = struct.unpack(">I", made[at : at + 4])
        yield made[at + 4 : at + 4 + length]
        at += 4 + length


def _keep(evidence: Evidence, purpose: Derivative.Purpose, picture: bytes) -> None:
    stored = store(io.BytesIO(picture), folder="derived")
    try:
        with transaction.atomic():
            Derivative.objects.create(
                evidence=evidence,
                purpose=purpose,
                file=stored.name,
                sha256=stored.sha256,
                size=stored.size,
                media_type=MEDIA_TYPE,
            )
    except IntegrityError:
        # Another relay was faster.
        default_storage.delete(stored.name)
