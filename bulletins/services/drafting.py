"""Asking for a draft, and preparing it outside the request."""

import hashlib

from django.core.files.base import ContentFile
from django.db import transaction

from agencies.actors import Member
from agencies.models import Province
from bulletins.figures import Month
from bulletins.models import Draft
from bulletins.policy import may_prepare
from bulletins.rendering import render_draft
from documents.pdf import RenderError
from events import clock, progress
from events.services.recording import record_event


class NotAnEditor(PermissionError):
    """Only editors and approvers prepare bulletins."""


@transaction.atomic
def request_draft(*, province: Province, month: Month, by: Member) -> Draft:
    """Owe the relay a draft of the month's bulletin. Raises NotAnEditor."""
    if not may_prepare(by):
        raise NotAnEditor
    draft = Draft.objects.create(
        province=province, agency=by.agency, month=month.first, requested_by=by.person, requested_at=clock.now()
    )
    record_event(f"bulletin:{draft.pk}", "bulletin.draft_requested", by=by, draft=draft.pk)
    return draft


def prepare_draft(draft_id: int) -> None:
    """Render the PDF and keep it, once: a repeated delivery finds it ready. One that died before counts anew."""
    draft = Draft.objects.select_related("province", "agency").get(pk=draft_id)
    if draft.state == Draft.State.READY:
        return
    try:
        pdf = render_draft(draft.province, draft.agency, Month(draft.month), as_of=draft.requested_at)
    except RenderError:
        Draft.objects.filter(pk=draft_id).exclude(state=Draft.State.READY).update(state=Draft.State.FAILED)
        progress.moved("draft", draft_id)
        raise
    draft.sha256, draft.state = hashlib.sha256(pdf).hexdigest(), Draft.State.READY
    # The file is durable before the row names it.
    draft.pdf.save(f"bulletins/{draft.sha256}.pdf", ContentFile(pdf), save=False)
    draft.save(update_fields=["pdf", "sha256", "state"])
    progress.moved("draft", draft_id)
