"""Writing to a sender: where, whether at all, and not at night. No message holds a name, a number of a case, a code or
words of one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from complaints.identifiers import normalise
from complaints.models import Complainant, Complaint
from events import clock
from events.models import OutgoingMessage
from events.registry import Postponed
from events.services.sending import Outgoing, is_unconfirmed, send_mail
from workflows import texting
from workflows.models import MailStop
from workflows.quiet_hours import quiet_until
from workflows.services.letter_drafts import tracking_page

Channel = OutgoingMessage.Channel
# Without a time: a message that comes twice holds the same link, and an old mail still ends them.
_SIGNER = signing.Signer(salt="workflows.mail_stop")


@dataclass(frozen=True)
class Address:
    """Where a sender is written to: an e-mail address, or else a telephone in E.164 where short messages go out."""

    channel: str
    value: str


@dataclass(frozen=True)
class Writing:
    """``purpose`` names the templates; ``message_id`` is the same for each try. ``was_asked``: the person did it a
    moment ago, so that neither the night nor their stop holds it back."""

    purpose: str
    message_id: str
    was_asked: bool = False


def address_of(complaint_id: int) -> Address | None:
    found = Complainant.objects.filter(complaint=complaint_id).values_list("email", "phone").first()
    return _address(*found) if found else None


def with_address(cases: Collection[int]) -> set[int]:
    """Those of the cases whose sender can be written to. One query."""
    rows = Complainant.objects.filter(complaint__case__in=cases).values_list("complaint__case", "email", "phone")
    return {case for case, email, phone in rows if _address(email, phone)}


def _address(email: str, phone: str) -> Address | None:
    if is_email(email):
        return Address(Channel.MAIL, email)
    number = normalise("phone", phone).value if phone and texting.is_configured() else ""
    return Address(Channel.TEXT, number) if number.startswith("+84") else None


def is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def is_stopped(complaint_id: int) -> bool:
    return MailStop.objects.filter(complaint=complaint_id).exists()


def is_doubted(address: Address) -> bool:
    """Whether messages to it came back and its owner has not said since that it is right."""
    return is_unconfirmed(address.value)


def write(complaint: Complaint, writing: Writing) -> str:
    """In the sender's language; the message's status, empty when there is nowhere to write to or it is not wanted.
    Raises Postponed at night, and what a server that is away raises."""
    address = address_of(complaint.pk)
    if address is None or (is_stopped(complaint.pk) and not writing.was_asked):
        return ""
    if not writing.was_asked and (morning := quiet_until(clock.now())):
        raise Postponed(morning)
    with translation.override(complaint.language):
        outgoing = _outgoing(complaint, writing, address)
    return send_mail(outgoing) if address.channel == Channel.MAIL else texting.send_text(outgoing)


def _outgoing(complaint: Complaint, writing: Writing, address: Address) -> Outgoing:
    stop = stop_link(complaint.pk)
    context = {"link": tracking_page(), "stop": stop}
    about = f"complaint:{complaint.pk}"
    if address.channel == Channel.TEXT:
        text = render_to_string(f"mail/{writing.purpose}_sms.txt", context)
        return Outgoing(writing.purpose, about, writing.message_id, address.value, text)
    subject = render_to_string(f"mail/{writing.purpose}_subject.txt").strip()
    text = render_to_string(f"mail/{writing.purpose}.txt", context)
    return Outgoing(writing.purpose, about, writing.message_id, address.value, text, subject, stop_headers(stop))


def stop_headers(link: str) -> dict[str, str]:
    """RFC 8058 asks for HTTPS: without it the mail program offers the page, not the single click."""
    one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if link.startswith("https://") else {}
    return {"List-Unsubscribe": f"<{link}>", **one_click}


def stop_link(complaint_id: int) -> str:
    """Its holder may end and resume the messages, and nothing else."""
    return f"{settings.PUBLIC_URL}{reverse('public:mail-stop', args=[_SIGNER.sign(str(complaint_id))])}"


def complaint_of(token: str) -> int | None:
    """The report a link's token is about."""
    try:
        return int(_SIGNER.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
