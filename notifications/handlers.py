"""Effects of events: the inbox, then the wake-up of open pages; mail."""

from collections.abc import Sequence
from datetime import timedelta

from events.models import Event
from events.registry import handles
from notifications.audience import CONCERNS
from notifications.digest_mail import send_digest
from notifications.notice_mail import mail_notice, mail_summary
from notifications.push import publish, wake
from notifications.services.inbox import tell
from notifications.services.pushing import push_notice
from notifications.watching import wakes
from notifications.works import boards

# What moves a page of a case or a list. A time limit that begins or rests shows with the move that made it.
WATCHED = (
    "case.*", "cooperation.*", "joint_action.*", "room.*", "letter.*", "paper.issued",
    "clock.missed", "clock.warned", "clock.moved", "clock.extended", "clock.escalated",
)  # fmt: skip


@handles(*CONCERNS, name="notifications.inbox", lane="notify", batch=100)
def notify(events: Sequence[Event]) -> None:
    wake(tell(events))


@handles(*WATCHED, name="notifications.watching", lane="notify", batch=100)
def wake_watchers(events: Sequence[Event]) -> None:
    publish([*wakes(events), *boards(events)])


@handles("search.digested", name="notifications.digest", lane="mail")
def mail_digest(events: Sequence[Event]) -> None:
    for event in events:
        send_digest(event)


@handles("notices.mail_owed", name="notifications.mail", lane="mail")
def mail_notices(events: Sequence[Event]) -> None:
    for event in events:
        mail_notice(event)


@handles("notices.summed_up", name="notifications.summary", lane="mail")
def mail_summaries(events: Sequence[Event]) -> None:
    for event in events:
        mail_summary(event)


# A lane of its own: a push service that answers slowly holds back neither pages nor mail. The lease outlasts the devices
# of a whole agency at a service that lets each call wait.
@handles("notices.push_owed", name="notifications.devices", lane="push", lease=timedelta(minutes=10))
def push_to_devices(events: Sequence[Event]) -> None:
    for event in events:
        push_notice(event)
