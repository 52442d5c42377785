"""Files the citizen sent: pictures made from them may be looked at, originals only fetched, and each fetch is recorded."""

from __future__ import annotations

import mimetypes
import re
from pathlib import PurePath

from django.core.files import File
from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from agencies.actors import Member
from casemgr.backoffice import presentation
from casemgr.backoffice.access import DeskView
from complaints.models import Derivative, Evidence
from complaints.models.evidence import StoredFile
from complaints.policy import may_open_original
from workflows.errors import CaseNotFound
from workflows.models import Case
from workflows.selectors.casefile import find_case
from workflows.selectors.sharing import files_for
from workflows.services.access import open_evidence

LONGEST_NAME = 80


class EvidenceView(DeskView):
    """A file's own page: its picture, what is known of it, and the button that fetches the original."""

    def get(self, request: HttpRequest, number: str, evidence: int) -> HttpResponse:
        case = find_case(number, self.actor)
        file = _file_of(case, evidence, self.actor)
        scan = getattr(file, "scan", None)
        context = {
            "case": case,
            "file": file,
            "tile": presentation.evidence_tile(case, file),
            "scan": scan,
            "may_open": may_open_original(scan),
        }
        return render(request, "backoffice/evidence.html", context)


class PictureView(DeskView):
    """A re-encoded picture, inline. The original is never shown."""

    def get(self, request: HttpRequest, number: str, evidence: int, purpose: str) -> FileResponse:
        file = _file_of(find_case(number, self.actor), evidence, self.actor)
        picture = Derivative.objects.filter(evidence=file, purpose=purpose).first()
        if picture is None:
            raise CaseNotFound(_("There is no such case, or it is not yours to see."))
        return sealed(FileResponse(open_stored(picture), content_type=picture.media_type))


class OriginalView(DeskView):
    """The sealed original, as a download. It is opened before the look is committed: none is recorded that was none."""

    def post(self, request: HttpRequest, number: str, evidence: int) -> FileResponse:
        case = find_case(number, self.actor)
        with transaction.atomic():
            file = open_evidence(case_id=case.pk, by=self.actor, evidence_id=evidence)
            content = open_stored(file)
        return sealed(
            FileResponse(
                content, as_attachment=True, filename=download_name(case, file), content_type="application/octet-stream"
            )
        )


def _file_of(case: Case, evidence: int, reader: Member) -> Evidence:
    file = files_for(reader, case).filter(pk=evidence).first()
    if file is None:
        raise CaseNotFound(_("There is no such case, or it is not yours to see."))
    return file


def open_stored(file: StoredFile) -> File[bytes]:
    try:
        return file.file.open("rb")
    except FileNotFoundError as error:
        raise CaseNotFound(_("The file is missing from the store. Please tell your administrator.")) from error


def sealed(response: FileResponse) -> FileResponse:
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store"
    return response


def download_name(case: Case, file: Evidence) -> str:
    return harmless_name(case.number, file.original_name, file.pk, file.media_type)


def harmless_name(prefix: str, given: str, pk: int, media_type: str) -> str:
    """The sender's name for it without path, signs or disguise, ending as what it was found to be."""
    stem = re.sub(r"[^\w -]+", "_", PurePath(given.replace("\\", "/")).stem).strip("_ ")
    ending = mimetypes.guess_extension(media_type) or ".bin"
    return f"{prefix}-{stem[:LONGEST_NAME] or pk}{ending}"
