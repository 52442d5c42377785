"""Sending to an address outside, and keeping what became of it."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from events import clock
from events.models import OutgoingMessage, UnconfirmedAddress
from events.services.recording import record_event

Status, Why = OutgoingMessage.Status, OutgoingMessage.Why
# About this message or this moment, not about the address (RFC 3463): a full mailbox, a mail system, a policy.
_NOT_THE_ADDRESS = ("4.", "5.2.2", "5.2.3", "5.3.", "5.6.", "5.7.")


class _Itself:
    """Nobody did it: a mail server said so."""

    def reference(self) -> dict[str, Any]:
        return {"type": "system", "job": "events.sending"}


_ITSELF = _Itself()


class MessageRefused(Exception):
    """Whoever carries it will not, however often it is tried. ``code`` is theirs, of digits and dots."""

    def __init__(self, code: str, *, no_such_address: bool = False) -> None:
        super().__init__(code)
        self.code, self.no_such_address = code, no_such_address


@dataclass(frozen=True)
class Outgoing:
    """``purpose`` is a code; ``about`` the recipient's row; ``message_id`` the same for each try. ``html`` says the same
    as ``text``, to programs that prefer it."""

    purpose: str
    about: str
    message_id: str
    address: str
    text: str
    subject: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    html: str = ""


def stable_id(salt: str, key: str) -> str:
    """A Message-ID that is the same for each try and tells nobody what it is about."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return f"<{salted_hmac(salt, key).hexdigest()}@{host}>"


def digest_of(address: str) -> str:
    """A keyed digest: equal for equal addresses, and no way back."""
    return salted_hmac("events.address", " ".join(address.split()).lower(), algorithm="sha256").hexdigest()


def is_unconfirmed(address: str) -> bool:
    """Whether messages to it came back, and nobody has said since that it is right."""
    return UnconfirmedAddress.objects.filter(digest=digest_of(address)).exists()


def unconfirmed_among(addresses: Iterable[str]) -> set[str]:
    """Those that messages came back from and nobody has confirmed since. One query."""
    digests = {digest_of(address): address for address in addresses}
    doubted = UnconfirmedAddress.objects.filter(digest__in=digests).values_list("digest", flat=True) if digests else ()
    return {digests[digest] for digest in doubted}


@transaction.atomic
def forget_old_messages(before: datetime, *, at_most: int = 5000) -> int:
    """Delete the records of messages older than that; how many. What an address is doubted for stays until it is
    confirmed: without its row nobody could tell what came back."""
    old = OutgoingMessage.objects.filter(created_at__lt=before)
    kept = UnconfirmedAddress.objects.values("message")
    chosen = list(old.exclude(pk__in=kept).order_by("created_at").values_list("pk", flat=True)[:at_most])
    return OutgoingMessage.objects.filter(pk__in=chosen).delete()[0]


def send_mail(outgoing: Outgoing) -> str:
    """Send it unless it was sent before; its status. Raises what a mail server that is away raises: it is tried again."""
    return send(outgoing, OutgoingMessage.Channel.MAIL, _mail)


def send(outgoing: Outgoing, channel: str, carry: Callable[[Outgoing], None]) -> str:
    """``carry`` raises MessageRefused where trying again is no use."""
    row = _recorded(outgoing, channel)
    if row.status in (Status.SENT, Status.BOUNCED):
        return row.status
    if is_unconfirmed(outgoing.address):
        return _finish(row, Status.REFUSED, why=Why.UNCONFIRMED)
    OutgoingMessage.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1, status=Status.QUEUED)
    try:
        carry(outgoing)
    except MessageRefused as refusal:
        return _refuse(row, refusal)
    except Exception as error:
        # Its text may quote the address.
        name = f"{type(error).__module__}.{type(error).__name__}"[:200]
        OutgoingMessage.objects.filter(pk=row.pk).update(last_error=name)
        raise
    return _finish(row, Status.SENT, sent_at=clock.now())


