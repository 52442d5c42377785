"""The machine of a bulletin's version: every state and move on one page, in the order a version lives.

A version is one numbered Thông báo. A correction is the next version: the one it replaces becomes `corrected` when it
is published, and stays where it was.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.models import Role


class State(TextChoices):
    DRAFTING = "drafting", _("being drafted")
    IN_REVIEW = "in_review", _("in review")
    NUMBERED = "numbered", _("numbered, waiting for approval")
    APPROVED = "approved", _("approved")
    SIGNED = "signed", _("signed")
    PUBLISHED = "published", _("published")
    CORRECTED = "corrected", _("replaced by a correction")
    WITHDRAWN = "withdrawn", _("withdrawn from the public")
    DISCARDED = "discarded", _("discarded")


@dataclass(frozen=True)
class Move:
    """``roles``: any of them, in the agency that issues the bulletin."""

    name: str
    label: str | Promise
    sources: tuple[State, ...]
    target: State
    roles: tuple[Role, ...]

    @property
    def leads_on(self) -> bool:
        """Towards what the public is told, rather than back or away."""
        return self.target in (State.IN_REVIEW, State.NUMBERED, State.APPROVED, State.SIGNED, State.PUBLISHED)


_EDITS, _APPROVES, _BOTH = (Role.EDITOR,), (Role.APPROVER,), (Role.EDITOR, Role.APPROVER)
MOVES = (
    Move("submit", _("Send to review"), (State.DRAFTING,), State.IN_REVIEW, _EDITS),
    Move("take_back", _("Back to writing"), (State.IN_REVIEW,), State.DRAFTING, _BOTH),
    Move("discard", _("Discard the draft"), (State.DRAFTING, State.IN_REVIEW), State.DISCARDED, _EDITS),
    Move("give_number", _("Number it and freeze the PDF"), (State.IN_REVIEW,), State.NUMBERED, _EDITS),
    Move("reject", _("Reject, with reason"), (State.NUMBERED, State.APPROVED), State.DRAFTING, _APPROVES),
    Move("approve", _("Approve these bytes"), (State.NUMBERED,), State.APPROVED, _APPROVES),
    Move("sign", _("Sign"), (State.APPROVED,), State.SIGNED, _APPROVES),
    Move("publish", _("Publish"), (State.SIGNED,), State.PUBLISHED, _BOTH),
    Move("replace", _("Replaced by a correction"), (State.PUBLISHED,), State.CORRECTED, ()),
    Move("withdraw", _("Withdraw"), (State.PUBLISHED,), State.WITHDRAWN, _APPROVES),
)  # fmt: skip
MOVE = {move.name: move for move in MOVES}
#: Not yet public; a bulletin has at most one such version.
WORKING = (State.DRAFTING, State.IN_REVIEW, State.NUMBERED, State.APPROVED, State.SIGNED)
#: What an approver has confirmed by its SHA-256.
CONFIRMED = (State.APPROVED, State.SIGNED, State.PUBLISHED, State.CORRECTED, State.WITHDRAWN)
#: What the public was once told: reachable for good, marked when it no longer stands.
TOLD = (State.PUBLISHED, State.CORRECTED, State.WITHDRAWN)
