"""The text of a file's pages, once, for finding it. Kept beside the file, and read by whoever may open that."""

from __future__ import annotations

import structlog
from django.core.files.storage import default_storage
from django.db import transaction

from agencies.actors import System
from agencies.folding import normalise
from complaints import sandbox
from complaints.models import Evidence, FileText
from events import clock
from events.services.recording import record_event

log = structlog.get_logger(__name__)

READABLE = frozenset({"application/pdf"})


def read_once(evidence: Evidence, stream: str) -> None:
    """Read the text of a file that has any, and say on ``stream`` (its case's) that it was read.

    A file that cannot be read has no text, for good: the row says that it was tried. Of two relays that read it at
    once the first one's row stays (unique on the file), and one event is recorded.
    """
    if evidence.media_type not in READABLE or FileText.objects.filter(evidence=evidence).exists():
        return
    text = _text_of(evidence)
    with transaction.atomic():
        _row, made = FileText.objects.get_or_create(evidence=evidence, defaults={"text": text, "read_at": clock.now()})
        if made and text and stream:
            record_event(
                stream, "case.evidence_read", by=System("relay"), complaint=evidence.complaint_id, evidence=evidence.pk
            )


def _text_of(evidence: Evidence) -> str:
    with default_storage.open(str(evidence.file.name)) as file:
        data = file.read()
    try:
        return normalise(sandbox.run("complaints.read_text_child", data).decode(errors="replace"))
    except sandbox.ChildFailed as error:
        log.warning("no text", evidence_id=evidence.pk, reason=str(error))
        return ""