def _mail(outgoing: Outgoing) -> None:
    # What somebody typed (an agency's name) may hold line breaks: a header has one line.
    subject = " ".join(outgoing.subject.split())
    headers = {"Message-ID": outgoing.message_id, "Auto-Submitted": "auto-generated", **outgoing.headers}
    try:
        validate_email(outgoing.address)
    except ValidationError:
        raise MessageRefused("") from None
    try:
        _written(subject, outgoing, headers).send()
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()), (0, b""))
        if not 500 <= code < 600:
            raise
        enhanced = _enhanced(said)
        raise MessageRefused(
            f"{code} {enhanced}".strip(), no_such_address=enhanced.startswith(("5.1.", "5.2.1"))
        ) from None


def _written(subject: str, outgoing: Outgoing, headers: Mapping[str, str]) -> EmailMessage:
    if not outgoing.html:
        return EmailMessage(subject, outgoing.text, None, [outgoing.address], headers=dict(headers))
    message = EmailMultiAlternatives(subject, outgoing.text, None, [outgoing.address], headers=dict(headers))
    message.attach_alternative(outgoing.html, "text/html")
    return message


def _enhanced(said: bytes | str) -> str:
    """The enhanced status code (RFC 3463) a reply begins with, or nothing: the rest may quote the address."""
    text = said.decode("ascii", "replace") if isinstance(said, bytes) else said
    first = text.split(maxsplit=1)[0] if text.split() else ""
    return first[:10] if first[:2] in ("4.", "5.") and first.replace(".", "").isdigit() else ""


def _recorded(outgoing: Outgoing, channel: str) -> OutgoingMessage:
    row, _made = OutgoingMessage.objects.get_or_create(
        message_id=outgoing.message_id,
        defaults={
            "channel": channel,
            "purpose": outgoing.purpose,
            "about": outgoing.about,
            "address_digest": digest_of(outgoing.address),
            "created_at": clock.now(),
        },
    )
    return row


def _refuse(row: OutgoingMessage, refusal: MessageRefused) -> str:
    if refusal.no_such_address:
        _mistrust(row)
    why = Why.SERVER if refusal.code else Why.MALFORMED
    return _finish(row, Status.REFUSED, why=why, code=refusal.code[:20])


@transaction.atomic
def _finish(row: OutgoingMessage, status: str, **fields: object) -> str:
    if status == Status.REFUSED:
        _tell_unreached(row)
    OutgoingMessage.objects.filter(pk=row.pk).exclude(status=Status.BOUNCED).update(
        status=status, **{"why": "", "last_error": "", **fields}
    )
    return status


def _tell_unreached(row: OutgoingMessage) -> None:
    """Whoever counts on it can do something about it. A device that is gone is nobody's business."""
    if row.channel != OutgoingMessage.Channel.PUSH:
        record_event(f"message:{row.pk}", "messages.unreached", by=_ITSELF, message=row.pk, about=row.about)


def _mistrust(row: OutgoingMessage) -> None:
    UnconfirmedAddress.objects.get_or_create(
        digest=row.address_digest, defaults={"message": row, "since": clock.now()}
    )  # fmt: skip


@transaction.atomic
def record_bounce(message_id: str, code: str) -> bool:
    """It came back for good, with this status code of RFC 3463. Unless that speaks of the message or the moment, its
    address is used no more until it is confirmed. Whether we sent such a message."""
    row = OutgoingMessage.objects.select_for_update().filter(message_id=message_id[:200]).first()
    if row is None:
        return False
    if row.status != Status.BOUNCED:
        OutgoingMessage.objects.filter(pk=row.pk).update(status=Status.BOUNCED, code=code[:20], bounced_at=clock.now())
        _tell_unreached(row)
        if not code.startswith(_NOT_THE_ADDRESS):
            _mistrust(row)
    return True


@transaction.atomic
def confirm_messages(ids: Iterable[int]) -> int:
    """The addresses of these messages are right; how many were doubted."""
    digests = OutgoingMessage.objects.filter(pk__in=list(ids)).values("address_digest")
    return UnconfirmedAddress.objects.filter(digest__in=digests).delete()[0]


def confirm_address(address: str) -> bool:
    """Somebody who should know says it is right; whether it was doubted."""
    return bool(UnconfirmedAddress.objects.filter(digest=digest_of(address)).delete()[0])
