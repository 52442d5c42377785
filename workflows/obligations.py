"""What a clock can run for: standing in a state, or something that happened. And whose time it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from workflows.states import State, Track

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Occasion(TextChoices):
    """What is owed because something happened, whatever state the case is in."""

    # TTLT 01/2017: the reporter of a crime is told that the report was received.
    TELL_REPORTER = "tell_reporter", _("Tell the reporter it was received")
    # Luật 19/2023 Đ57.5: the result of a negotiation is reported in writing.
    REPORT_NEGOTIATION = "report_negotiation", _("Report the result of the negotiation")
    # TTLT 01/2017: not prosecuted, but an administrative breach.
    RETURN_FILE = "return_file", _("Return the file of a case that is not prosecuted")


# The handling itself: waiting for the citizen stops it, except on the crime track (BLTTHS Đ147).
HANDLING = (State.LODGED, State.ACCEPTED, State.INVESTIGATING)
# Somebody else's time: its end is the beginning of something, not a lapse of the agency. Nobody is warned up a ladder.
OTHERS_TIME = (State.AWAITING_COMPLAINANT, State.AWAITING_RESPONDENT, State.RESOLVED, State.REFUSED)
WINDOWS = (State.RESOLVED, State.REFUSED)

CHOICES: list[tuple[str, str | _StrPromise]] = [*State.choices, *Occasion.choices]


def label_of(obligation: str) -> str:
    return str(State(obligation).label if obligation in State.values else Occasion(obligation).label)


def pauses(track: str) -> bool:
    """Whether waiting for the citizen stops the clock of the handling."""
    return track != Track.CRIME
