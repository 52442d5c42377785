"""Taking in a case that another installation passed on: checked whole, then lodged whole, once."""

from __future__ import annotations

import secrets
import tempfile
import zipfile
from typing import IO, Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from agencies.actors import Actor
from agencies.models import Agency
from complaints import codes
from complaints.lodgement import Lodgement, Person
from complaints.models import Category, Channel, Complaint, Draft, IndicatorKind, Kind, ProductGroup, Vulnerability
from complaints.services.uploads import add_upload
from complaints.uploads import UploadRefused
from workflows.errors import KeyReused
from workflows.models import Case
from workflows.passing_on import BadPackage, Enclosed, Package, open_package, read, unpack
from workflows.services.intake import Receipt, lodge_complaint

IN_MEMORY = 4 * 1024**2
SHEET_NAME = "Phieu chuyen.pdf"


def most_bytes() -> int:
    """Of a package unpacked: the files of a report and its list."""
    return int(settings.EVIDENCE_MAX_FILES * settings.EVIDENCE_MAX_BYTES) + 4 * 1024**2


def import_referral(file: IO[bytes], *, by: Actor, agency: Agency) -> Receipt:
    """Lodge what the package holds as a case of ``agency``, in its first province. The same case of the same
    installation is lodged once: a repeat gives the case that is there.

    Nothing is stored before the package was read to its end, and nothing stays when lodging fails. Two imports of one
    package at once meet at unique(key_hash). Raises BadPackage, NoRoute.
    """
    with open_package(file) as opened:
        found = read(opened, most_bytes=most_bytes(), most_files=settings.EVIDENCE_MAX_FILES - 1)
        there = _there_before(found)
        if there:
            return there
        return _lodge(opened, found, by=by, agency=agency)


def _there_before(found: Package) -> Receipt | None:
    cases = Case.objects.filter(complaint__key_hash=codes.key_hash(_key(found)))
    case = cases.only("number", "state", "lodged_at").first()
    if case is None:
        return None
    return Receipt(codes.tracking_code(_key(found)), case.pk, case.number, case.lodged_at, repeated=True)


def _key(found: Package) -> str:
    return codes.derived_idempotency_key("referral", found.installation, found.number)


def _lodge(opened: zipfile.ZipFile, found: Package, *, by: Actor, agency: Agency) -> Receipt:
    draft = Draft.objects.create(key_hash=secrets.token_hex(32), idempotency_key=codes.new_idempotency_key())
    try:
        uploads = _uploads(opened, found, draft)
        said = _lodgement(found, agency, uploads)
        return lodge_complaint(said, by=by, to=agency)
    except KeyReused:
        there = _there_before(found)
        if there is None:
            raise
        return there
    finally:
        _forget(draft)


def _uploads(opened: zipfile.ZipFile, found: Package, draft: Draft) -> tuple[int, ...]:
    """Every file judged by its bytes like one a citizen sends; unpacked one after the other."""
    sheet = Enclosed(found.sheet.path, SHEET_NAME, found.sheet.sha256, found.sheet.size)
    uploads = []
    for row in (*found.files, sheet):
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as target:
            unpack(opened, row, target)
            try:
                uploads.append(add_upload(draft, target, row.name).pk)
            except UploadRefused as refused:
                raise BadPackage(_("“%(name)s”: %(why)s") % {"name": row.name, "why": refused.message}) from refused
    return tuple(dict.fromkeys(uploads))


def _forget(draft: Draft) -> None:
    """What was lodged is evidence by now; what is still a draft's goes, rows before files."""
    names = [str(upload.file.name) for upload in draft.uploads.all()]
    draft.delete()
    for name in names:
        default_storage.delete(name)


def _lodgement(found: Package, agency: Agency, uploads: tuple[int, ...]) -> Lodgement:
    facts: dict[str, Any] = dict(found.facts)
    references: dict[str, Any] = {"category": Category, "product_group": ProductGroup, "channel": Channel}
    for name, model in references.items():
        # Codes of a taxonomy that differs here are left to the intake officer.
        facts[name] = facts[name] if facts[name] and model.objects.filter(pk=facts[name]).exists() else None
    facts["kind"] = facts["kind"] if facts["kind"] in Kind.values else ""
    facts["vulnerability"] = facts["vulnerability"] if facts["vulnerability"] in Vulnerability.values else ""
    facts["language"] = facts["language"] if facts["language"] in ("vi", "en") else "vi"
    facts["narrative"] = "\n\n".join([facts["narrative"], *found.supplements])
    return Lodgement(
        **facts,
        province=agency.provinces.order_by("code").values_list("pk", flat=True)[0],
        idempotency_key=_key(found),
        origin="import",
        consent="imported",
        source=f"referral:{found.installation}"[: Complaint._meta.get_field("source").max_length],
        source_id=found.number,
        identifiers=tuple(pair for pair in found.identifiers if pair[0] in IndicatorKind.values),
        person=Person(**dict[str, Any](found.sender)),
        uploads=uploads,
    )
