"""Effects of what concerns the sender: a mail that there is something to read."""

from collections.abc import Sequence

from events.models import Event
from events.registry import handles
from workflows.news_mail import NEWS, tell_sender


@handles(*NEWS, name="workflows.news_mail", lane="mail")
def mail_news(events: Sequence[Event]) -> None:
    for event in events:
        tell_sender(event)
