"""Messages to a business. Each may come twice and then says the same: its secret is derived anew, never stored.

A message names neither the complaint nor anybody in it: it may be read by whoever else reads that mailbox.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from agencies.models import Agency
from complaints.codes import grouped
from complaints.models import RespondentContact
from events import clock
from events.models import Event
from events.registry import Postponed, handles
from events.services.sending import Outgoing, send_mail, stable_id
from workflows import link_codes
from workflows.models import OneTimeCode, RespondentLink
from workflows.quiet_hours import quiet_until
from workflows.services.unreached import note_unreached
from workflows.texting import send_text


@handles("case.respondent_link_sent", name="workflows.respondent_link", lane="mail")
def send_link(events: Sequence[Event]) -> None:
    _send_links(events, "link")


@handles("case.respondent_reminded", name="workflows.respondent_reminder", lane="mail")
def remind(events: Sequence[Event]) -> None:
    _send_links(events, "reminder")


@handles("messages.unreached", name="workflows.respondent_unreached", lane="mail")
def tell_of_unreached(events: Sequence[Event]) -> None:
    """Whoever handles the case learns that the business does not know what was sent to it."""
    for event in events:
        about, _colon, pk = event.data["about"].partition(":")
        if about == "contact":
            note_unreached(contact_id=int(pk), message_id=event.data["message"])


def _send_links(events: Sequence[Event], message: str) -> None:
    """A link that was revoked meanwhile is not sent. Nobody asked for it a moment ago: at night it waits. Raises
    Postponed."""
    if morning := quiet_until(clock.now()):
        raise Postponed(morning)
    links = RespondentLink.objects.select_related("contact__respondent", "case__owner").in_bulk(
        [event.data["link"] for event in events if event.data.get("link")]
    )
    for event in events:
        link = links.get(event.data.get("link"))
        if link and link.holds_at(clock.now()):
            _send(link.contact, message, _told(link), key=f"{message}:{event.pk}")


def _told(link: RespondentLink) -> dict[str, object]:
    code = link_codes.secret_of(link)
    entrance = f"{settings.PUBLIC_URL}{reverse('business:entrance')}"
    return {
        "link": f"{entrance}#{code}",
        "entrance": entrance,
        "code": grouped(code),
        "agency": link.case.owner,
        "valid_until": link.expires_at,
        "answer_by": link.answer_by,
        "purpose": link.purpose,
    }


@handles("respondent.code_asked", name="workflows.one_time_code", lane="mail")
def send_code(events: Sequence[Event]) -> None:
    codes = OneTimeCode.objects.select_related("contact__respondent").in_bulk([e.data["code"] for e in events])
    for code in codes.values():
        if code.used_at is None and code.expires_at > clock.now():
            _send(code.contact, "code", {"digits": link_codes.digits_of(code)}, key=f"code:{code.pk}")


@handles("respondent.contact_verified", "respondent.account_opened", name="workflows.respondent_access", lane="mail")
def tell_of_access(events: Sequence[Event]) -> None:
    """Whoever was reached before learns that another address may now be written to, or that the account is open: an
    address that is not the business's own is noticed by the business, at night too."""
    for event in events:
        mail = RespondentContact.objects.filter(channel=RespondentContact.Channel.EMAIL, verified_at__lte=event.at)
        others = mail.filter(respondent_id=int(event.stream.partition(":")[2])).exclude(pk=event.data.get("contact"))
        agency = Agency.objects.filter(code=event.actor.get("agency", "")).first()
        told: dict[str, object] = {"is_account": event.kind == "respondent.account_opened", "agency": agency}
        for contact in others.select_related("respondent").order_by("pk"):
            _send(contact, "access", told, key=f"access:{event.pk}:{contact.pk}")


def _send(contact: RespondentContact, message: str, context: dict[str, object], *, key: str) -> None:
    with translation.override(contact.respondent.language):
        subject = render_to_string(f"mail/business_{message}_subject.txt", context).strip()
        text = render_to_string(f"mail/business_{message}.txt", context)
    is_mail = contact.channel == RespondentContact.Channel.EMAIL
    outgoing = Outgoing(
        purpose=f"business_{message}",
        about=f"contact:{contact.pk}",
        message_id=stable_id("workflows.business", key),
        address=contact.value,
        subject=subject,
        text=text,
    )
    (send_mail if is_mail else send_text)(outgoing)
