"""What the relay lays out: charts of figures that were computed, and the final PDF of a numbered version."""

from __future__ import annotations

import hashlib
from datetime import datetime, time
from io import BytesIO

import structlog
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from agencies.actors import System
from bulletins.bulletin_states import State
from bulletins.charts import ChartError, drawn_charts
from bulletins.content import period_content
from bulletins.models import BulletinVersion
from bulletins.rendering import render_content
from bulletins.services.telling import told_of
from bulletins.spans import Span
from documents.pdf import RenderError
from events import progress
from events.services.recording import record_event
from workflows.deadlines import HANOI

log = structlog.get_logger(__name__)
RELAY = System("bulletins.freeze")
FOLDER = "bulletins"


def draw_charts(version_id: int) -> None:
    """Once for each computation; what was computed anew meanwhile is drawn by its own event. Raises ChartError."""
    version = BulletinVersion.objects.select_related("bulletin").get(pk=version_id)
    if version.figures is None or version.charts is not None or version.state != State.DRAFTING:
        return
    charts = drawn_charts(version.figures, period_content(_span(version)), version.bulletin.province_id)
    # Charts are no edit: the revision stays. They are kept only if the figures still are those that were drawn.
    BulletinVersion.objects.filter(pk=version_id, figures_at=version.figures_at, charts__isnull=True).update(
        charts=charts
    )


def _span(version: BulletinVersion) -> Span:
    bulletin = version.bulletin
    return Span(bulletin.period_kind, bulletin.first_day, bulletin.last_day)


def lay_out(version_id: int) -> None:
    """Make the numbered version's PDF and keep it, once: equal content gives equal bytes, and the file is named by
    them, so a repeated delivery, or two relays, leave one. Raises RenderError, StorageFull: it is tried again."""
    version = BulletinVersion.objects.select_related("registered", "bulletin").get(pk=version_id)
    if version.state != State.NUMBERED or version.sha256 or not version.registered or not version.issued_on:
        return
    as_of = datetime.combine(version.issued_on, time(12), HANOI)
    content = version.content or {}
    try:
        made = render_content(content, number=version.registered.number, issued_on=version.issued_on, as_of=as_of)
    except (RenderError, ChartError, FileNotFoundError) as error:
        log.error("no final PDF", version=version_id, error=type(error).__name__)
        BulletinVersion.objects.filter(pk=version_id, sha256="").update(failure=type(error).__name__)
        progress.moved("bulletin", version_id)
        raise
    name, sha256 = keep(made.pdf)
    _fix(version, name, sha256, made.places.get("signature-room"))


def keep(pdf: bytes) -> tuple[str, str]:
    """The file is durable before a row names it."""
    sha256 = hashlib.sha256(pdf).hexdigest()
    name = f"{FOLDER}/{sha256[:2]}/{sha256}"
    if not default_storage.exists(name):
        name = default_storage.save(name, File(BytesIO(pdf)))
    return name, sha256


@transaction.atomic
def _fix(version: BulletinVersion, name: str, sha256: str, place: list[float] | None) -> None:
    """Under the row's lock, and only onto the number it was laid out for: it may have been rejected meanwhile."""
    now = BulletinVersion.objects.locked(version.pk)
    if now.state != State.NUMBERED or now.sha256 or now.registered_id != version.registered_id:
        return
    now.frozen, now.sha256, now.signature_place, now.failure = name, sha256, place, ""
    now.revision += 1
    now.save()
    told = told_of(now, "bulletin.frozen")
    record_event(now.bulletin.stream, "bulletin.frozen", by=RELAY, version=now.pk, sha256=sha256, **told)
    progress.moved("bulletin", now.pk)
