"""What each move changes on a version: fields, nothing else. Which moves there are stands in `bulletin_states.py`."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django_fsm import ConcurrentTransitionMixin, transition

from agencies.models import User
from bulletins.bulletin_states import MOVE
from documents.models import RegisteredNumber


def move(name: str) -> Any:
    """django_fsm's transition as `bulletin_states.py` declares it."""
    row = MOVE[name]
    return transition(field="state", source=list(row.sources), target=row.target)


class VersionMoves(ConcurrentTransitionMixin, models.Model):
    """The transitions of `BulletinVersion`, which has the fields."""

    if TYPE_CHECKING:
        state: Any
        registered: RegisteredNumber | None
        issued_on: date | None
        content: dict[str, Any] | None
        frozen: Any
        sha256: str
        failure: str
        approved_by: User | None
        approved_at: datetime | None
        approved_sha256: str
        signed_at: datetime | None
        published_at: datetime | None
        ended_at: datetime | None
        withdrawn_reason: str

    class Meta:
        abstract = True

    @move("submit")
    def submit(self) -> None:
        pass

    @move("take_back")
    def take_back(self) -> None:
        pass

    @move("discard")
    def discard(self, *, at: datetime) -> None:
        self.ended_at = at

    @move("give_number")
    def give_number(self, *, registered: RegisteredNumber, issued_on: date, content: dict[str, Any]) -> None:
        self.registered, self.issued_on, self.content = registered, issued_on, content

    @move("reject")
    def reject(self) -> None:
        """Its number stays in the register as void; the next one is another."""
        self.registered = self.issued_on = self.content = None
        self.frozen, self.sha256, self.failure = "", "", ""
        self.approved_by = self.approved_at = None
        self.approved_sha256 = ""

    @move("approve")
    def approve(self, *, by: User, at: datetime, sha256: str) -> None:
        self.approved_by, self.approved_at, self.approved_sha256 = by, at, sha256

    @move("sign")
    def sign(self, *, at: datetime) -> None:
        self.signed_at = at

    @move("publish")
    def publish(self, *, at: datetime) -> None:
        self.published_at = at

    @move("replace")
    def replace(self, *, at: datetime) -> None:
        self.ended_at = at

    @move("withdraw")
    def withdraw(self, *, at: datetime, reason: str) -> None:
        self.ended_at, self.withdrawn_reason = at, reason
