"""Issuing the official papers of a case, and laying them out afterwards."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection
from django.template.loader import get_template
from django.utils.functional import Promise

from agencies.actors import Actor, Member, System
from agencies.models import Agency
from documents.pdf import render_pdf
from documents.services.numbering import take_number
from events import clock, progress
from events.chain import salted_digest
from events.services.recording import NotInTransaction
from workflows.deadlines import HANOI
from workflows.models import Audience, Case, Paper
from workflows.paper_layout import letterhead_of, official_document
from workflows.services.moving import record

FOLDER = "papers"


def issue_paper(
    case: Case,
    *,
    by: Actor,
    document_type: str,
    template: str,
    content: Mapping[str, Any],
    audience: Audience,
    purpose: str,
    shown_to_respondent: bool = False,
) -> Paper:
    """Number and freeze a paper of ``case``; the relay lays it out. The issuer is the member's agency, or the
    owner's when the installation itself acts.

    Inside the caller's transaction and its lock on the case. Numbers have no gaps or repeats because the register's
    row stays locked until that transaction ends: two issuers of one agency, year and type take turns. Raises
    NotInTransaction, TemplateDoesNotExist, ValueError (unknown type, content that is no paper's), TypeError
    (content that is not JSON, an actor who issues nothing).
    """
    if not connection.in_atomic_block:
        raise NotInTransaction("a paper is issued inside the transaction that locks its case")
    agency, now = _issuer(case, by), clock.now()
    today = now.astimezone(HANOI).date()
    frozen = _frozen({**content, "letterhead": letterhead_of(agency, case.province.name)})
    get_template(template)
    official_document(frozen, document_type, number=None, issued_on=None)
    person = by.person if isinstance(by, Member) else None
    paper = Paper.objects.create(
        case=case,
        agency=agency,
        document_type=document_type,
        template=template,
        content=frozen,
        salt=secrets.token_hex(16),
        number=take_number(agency=agency, year=today.year, document_type=document_type, purpose=purpose, by=person),
        audience=audience,
        shown_to_respondent=shown_to_respondent,
        issued_at=now,
        issued_by=person,
    )
    digest = salted_digest(paper.salt, _canonical(paper.content))
    record(case, "paper.issued", by=by, paper=paper.pk, type=document_type, audience=str(audience), digest=digest)
    return paper


def _issuer(case: Case, by: Actor) -> Agency:
    if isinstance(by, Member):
        return by.agency
    if isinstance(by, System):
        return case.owner
    raise TypeError(f"{type(by).__name__} issues no papers")


def _frozen(content: Mapping[str, Any]) -> dict[str, Any]:
    """As it comes back from the database. Raises TypeError."""
    frozen: dict[str, Any] = json.loads(json.dumps(content, default=_text, allow_nan=False))
    return frozen


def _text(value: Any) -> str:
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"a paper's content is JSON, not {type(value).__name__}")


def _canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def preview_paper(
    *, template: str, content: Mapping[str, Any], agency: Agency, document_type: str = "TB", place: str = ""
) -> bytes:
    """The PDF as it would be issued, without number and date, marked as a draft. Raises RenderError, and as
    `issue_paper` for content that is no paper's. ``place``: the case's province; empty: the agency's first."""
    place = place or agency.provinces.values_list("name", flat=True).order_by("code").first() or ""
    frozen = _frozen({**content, "letterhead": letterhead_of(agency, place)})
    document = official_document(frozen, document_type, number=None, issued_on=None)
    title = f"{document.type_name} (dự thảo)"
    return render_pdf(template, {"document": document, "content": frozen}, title=title, as_of=clock.now())


def lay_out(paper_id: int) -> None:
    """Make the paper's PDF and keep it, once: a repeated delivery finds it there. Equal content gives equal bytes,
    and the file is named by them, so two relays at once, or one that died in between, leave one file.

    Raises RenderError, StorageFull: the delivery is tried again.
    """
    paper = Paper.objects.select_related("number").get(pk=paper_id)
    if paper.is_laid_out:
        return
    pdf = paper_pdf(paper)
    name, sha256 = _keep(pdf)
    # The file is durable before the row names it.
    Paper.objects.filter(pk=paper_id, rendered_at=None).update(pdf=name, sha256=sha256, rendered_at=clock.now())
    progress.moved("paper", paper_id)


def paper_pdf(paper: Paper) -> bytes:
    issued_on = paper.issued_at.astimezone(HANOI).date()
    document = official_document(paper.content, paper.document_type, number=paper.number.number, issued_on=issued_on)
    context = {"document": document, "content": paper.content}
    return render_pdf(paper.template, context, title=str(paper), as_of=paper.issued_at)


def _keep(pdf: bytes) -> tuple[str, str]:
    sha256 = hashlib.sha256(pdf).hexdigest()
    name = f"{FOLDER}/{sha256[:2]}/{sha256}"
    if not default_storage.exists(name):
        name = default_storage.save(name, File(BytesIO(pdf)))
    return name, sha256
