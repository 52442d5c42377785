"""Files of an anonymous complaint keep nothing of the device they come from: each is replaced by a copy without it."""

from __future__ import annotations

import io

import structlog
from django.core.files.storage import default_storage
from django.db import transaction

from agencies.actors import System
from complaints import sandbox
from complaints.media_types import DECODERS, SUFFIXES, suffix_of
from complaints.models import Evidence, Scan
from complaints.scanning import Finding
from complaints.storage import StoredBytes, store
from events import clock
from events.services.recording import record_event

log = structlog.get_logger(__name__)


def anonymise(evidence: Evidence, finding: Finding, stream: str) -> Scan | None:
    """Replace the file by a copy without metadata, and release it with what the scanner said of it.

    The copy is durable before its row; row, verdict and event (on ``stream``, the case's) are one transaction; the file
    that came goes after it. Whoever is stopped in between leaves a file without a row, which the sweep removes.
    None: no copy can be made of this file, and without a verdict nobody may open it, ever.
    Raises `ChildFailed` when it may go better next time, `StorageFull`.
    """
    with default_storage.open(str(evidence.file.name)) as file:
        data = file.read()
    try:
        made = sandbox.run("complaints.clean_child", data, DECODERS.get(evidence.media_type, "PDF"))
    except sandbox.ChildRefused as error:
        log.warning("not anonymised, stays locked", evidence_id=evidence.pk, reason=str(error))
        return None
    media_type, _, clean = made.partition(b"\n")
    if media_type.decode() not in SUFFIXES:
        raise sandbox.ChildFailed("complaints.clean_child spoke of another type")
    stored = store(io.BytesIO(clean))
    # On a database error the row may have been written all the same: then both files stay, and the sweep decides.
    scan, mine = _replace(evidence.pk, stored, media_type.decode(), finding, stream)
    if not mine:
        default_storage.delete(stored.name)
    evidence.refresh_from_db()
    return scan


@transaction.atomic
def _replace(
    evidence_id: int, stored: StoredBytes, media_type: str, finding: Finding, stream: str
) -> tuple[Scan, bool]:
    """The verdict, and whether it came with this copy: a relay that was faster has put its own there."""
    evidence = Evidence.objects.select_for_update().get(pk=evidence_id)
    released = Scan.objects.filter(evidence=evidence).first()
    if released:
        return released, False
    came = str(evidence.file.name)
    Evidence.objects.filter(pk=evidence.pk).update(
        file=stored.name,
        sha256=stored.sha256,
        size=stored.size,
        media_type=media_type,
        original_name=evidence.original_name.removesuffix(suffix_of(evidence.media_type)) + suffix_of(media_type),
    )
    scan = Scan.objects.create(
        evidence=evidence, verdict=finding.verdict, signature=finding.signature, scanned_at=clock.now()
    )
    record_event(
        stream,
        "case.evidence_anonymised",
        by=System("relay"),
        complaint=evidence.complaint_id,
        evidence=evidence.pk,
    )
    transaction.on_commit(lambda: default_storage.delete(came))
    return scan, True
