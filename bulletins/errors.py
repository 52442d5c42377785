"""What a verb may answer instead of doing it: sentences for the user, as `workflows.errors` has them for cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.errors import InvalidInput, WorkflowError

if TYPE_CHECKING:
    from .models import Bulletin, BulletinVersion, WarningItem


class BulletinNotFound(WorkflowError):
    """It does not exist or may not be seen: one same answer (404)."""


class ChecksFailed(InvalidInput):
    """No number while a check fails (400): the sentence names them."""

    def __init__(self, message: str) -> None:
        super().__init__("checks", message)


class AlreadyBegun(WorkflowError):
    """The period has ``bulletins`` already (409): another one is begun by who was told so."""

    def __init__(self, message: str, bulletins: list[Bulletin]) -> None:
        super().__init__(message)
        self.bulletins = bulletins


class StaleBulletin(WorkflowError):
    """Someone was faster (409): ``now`` is how it stands."""

    def __init__(self, message: str, now: BulletinVersion | WarningItem) -> None:
        super().__init__(message)
        self.now = now
