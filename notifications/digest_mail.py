"""The e-mail that sums up saved searches: numbers and a link, no name, no case, none of the words searched for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from agencies.models import Membership, User
from events.models import Event
from events.services.sending import Outgoing, send_mail, stable_id


def send_digest(event: Event) -> None:
    """Mail it to those the event names who still belong to the agency; a mail that comes twice carries the same
    Message-ID. Raises what the mail server's refusal raises: the delivery is tried again."""
    there = Membership.objects.filter(agency__code=event.data["agency"], revoked_at=None)
    for person in User.objects.filter(pk__in=event.data["people"], is_active=True, memberships__in=there).distinct():
        send_mail(_message(event, person))


def _message(event: Event, person: User) -> Outgoing:
    """In the person's language. The subject holds nothing anybody typed."""
    with translation.override(person.language):
        subject = render_to_string("mail/search_digest_subject.txt").strip()
        text = render_to_string("mail/search_digest.txt", _told(event))
    return Outgoing("search_digest", f"person:{person.pk}", message_id(event, person), person.email, text, subject)


def _told(event: Event) -> dict[str, Any]:
    page = settings.PUBLIC_URL + reverse("backoffice:searches")
    counts: dict[str, int] = event.data["counts"]
    rows = [{"count": count, "link": f"{page}#search-{search}"} for search, count in sorted(counts.items())]
    return {"rows": rows, "total": sum(counts.values()), "link": page}


def message_id(event: Event, person: User) -> str:
    """The same for each try, and telling nobody whose it is."""
    return stable_id("notifications.digest", f"{event.pk}:{person.pk}")
