"""Effects of administration."""

from collections.abc import Sequence

from agencies.invitations import send_invitation
from agencies.models import User
from events.models import Event
from events.registry import handles


@handles("people.added", "people.invited", name="agencies.invite", lane="mail")
def invite(events: Sequence[Event]) -> None:
    """Mail a new person, or one who asked again, the link for setting a password."""
    for event in events:
        if event.data["model"] == "user":
            for person in User.objects.filter(pk=event.data["pk"], is_active=True):
                send_invitation(person, event.pk)
