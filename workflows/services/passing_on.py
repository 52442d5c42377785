"""Handing a case to an agency that works with another installation: the row, the file, their confirmation."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Collection
from io import BytesIO
from typing import IO, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from complaints.models import Complainant, Evidence
from complaints.policy import may_open_original
from events import clock
from workflows import passing_on as package
from workflows import policy
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed
from workflows.models import Audience, Case, PassingOn, RemarkKind
from workflows.referral_sheet import SLIP, SLIP_TEMPLATE, Sheet, passing_on_content
from workflows.services.acceptance import refuse_case
from workflows.services.conclusion import resolve_case
from workflows.services.moving import begin, clean_text, record, write_remark
from workflows.services.papers import issue_paper, paper_pdf
from workflows.states import Outcome, RefusalReason, State

NAME_LIMIT = 200
IN_MEMORY = 4 * 1024**2


@transaction.atomic
def pass_on(
    *,
    case_id: int,
    by: Member,
    version: int,
    to_name: str,
    reason: str,
    files: Collection[int] | None = None,
    shares_identity: bool = False,
    sheet: Sheet | None = None,
    ends: bool = False,
    explanation: str = "",
) -> PassingOn:
    """Prepare the case for an agency outside this installation, by whoever may refer it. ``files``: None for all.
    The case stays open until they confirm, unless it ``ends`` for us now, outside our competence, with an
    ``explanation`` to the sender. The row lock of the case makes two people take turns.

    Raises InvalidInput; MoveNotAllowed also where this person may not end the case.
    """
    case = begin(case_id, "refer", by, version)
    name = clean_text(to_name, "to_name")[:NAME_LIMIT]
    chosen = _files(case, files)
    remark = write_remark(case, reason, by=by, kind=RemarkKind.REASON, audience=Audience.SHARED, field="reason")
    content = passing_on_content(case, by.agency, name, remark.text, chosen, sheet or Sheet(), str(by.person))
    paper = issue_paper(
        case, by=by, document_type=SLIP, template=SLIP_TEMPLATE, content=content, audience=Audience.SHARED,
        purpose="Chuyển hồ sơ ra ngoài hệ thống",
    )  # fmt: skip
    passing = PassingOn.objects.create(
        case=case, agency=by.agency, to_name=name, shares_identity=shares_identity, paper=paper, made_by=by.person,
        made_at=clock.now(),
    )  # fmt: skip
    passing.files.set(chosen)
    record(case, "case.passed_on", by=by, passing_on=passing.pk, shares_identity=shares_identity, remark=remark)
    if ends:
        _end(case, by, explanation)
    return passing


def _files(case: Case, ids: Collection[int] | None) -> list[Evidence]:
    rows = Evidence.objects.filter(complaint=case.complaint_id).select_related("scan").order_by("id")
    chosen = [row for row in rows if ids is None or row.pk in ids]
    if ids is not None and len(chosen) != len(set(ids)):
        raise InvalidInput("chosen_files", _("Choose files of this case."))
    if len(chosen) > most_files():
        raise InvalidInput("files", _("At most %(n)d files go along: choose them.") % {"n": most_files()})
    if any(not may_open_original(getattr(row, "scan", None)) for row in chosen):
        raise InvalidInput("files", _("A file is not checked for viruses yet, or has one. Leave it out, or wait."))
    return chosen


def most_files() -> int:
    """The other side takes as many files as a report may have, and the sheet is one of them."""
    return int(settings.EVIDENCE_MAX_FILES) - 1


def _end(case: Case, by: Member, explanation: str) -> None:
    if case.state == State.INVESTIGATING:
        resolve_case(
            case_id=case.pk, by=by, version=case.version, outcome=Outcome.OUTSIDE_COMPETENCE, answer=explanation
        )
    else:
        reason = RefusalReason.OUTSIDE_COMPETENCE
        refuse_case(case_id=case.pk, by=by, version=case.version, reason=reason, explanation=explanation)


def find_passing_on(pk: int, case: Case, by: Member) -> PassingOn:
    """Raises CaseNotFound: another agency's, or another case's, does not exist here."""
    found = PassingOn.objects.filter(pk=pk, case=case, agency=by.agency).select_related("paper__number").first()
    if found is None:
        raise CaseNotFound(_("There is no such case, or it is not yours to see."))
    return found


@transaction.atomic
def confirm_passing_on(*, case_id: int, pk: int, by: Member, confirmation: str) -> PassingOn:
    """Record by hand that they have it: their number, letter or name. Once. Raises CaseNotFound, MoveNotAllowed,
    InvalidInput."""
    case = Case.objects.visible_to(by).locked(case_id)
    passing = find_passing_on(pk, case, by)
    if not policy.may_note(by, case):
        raise MoveNotAllowed(_("You cannot record this on this case."))
    if passing.confirmed_at:
        raise MoveNotAllowed(_("Their confirmation was recorded already."))
    passing.confirmation = clean_text(confirmation, "confirmation")[:NAME_LIMIT]
    passing.confirmed_at = clock.now()
    passing.save(update_fields=["confirmation", "confirmed_at"])
    record(case, "case.passing_on_confirmed", by=by, passing_on=passing.pk)
    return passing


@transaction.atomic
def fetch_package(*, case_id: int, pk: int, by: Member) -> IO[bytes]:
    """The file, made anew from what was chosen; that it was fetched is recorded. Raises CaseNotFound, MoveNotAllowed,
    RenderError, FileNotFoundError when the store lacks a file."""
    case = Case.objects.visible_to(by).locked(case_id)
    passing = find_passing_on(pk, case, by)
    if not policy.may_note(by, case):
        raise MoveNotAllowed(_("You cannot fetch this file."))
    record(case, "case.passing_on_fetched", by=by, passing_on=passing.pk)
    return build(passing)


def build(passing: PassingOn) -> IO[bytes]:
    """Small ones stay in memory, others on disk until closed."""
    sheet = _sheet(passing)
    files = list(passing.files.order_by("id"))
    target = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the caller sends it
    contents: list[tuple[str, IO[bytes]]] = [(package.SHEET, BytesIO(sheet))]
    try:
        contents += [(_path(n), row.file.open("rb")) for n, row in enumerate(files, start=1)]
        package.write(target, manifest(passing, files, sheet), contents)
    finally:
        for _name, file in contents:
            file.close()
    target.seek(0)
    return target


def _sheet(passing: PassingOn) -> bytes:
    """As the relay laid it out; the same bytes when it did not yet."""
    if not passing.paper.is_laid_out:
        return paper_pdf(passing.paper)
    with passing.paper.pdf.open("rb") as file:
        return bytes(file.read())


def _path(position: int) -> str:
    return f"files/{position:02d}"


def manifest(passing: PassingOn, files: list[Evidence], sheet: bytes) -> dict[str, Any]:
    case, complaint = passing.case, passing.case.complaint
    facts: dict[str, Any] = {name: getattr(complaint, name) for name in package.FACTS if hasattr(complaint, f"{name}_id") is False}  # fmt: skip
    facts |= {name: getattr(complaint, f"{name}_id") for name in ("category", "product_group", "channel")}
    facts |= {name: getattr(complaint, name) for name in package.SUMS}
    facts |= {name: _iso(getattr(complaint, name)) for name in (*package.DAYS, *package.MOMENTS)}
    facts |= {"is_anonymous": complaint.is_anonymous, "track": case.track, "urgent": case.urgent, "lodged_at": _iso(case.lodged_at)}  # fmt: skip
    return {
        "schema": package.SCHEMA,
        "from": {"installation": installation(), "agency": passing.agency.name},
        "number": case.number,
        "made_at": _iso(passing.made_at),
        "case": facts,
        "identifiers": [[row.kind, row.raw] for row in complaint.indicators.filter(from_text=False).order_by("id")],
        "sender": _sender(passing),
        "supplements": list(complaint.supplements.values_list("text", flat=True)),
        "files": [_listed(_path(n), row.original_name, row.sha256, row.size) for n, row in enumerate(files, start=1)],
        "sheet": _listed(package.SHEET, "sheet.pdf", hashlib.sha256(sheet).hexdigest(), len(sheet)),
    }


def installation() -> str:
    """What this installation is called elsewhere: the host citizens use."""
    return urlsplit(settings.PUBLIC_URL).netloc.lower()[:58] or "localhost"


def _listed(path: str, name: str, sha256: str, size: int) -> dict[str, Any]:
    return {"path": path, "name": name, "sha256": sha256, "size": size}


def _sender(passing: PassingOn) -> dict[str, str] | None:
    who = Complainant.objects.filter(complaint=passing.case.complaint_id).first() if passing.shares_identity else None
    return {name: getattr(who, name) for name in package.PERSON} if who else None


def _iso(value: Any) -> str | None:
    return value.isoformat() if value else None
