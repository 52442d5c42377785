"""The e-mail that tells a citizen that a letter has come: no name, no number of the case, no code, none of its words."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.crypto import salted_hmac

from complaints.models import Complainant
from events import clock
from workflows.models import Letter, LetterKind
from workflows.services.letter_drafts import tracking_page


def announce(letter_id: int) -> None:
    """Send the mail, once as far as a mail server allows: one that comes twice carries the same Message-ID.

    Quick replies, senders without an address and addresses that are none are left alone. Raises what the mail
    server's refusal raises: the delivery is tried again, and the letter stands on the tracking page meanwhile.
    """
    letter = Letter.objects.select_related("case__complaint").get(pk=letter_id)
    address = address_of(letter.case.complaint_id)
    if letter.kind == LetterKind.QUICK or letter.mailed_at or not address:
        return
    _message(letter, address).send()
    Letter.objects.filter(pk=letter_id, mailed_at=None).update(mailed_at=clock.now())


def address_of(complaint_id: int) -> str:
    """Where the sender is written to; empty when nowhere."""
    found = Complainant.objects.filter(complaint=complaint_id).values_list("email", flat=True).first()
    try:
        validate_email(found)
    except ValidationError:
        return ""
    return found or ""


def _message(letter: Letter, address: str) -> EmailMessage:
    """In the citizen's language, whichever the letter is in. The subject holds nothing anybody typed."""
    with translation.override(letter.case.complaint.language):
        subject = render_to_string("mail/letter_subject.txt").strip()
        text = render_to_string("mail/letter.txt", {"link": tracking_page()})
    return EmailMessage(subject, text, None, [address], headers={"Message-ID": message_id(letter)})


def message_id(letter: Letter) -> str:
    """The same for each try, and telling nobody which letter or case it is."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return f"<{salted_hmac('workflows.letter_mail', str(letter.pk)).hexdigest()}@{host}>"
