"""Files agencies give each other: the citizen's rules of taking, sealing and scanning, other rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.core.files.storage import default_storage

from complaints import scanning
from complaints.models import Upload
from complaints.services.recording import UploadGone
from events import clock
from workflows.models.cooperation import ScannedFile

F = TypeVar("F", bound=ScannedFile)


def seal(model: type[F], uploads: Sequence[int], **owner: object) -> list[F]:
    """Turn uploads into files of ``owner``: the same stored bytes, other rows. The caller checks whose uploads they
    are and owns the transaction. Raises UploadGone."""
    if not uploads:
        return []
    found = Upload.objects.select_for_update().in_bulk(list(uploads))
    if len(found) != len(set(uploads)):
        raise UploadGone(sorted(set(uploads) - found.keys()))
    sealed = model._default_manager.bulk_create([_sealed(model, found[pk], owner) for pk in dict.fromkeys(uploads)])
    Upload.objects.filter(pk__in=found).delete()
    return sealed


def _sealed(model: type[F], upload: Upload, owner: dict[str, object]) -> F:
    return model(
        **owner,
        file=upload.file.name,
        sha256=upload.sha256,
        size=upload.size,
        media_type=upload.media_type,
        original_name=upload.original_name,
        added_at=clock.now(),
    )


def scan_all(files: Iterable[ScannedFile]) -> None:
    """Ask the scanner about each; one that cannot be looked at holds up no other, and is raised at the end."""
    failure: Exception | None = None
    for file in files:
        try:
            _scan(file)
        except (scanning.ScannerUnavailable, OSError) as error:
            failure = error
    if failure:
        raise failure


def _scan(file: ScannedFile) -> None:
    with default_storage.open(str(file.file.name)) as content:
        finding = scanning.scan(content)
    # A verdict once given stays: a repeated delivery finds no row without one.
    type(file)._default_manager.filter(pk=file.pk, verdict="").update(
        verdict=finding.verdict, signature=finding.signature
    )
