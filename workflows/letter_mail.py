"""The message that tells a citizen that a letter has come: no name, no number of the case, no code, none of its words."""

from __future__ import annotations

from events import clock
from events.models import OutgoingMessage
from events.services.sending import stable_id
from workflows.models import Letter, LetterKind
from workflows.reaching import Writing, write


def announce(letter_id: int) -> None:
    """Send it, once as far as a mail server allows: one that comes twice carries the same Message-ID.

    Quick replies, senders without an address, addresses that are none or that messages came back from are left alone.
    Raises Postponed at night, and what the server's refusal raises: the delivery is tried again, and the letter stands
    on the tracking page meanwhile.
    """
    letter = Letter.objects.select_related("case__complaint").get(pk=letter_id)
    if letter.kind == LetterKind.QUICK or letter.mailed_at:
        return
    if write(letter.case.complaint, Writing("letter", message_id(letter))) == OutgoingMessage.Status.SENT:
        Letter.objects.filter(pk=letter_id, mailed_at=None).update(mailed_at=clock.now())


def message_id(letter: Letter) -> str:
    """The same for each try, and telling nobody which letter or case it is."""
    return stable_id("workflows.letter_mail", str(letter.pk))
