"""Writing to the citizen: quick replies, letters, official letters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from documents.decree30 import LETTER, bare_subject
from events import clock
from workflows import policy
from workflows.errors import CaseNotFound, InvalidInput, KeyReused, MoveNotAllowed
from workflows.models import Audience, Case, Letter, LetterKind, LetterTemplateVersion, Paper, RemarkKind
from workflows.models.letter import BODY_LIMIT, SUBJECT_LIMIT
from workflows.placeholders import gaps_in
from workflows.services.moving import clean_text, record, write_remark
from workflows.services.papers import issue_paper

PAPER_TEMPLATE = "documents/letter.html"
# What an official letter's symbol ends with: the field it is about, consumer protection.
FIELD = "BVNTD"
_ENDING = re.compile(r"(?:\./\.|[.;\s])+$")


@dataclass(frozen=True)
class Written:
    """A letter as its writer leaves it. ``signatory`` (`workflows.paper_layout`) and ``addressee`` are an official
    letter's."""

    text: str
    subject: str = ""
    addressee: str = ""
    signatory: dict[str, str] | None = None


@transaction.atomic
def send_letter(
    *,
    case_id: int,
    by: Member,
    version: int,
    made_from: LetterTemplateVersion,
    language: str,
    written: Written,
    key: UUID,
) -> Letter:
    """Put the letter on the citizen's page; the relay announces it by e-mail and lays out the official one.

    It moves nothing, so the case keeps its version; the row lock on the case and the unique ``key`` make a form that
    is sent twice one letter. Raises CaseNotFound, StaleCase, MoveNotAllowed, InvalidInput, KeyReused.
    """
    case = Case.objects.visible_to(by).locked(case_id)
    if sent := Letter.objects.filter(key=key).first():
        return _same(sent, case, by)
    case = Case.objects.visible_to(by).locked(case_id, version)
    if not policy.may_write_letter(by, case):
        raise MoveNotAllowed(
            _("Letters are written by the intake officers, handlers and supervisors of the agency responsible.")
        )
    if made_from.template.agency_id != by.agency.pk:
        raise CaseNotFound(_("There is no such template in your agency."))
    kind = made_from.template.kind
    checked = check_written(kind, written)
    remark = write_remark(
        case, whole_text(checked), by=by, kind=RemarkKind.LETTER, audience=Audience.CITIZEN, field="text"
    )
    paper = _issue(case, made_from, checked, by) if kind == LetterKind.OFFICIAL else None
    letter = Letter.objects.create(
        case=case, agency=by.agency, version=made_from, kind=kind, language=language, remark=remark, paper=paper, key=key,
        sent_at=clock.now(), sent_by=by.person,
    )  # fmt: skip
    record(case, "letter.sent", by=by, remark=remark, letter=letter.pk, template=made_from.pk, kind_of_letter=str(kind))
    return letter


def _same(sent: Letter, case: Case, by: Member) -> Letter:
    if (sent.case_id, sent.sent_by_id) != (case.pk, by.person.pk):
        raise KeyReused(_("This form was already used for another letter. Open a new one."))
    return sent


def check_written(kind: str, written: Written) -> Written:
    """Cleaned. Raises InvalidInput for what is empty, too long, or still has a gap in it."""
    text = _checked("text", written.text, BODY_LIMIT)
    if kind == LetterKind.QUICK:
        return Written(text)
    subject = " ".join(_checked("subject", written.subject, SUBJECT_LIMIT).split())
    if kind != LetterKind.OFFICIAL:
        return Written(text, subject)
    addressee = " ".join(_checked("addressee", written.addressee, SUBJECT_LIMIT).split())
    return Written(text, subject, addressee, _signatory(written.signatory or {}))


def _checked(field: str, text: str, limit: int) -> str:
    cleaned = clean_text(text, field)
    if len(cleaned) > limit:
        raise InvalidInput(field, _("At most %(n)d characters.") % {"n": limit})
    if gaps := gaps_in(cleaned):
        raise InvalidInput(field, _("Something is still missing: %(gaps)s") % {"gaps": ", ".join(gaps)})
    return cleaned


def _signatory(given: dict[str, str]) -> dict[str, str]:
    for name in ("title", "name"):
        if not given.get(name, "").strip():
            raise InvalidInput(f"signatory_{name}", _("An official letter is signed: say by whom."))
    if bool(given.get("authority")) != bool(given.get("instead_of", "").strip()):
        raise InvalidInput("signatory_instead_of", _("Say in whose stead, or choose no “instead of”."))
    return {name: value.strip() for name, value in given.items() if value.strip()}


def whole_text(written: Written) -> str:
    """As the citizen reads it on the page: the subject in the first line, then the text."""
    return f"{written.subject}\n\n{written.text}" if written.subject else written.text


def paper_content(document_type: str, written: Written) -> dict[str, Any]:
    """What `workflows.paper_layout` and the template read."""
    paragraphs = [part.strip() for part in written.text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    return {
        "subject": written.subject if document_type == LETTER else f"Về việc {bare_subject(written.subject)}",
        "addressees": [written.addressee],
        "signatory": written.signatory,
        "recipients": ["Như trên"],
        "field": FIELD if document_type == LETTER else "",
        "paragraphs": _closed(paragraphs),
    }


def _closed(paragraphs: list[str]) -> list[str]:
    """The text of an official document ends with ``./.``"""
    if not paragraphs:
        return []
    return [*paragraphs[:-1], _ENDING.sub("", paragraphs[-1]) + "./."]


def _issue(case: Case, made_from: LetterTemplateVersion, written: Written, by: Member) -> Paper:
    document_type = made_from.template.document_type
    return issue_paper(
        case,
        by=by,
        document_type=document_type,
        template=PAPER_TEMPLATE,
        content=paper_content(document_type, written),
        audience=Audience.CITIZEN,
        purpose=f"{made_from.template.name} · {case.number}",
    )
