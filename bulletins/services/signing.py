"""Having an approved version signed: asked for by an approver, done by the relay, which holds the key."""

from __future__ import annotations

import hashlib

import structlog
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member, System
from bulletins.bulletin_states import State
from bulletins.models import BulletinVersion
from bulletins.services.freezing import keep
from bulletins.services.issuing import begin, finish
from documents.signing import Box, Signed, is_configured, refuse_expired, sign_pdf
from documents.signing_errors import NOT_WHAT_WAS_APPROVED, Expired, NotByItself, SigningError
from events import clock, progress
from workflows.deadlines import HANOI
from workflows.errors import InvalidInput, MoveNotAllowed

log = structlog.get_logger(__name__)
RELAY = System("bulletins.sign")


@transaction.atomic
def ask_signature(*, version_id: int, revision: int, by: Member) -> BulletinVersion:
    """Owe the relay the signature. Raises as `issuing.begin`, MoveNotAllowed without a key, InvalidInput
    where its certificate has expired."""
    version = begin(version_id, "sign", by, revision)
    if not is_configured():
        raise MoveNotAllowed(_("No signing key is set up. Your administrator finds how in the operating manual."))
    _refuse_expired()
    version.signature_asked_by, version.failure = by.person, ""
    return finish(version, "bulletin.signature_asked", by=by, sha256=version.sha256)


def _refuse_expired() -> None:
    try:
        refuse_expired(clock.now())
    except Expired as error:
        raise InvalidInput("certificate", _(str(error))) from error


def sign_asked(version_id: int, sha256: str) -> None:
    """Sign the approved bytes, and no others, once. The file is made outside any lock and durable before a row names
    it. Raises SigningError, StorageFull: it is tried again. A refused PIN is not, as the next try may lock
    the token; nor an expired certificate."""
    version = BulletinVersion.objects.select_related("bulletin__province").get(pk=version_id)
    if version.state != State.APPROVED or version.approved_sha256 != sha256:
        return
    try:
        signed = _signed(version)
    except NotByItself as error:
        _note(version, error, signature_asked_by=None)
        return
    except SigningError as error:
        _note(version, error)
        raise
    name, issued_sha256 = keep(signed.pdf)
    with transaction.atomic():
        now = BulletinVersion.objects.locked(version_id)
        # Rejected or signed by another relay meanwhile: this file is nobody's.
        if now.state != State.APPROVED or now.approved_sha256 != sha256:
            return
        now.issued, now.issued_sha256, now.signed_as, now.failure = name, issued_sha256, signed.subject[:300], ""
        now.sign(at=signed.at)
        finish(now, "bulletin.signed", by=RELAY, sha256=issued_sha256)
        progress.moved("bulletin", now.pk)


def _signed(version: BulletinVersion) -> Signed:
    with default_storage.open(str(version.frozen.name)) as file:
        pdf = file.read()
    if hashlib.sha256(pdf).hexdigest() != version.approved_sha256:
        raise SigningError(NOT_WHAT_WAS_APPROVED)
    page, left, top, right, bottom = version.signature_place or [0, 300, 600, 540, 680]
    return sign_pdf(
        pdf, box=Box(int(page), left, top, right, bottom), at=clock.now().astimezone(HANOI),
        reason=version.title, location=version.bulletin.province.name,
    )  # fmt: skip


def _note(version: BulletinVersion, error: SigningError, **changed: None) -> None:
    """For the bulletin's page; the sentence is translated where it is shown."""
    log.error("not signed", version=version.pk, error=str(error), cause=type(error.__cause__).__name__)
    waiting = BulletinVersion.objects.filter(pk=version.pk, issued_sha256="", approved_sha256=version.approved_sha256)
    waiting.update(failure=str(error)[:200], **changed)
    progress.moved("bulletin", version.pk)
