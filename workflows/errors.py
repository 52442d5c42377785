"""What a verb may answer instead of doing it. The web and the API turn these into pages and codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import Case


class WorkflowError(Exception):
    """``str(error)`` is a sentence for the user, in the user's language."""


class CaseNotFound(WorkflowError):
    """It does not exist or may not be seen: one same answer (404)."""


class StaleCase(WorkflowError):
    """Someone was faster (409): ``case`` is how it stands now, ``seen`` the version acted upon."""

    def __init__(self, message: str, case: Case, seen: int) -> None:
        super().__init__(message)
        self.case, self.seen = case, seen


class MoveNotAllowed(WorkflowError):
    """This actor may not make this move, or not now (403): the sentence says who may, or what is missing."""


class RoomMovedOn(WorkflowError):
    """Someone was faster in the room: it is not this side's turn, or the offer is answered (409)."""


class InvalidInput(WorkflowError):
    """A field's value breaks a rule (400); ``field`` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class KeyReused(WorkflowError):
    """The idempotency key was used before, with another body (409)."""
