"""The message that tells a citizen that something awaits them on the tracking page: no name, no number, no code, no words
of the case. A letter is announced by a message of its own (`letter_mail`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from complaints.models import Origin
from events import clock
from events.models import Event
from events.services.sending import stable_id
from workflows.models import Case
from workflows.reaching import Writing, with_address, write

RECEIVED = "case.lodged"
# What was asked of the sender, or said to them, or opened for them, or handed on.
NEWS = (
    RECEIVED, "case.question_asked", "case.complainant_reminded", "case.resolved", "case.settled", "case.unsettled",
    "case.refused", "case.negotiation_opened", "case.mediation_proposed", "case.mediation_opened",
    "case.primary_resolved", "case.referral_taken", "case.passed_on", "case.joined",
)  # fmt: skip
# Delivered later than this, it is no news: a relay that was away for days sends no heap of them.
NEWS_UNTIL = timedelta(days=2)
# Who lodged a moment ago is told that it came; an import, or what an officer found, has nobody waiting.
_IN_PERSON = (Origin.WEB, Origin.COUNTER, Origin.PHONE)


def tell_senders(events: Sequence[Event]) -> None:
    """Of most reports there is nowhere to write to: one query for those of all events. Raises what `_tell` does."""
    reachable = with_address({event.data["case"] for event in events})
    for event in events:
        if event.data["case"] in reachable:
            _tell(event)


def _tell(event: Event) -> None:
    """Send it, once as far as a mail server allows: one that comes twice carries the same Message-ID. Raises Postponed
    at night, and what the server's refusal raises: the delivery is tried again."""
    if event.at < clock.now() - NEWS_UNTIL:
        return
    case = Case.objects.select_related("complaint").get(pk=event.data["case"])
    received = event.kind == RECEIVED
    if received and case.complaint.origin not in _IN_PERSON:
        return
    write(case.complaint, Writing("receipt" if received else "news", message_id(event), was_asked=received))


def message_id(event: Event) -> str:
    """The same for each try, and telling nobody which case it is."""
    return stable_id("workflows.news_mail", str(event.pk))
