"""The bulletins' desk: editors and approvers of the agency that issues them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from agencies.models import Province
from bulletins import policy
from bulletins.bulletin_states import MOVES, State
from bulletins.models import Bulletin, BulletinVersion
from bulletins.spans import Span
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.bulletins_failures import failure_of
from events import clock
from workflows.deadlines import HANOI


class BulletinsView(DeskView):
    def admits(self, actor: object) -> bool:
        return policy.may_prepare(actor)  # type: ignore[arg-type]

    def refuse(self, request: HttpRequest) -> HttpResponse:
        raise PermissionDenied

    def province(self) -> Province:
        """The first one the agency serves. Raises PermissionDenied where it serves none."""
        found = self.actor.agency.provinces.order_by("code").first()
        if found is None:
            raise PermissionDenied
        return found


def span_of(bulletin: Bulletin) -> Span:
    return Span(bulletin.period_kind, bulletin.first_day, bulletin.last_day)


def tabs(version: BulletinVersion) -> dict[str, Any]:
    """What stands above each page of a version."""
    return {
        "version": version,
        "bulletin": version.bulletin,
        "failure": failure_of(version),
        "is_written": version.state == State.DRAFTING,
        "is_period_running": _is_period_running(version),
        "symbol": str(version.registered).removeprefix("Số: ") if version.registered else "",
    }


def _is_period_running(version: BulletinVersion) -> bool:
    """Whether figures that may still be computed are of a period that has not ended."""
    open_still = version.state in (State.DRAFTING, State.IN_REVIEW) and version.figures is not None
    return open_still and version.bulletin.last_day >= clock.now().astimezone(HANOI).date()


def is_waiting(version: BulletinVersion) -> bool:
    """For the relay: to lay the PDF out, or to sign it."""
    if version.state == State.NUMBERED:
        return not version.sha256
    return version.state == State.APPROVED and version.signature_asked_by_id is not None


def may_approve(view: BulletinsView, version: BulletinVersion) -> bool:
    return policy.may_move(view.actor, "approve", version) and not version.corrects_withdrawn


def moves_for(view: BulletinsView, version: BulletinVersion) -> list[Any]:
    """The moves this person may make now; approval has a page of its own."""
    moves = [move for move in MOVES if move.name != "approve" and policy.may_move(view.actor, move.name, version)]
    return [move for move in moves if not move.leads_on] if version.corrects_withdrawn else moves
