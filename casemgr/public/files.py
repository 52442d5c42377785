"""Files of a draft, as the pages take and list them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.models import Draft, Upload
from complaints.services.uploads import UploadRefused, add_upload, remove_upload


def take(draft: Draft, given: Iterable[UploadedFile]) -> list[str]:
    """Keep every file that can be kept; one sentence, with its name, for each that cannot."""
    refused = []
    for file in given:
        try:
            add_upload(draft, file, file.name or "")
        except UploadRefused as refusal:
            refused.append(_("“%(name)s”: %(reason)s") % {"name": _short(file.name or ""), "reason": refusal})
    return refused


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:40]}…{name[-15:]}"


def described(upload: Upload, remove_url: str) -> dict[str, Any]:
    """An upload as components/upload.html and upload.js know it."""
    return {"id": str(upload.pk), "name": upload.original_name, "size": upload.size, "remove_url": remove_url}


def listed(draft: Draft | None, url_name: str = "public:upload-remove") -> list[dict[str, Any]]:
    uploads = draft.uploads.all() if draft else ()
    return [described(upload, reverse(url_name, args=[upload.pk])) for upload in uploads]


def limits() -> dict[str, int]:
    return {"max_files": settings.EVIDENCE_MAX_FILES, "max_mb": settings.EVIDENCE_MAX_BYTES // 1024**2}


def discard(draft: Draft) -> None:
    """The draft and its files."""
    for upload_id in draft.uploads.values_list("pk", flat=True):
        remove_upload(draft, upload_id)
    draft.delete()
