"""E-mails to staff: a notification at once, and the morning's summary. What it is about, numbers and links: no name, no
number of a case, nothing anybody typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from agencies.models import Agency, Membership, User
from events.models import Event
from events.registry import KINDS
from events.services.sending import Outgoing, send_mail, stable_id


def mail_notice(event: Event) -> None:
    """Mail what the event says is owed to those who still belong to the agency they were told for. Raises what a mail
    server that is away raises: who got theirs is passed over at the next try."""
    owed = dict(event.data["people"])
    there = Membership.objects.filter(revoked_at=None, person__is_active=True, person__in=owed).select_related("person")
    people = {m.person_id: m.person for m in there if m.agency_id == owed[m.person_id]}
    for person in people.values():
        with translation.override(person.language):
            told = {"notice": KINDS[event.data["about"]].notice, "urgent": event.data["urgent"]}
            _send("notice", person, event, told)


def mail_summary(event: Event) -> None:
    """Mail the numbers the event holds. Raises as `mail_notice`."""
    names = dict(Agency.objects.values_list("code", "short_name"))
    for person in User.objects.filter(pk__in=event.data["people"], is_active=True):
        with translation.override(person.language):
            counts: list[Mapping[str, Any]] = event.data["agencies"]
            rows = [dict(row) | {"name": names.get(row["agency"], "")} for row in counts]
            _send("summary", person, event, {"agencies": rows, "unread": event.data["unread"]})


def _send(purpose: str, person: User, event: Event, told: dict[str, Any]) -> None:
    """In the language that holds."""
    places = {name: settings.PUBLIC_URL + reverse(f"backoffice:{name}") for name in ("inbox", "queue")}
    context = told | places | {"settings": settings.PUBLIC_URL + reverse("backoffice:notice-settings")}
    subject = render_to_string(f"mail/{purpose}_subject.txt", context).strip()
    text = render_to_string(f"mail/{purpose}.txt", context)
    send_mail(Outgoing(purpose, f"person:{person.pk}", message_id(purpose, event, person), person.email, text, subject))


def message_id(purpose: str, event: Event, person: User) -> str:
    """The same for each try, and telling nobody whose it is."""
    return stable_id(f"notifications.{purpose}", f"{event.pk}:{person.pk}")
