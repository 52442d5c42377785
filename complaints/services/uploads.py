"""Files of a draft: taken in and taken out."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from complaints.models import Draft, Upload
from complaints.storage import BinaryFile, StoredBytes, is_nearly_full, store
from complaints.uploads import Accepted, UploadRefused, check
from events import clock


def add_upload(draft: Draft, file: BinaryFile, name: str) -> Upload:
    """Keep a file with the draft: the file is durable first, then its row is written.

    The same bytes sent again (a retry whose answer was lost) give the row they had.
    Anyone may upload without an account, so files stop being taken before the disk is full: reports go on.
    Raises `UploadRefused` with a sentence for the citizen, `StorageFull`.
    """
    _refuse_beyond_limit(draft)
    if is_nearly_full():
        raise UploadRefused(
            _("There is no room for files at the moment. You can send the report without them and add them later.")
        )
    accepted = check(file, name)
    stored = store(file)
    # On a database error the row may have been written all the same: then the file stays, and the sweep decides.
    try:
        upload = _register(draft, accepted, stored)
    except UploadRefused:
        default_storage.delete(stored.name)
        raise
    if upload.file.name != stored.name:
        default_storage.delete(stored.name)
    return upload


@transaction.atomic
def _register(draft: Draft, accepted: Accepted, stored: StoredBytes) -> Upload:
    locked = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    if locked is None:
        raise UploadRefused(_("This form was sent already, or is more than a day old. Please start again."))
    repeated = locked.uploads.filter(sha256=stored.sha256, size=stored.size).first()
    if repeated:
        return repeated
    _refuse_beyond_limit(locked)
    Draft.objects.filter(pk=locked.pk).update(updated_at=clock.now())
    return Upload.objects.create(
        draft=locked,
        file=stored.name,
        sha256=stored.sha256,
        size=stored.size,
        media_type=accepted.media_type,
        original_name=accepted.name,
    )


def _refuse_beyond_limit(draft: Draft) -> None:
    if draft.uploads.count() >= settings.EVIDENCE_MAX_FILES:
        raise UploadRefused(_("At most %(limit)d files can be sent.") % {"limit": settings.EVIDENCE_MAX_FILES})


@transaction.atomic
def remove_upload(draft: Draft, upload_id: int) -> bool:
    """Take a file out of the draft; whether it was there. Another draft's file is as good as none."""
    upload = Upload.objects.select_for_update().filter(draft=draft, pk=upload_id).first()
    if upload is None:
        return False
    name = str(upload.file.name)
    upload.delete()
    transaction.on_commit(lambda: default_storage.delete(name))
    return True
