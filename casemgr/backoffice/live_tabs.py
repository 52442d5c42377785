"""What a person did to the inbox in one tab shows in the others."""

import threading

from agencies.models import User
from notifications.push import wake


def refresh_tabs_of(person: User) -> None:
    """Every open page of the person fetches its count again. Not waited for: only immediacy hangs on it."""
    threading.Thread(target=wake, args=([(person.pk, "inbox.marked", "", False)],), daemon=True).start()
