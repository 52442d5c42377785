"""Messages to a business. Each may come twice and then says the same: its secret is derived anew, never stored.

A message names neither the complaint nor anybody in it: it may be read by whoever else reads that mailbox.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from agencies.models import Agency
from complaints.codes import grouped
from complaints.models import RespondentContact
from events import clock
from events.models import Event
from events.registry import handles
from workflows import link_codes
from workflows.models import OneTimeCode, RespondentLink
from workflows.texting import send_text


@handles("case.respondent_link_sent", name="workflows.respondent_link", lane="mail")
def send_link(events: Sequence[Event]) -> None:
    _send_links(events, "link")


@handles("case.respondent_reminded", name="workflows.respondent_reminder", lane="mail")
def remind(events: Sequence[Event]) -> None:
    _send_links(events, "reminder")


def _send_links(events: Sequence[Event], message: str) -> None:
    """A link that was revoked meanwhile is not sent."""
    links = RespondentLink.objects.select_related("contact__respondent", "case__owner").in_bulk(
        [event.data["link"] for event in events if event.data.get("link")]
    )
    for link in links.values():
        if link.holds_at(clock.now()):
            code = link_codes.secret_of(link)
            url = f"{settings.PUBLIC_URL}{reverse('business:entrance')}#{code}"
            entrance = f"{settings.PUBLIC_URL}{reverse('business:entrance')}"
            _send(
                link.contact,
                message,
                {
                    "link": url,
                    "entrance": entrance,
                    "code": grouped(code),
                    "agency": link.case.owner,
                    "valid_until": link.expires_at,
                    "answer_by": link.answer_by,
                    "purpose": link.purpose,
                },
            )


@handles("respondent.code_asked", name="workflows.one_time_code", lane="mail")
def send_code(events: Sequence[Event]) -> None:
    codes = OneTimeCode.objects.select_related("contact__respondent").in_bulk([e.data["code"] for e in events])
    for code in codes.values():
        if code.used_at is None and code.expires_at > clock.now():
            _send(code.contact, "code", {"digits": link_codes.digits_of(code)})


@handles("respondent.contact_verified", "respondent.account_opened", name="workflows.respondent_access", lane="mail")
def tell_of_access(events: Sequence[Event]) -> None:
    """Whoever was reached before learns that another address may now be written to, or that the account is open: an
    address that is not the business's own is noticed by the business."""
    for event in events:
        mail = RespondentContact.objects.filter(channel=RespondentContact.Channel.EMAIL, verified_at__lte=event.at)
        others = mail.filter(respondent_id=int(event.stream.partition(":")[2])).exclude(pk=event.data.get("contact"))
        agency = Agency.objects.filter(code=event.actor.get("agency", "")).first()
        told: dict[str, object] = {"is_account": event.kind == "respondent.account_opened", "agency": agency}
        for contact in others.select_related("respondent").order_by("pk"):
            _send(contact, "access", told)


def _send(contact: RespondentContact, message: str, context: dict[str, object]) -> None:
    with translation.override(contact.respondent.language):
        subject = render_to_string(f"mail/business_{message}_subject.txt", context).strip()
        text = render_to_string(f"mail/business_{message}.txt", context)
    if contact.channel == RespondentContact.Channel.EMAIL:
        send_mail(subject, text, None, [contact.value])
    else:
        send_text(contact.value, text)
