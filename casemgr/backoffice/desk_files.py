"""Files of a form of the desk: they wait in its writer's draft until the form is sent."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import FileResponse, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from agencies.actors import Member
from casemgr.backoffice import assisted, evidence
from casemgr.public import files
from complaints.models import Draft
from complaints.services.uploads import remove_upload
from workflows.models.cooperation import ScannedFile

REMOVE = "remove"
GONE = 0


def draft_of(key: str, actor: Member) -> Draft:
    """Whoever learns the form's key still has a draft of their own."""
    return assisted.draft_of(assisted.files_token(key), actor.person.pk)


def take(request: HttpRequest, draft: Draft) -> list[str]:
    """What came without JavaScript; a sentence for each file that was not accepted."""
    return files.take(draft, [file for name in request.FILES for file in request.FILES.getlist(name)])


def ids(request: HttpRequest, draft: Draft) -> list[int]:
    """The draft's files. Where the page names one that is no longer there, an id that nothing has comes with them, and
    the service says so: no file is left out in silence."""
    kept = list(draft.uploads.values_list("pk", flat=True))
    named = {pk for name in request.POST if name.endswith("_ids") for pk in request.POST.getlist(name)}
    return kept if named <= {str(pk) for pk in kept} else [*kept, GONE]


def removal(request: HttpRequest, draft: Draft) -> HttpResponseBase | bool:
    """Take out the file the address names. True: show the form again, as typed (without JavaScript)."""
    asked = request.GET.get(REMOVE, "")
    if not asked.isdecimal() or len(asked) > 18:
        return False
    remove_upload(draft, int(asked))
    return True if request.accepts("text/html") else JsonResponse({"removed": True}, status=HTTPStatus.OK)


def context(key: str, action: str, draft: Draft | None) -> dict[str, Any]:
    """What `components/upload.html` needs, for a form posted to ``action``."""
    uploads = draft.uploads.all() if draft else ()
    return {
        "upload_url": reverse("backoffice:assisted-upload", args=[assisted.files_token(key)]),
        "uploads": [files.described(upload, f"{action}?{REMOVE}={upload.pk}") for upload in uploads],
        **files.limits(),
    }


def download(file: ScannedFile, name: str) -> FileResponse:
    """As a download under a harmless name, whatever it was called."""
    stored: Any = file
    return evidence.sealed(
        FileResponse(
            evidence.open_stored(stored),
            as_attachment=True,
            filename=evidence.harmless_name(name, file.original_name, file.pk, file.media_type),
            content_type="application/octet-stream",
        )
    )
