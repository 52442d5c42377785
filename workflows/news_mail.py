"""The e-mail that tells a citizen that something awaits them on the tracking page: no name, no number, no code, no words
of the case. A letter is announced by a mail of its own (`letter_mail`)."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.crypto import salted_hmac

from events import clock
from events.models import Event
from workflows.letter_mail import address_of
from workflows.models import Case
from workflows.services.letter_drafts import tracking_page

# What was asked of the sender, or said to them, or opened for them.
NEWS = (
    "case.question_asked", "case.complainant_reminded", "case.resolved", "case.settled", "case.unsettled", "case.refused",
    "case.negotiation_opened", "case.mediation_proposed", "case.mediation_opened", "case.primary_resolved",
)  # fmt: skip
# Delivered later than this, it is no news: a relay that was away for days sends no heap of them.
NEWS_UNTIL = timedelta(days=2)


def tell_sender(event: Event) -> None:
    """Send it, once as far as a mail server allows: one that comes twice carries the same Message-ID. Raises what the
    mail server's refusal raises: the delivery is tried again."""
    if event.at < clock.now() - NEWS_UNTIL:
        return
    case = Case.objects.select_related("complaint").get(pk=event.data["case"])
    if address := address_of(case.complaint_id):
        _message(event, case.complaint.language, address).send()


def _message(event: Event, language: str, address: str) -> EmailMessage:
    """In the citizen's language."""
    with translation.override(language):
        subject = render_to_string("mail/news_subject.txt").strip()
        text = render_to_string("mail/news.txt", {"link": tracking_page()})
    return EmailMessage(subject, text, None, [address], headers={"Message-ID": message_id(event)})


def message_id(event: Event) -> str:
    """The same for each try, and telling nobody which case it is."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return f"<{salted_hmac('workflows.news_mail', str(event.pk)).hexdigest()}@{host}>"
