"""Effects of what concerns the sender: a mail that there is something to read."""

from collections.abc import Sequence
from datetime import timedelta

from events.models import Event
from events.registry import handles
from workflows.news_mail import NEWS, tell_senders


# Every report has one, and of most senders there is no address: alone, to claim one takes longer than to look. Few at a
# time, since one-time codes are in the same lane, and wait while these are sent.
@handles(*NEWS, name="workflows.news_mail", lane="mail", batch=5, lease=timedelta(minutes=10))
def mail_news(events: Sequence[Event]) -> None:
    tell_senders(events)
