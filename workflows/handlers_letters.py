"""Effects of papers and letters."""

from collections.abc import Sequence
from datetime import timedelta

from agencies.models import Agency
from events.models import Event
from events.registry import handles
from workflows.letter_mail import announce
from workflows.services.letter_templates import install_usual_templates
from workflows.services.papers import lay_out


@handles("paper.issued", name="workflows.paper", lane="slow", lease=timedelta(minutes=5))
def lay_papers_out(events: Sequence[Event]) -> None:
    for event in events:
        lay_out(event.data["paper"])


@handles("letter.sent", name="workflows.letter_mail", lane="mail")
def announce_letters(events: Sequence[Event]) -> None:
    for event in events:
        announce(event.data["letter"])


@handles("agencies.added", name="workflows.letter_templates")
def give_usual_templates(events: Sequence[Event]) -> None:
    """A new agency does not begin with an empty page."""
    for agency in Agency.objects.filter(pk__in=[event.data["pk"] for event in events], assisted_intake_only=False):
        install_usual_templates(agency)
