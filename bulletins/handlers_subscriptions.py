"""Effects of subscriptions. Messages to subscribers have a lane of their own: thousands of them hold back no other mail.
The lease of a page outlasts a mail server that takes seconds for each message."""

from collections.abc import Sequence
from datetime import timedelta

from bulletins.models import Mailing
from bulletins.services.mailing import mail_confirmation, note_failure, owe, send_page
from events.models import Event
from events.registry import handles


@handles("subscription.asked", name="bulletins.confirmation", lane="mail")
def confirm_address(events: Sequence[Event]) -> None:
    for event in events:
        mail_confirmation(event.data["request"])


@handles("bulletin.published", name="bulletins.tell_published", lane="mailing", lease=timedelta(minutes=5))
def tell_published(events: Sequence[Event]) -> None:
    for event in events:
        owe(event.data["version"], Mailing.News.PUBLISHED)


@handles("bulletin.withdrawn", name="bulletins.tell_withdrawn", lane="mailing", lease=timedelta(minutes=5))
def tell_withdrawn(events: Sequence[Event]) -> None:
    for event in events:
        owe(event.data["version"], Mailing.News.WITHDRAWN)


@handles("bulletin.mailing_owed", name="bulletins.mail_page", lane="mailing", lease=timedelta(minutes=15))
def mail_page(events: Sequence[Event]) -> None:
    for event in events:
        send_page(event.data["version"], event.data["news"], event.data["first"], event.data["last"])


@handles("messages.unreached", name="bulletins.unreached", lane="mailing")
def note_unreached(events: Sequence[Event]) -> None:
    for event in events:
        about, _colon, pk = event.data["about"].partition(":")
        if about == "mailing":
            note_failure(int(pk))
