"""The bulletins' desk: editors and approvers of the agency that issues them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from agencies.models import Province
from bulletins import policy
from bulletins.bulletin_states import MOVES, WORKING, State
from bulletins.models import Bulletin, BulletinVersion
from bulletins.selectors import open_rejection
from bulletins.spans import Span
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.bulletins_failures import failure_of


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
        "rejection": open_rejection(version) if version.state == State.DRAFTING else None,
        "is_written": version.state == State.DRAFTING,
        "counted_until": _counted_until(version),
        "symbol": str(version.registered).removeprefix("Số: ") if version.registered else "",
    }


def _counted_until(version: BulletinVersion) -> date | None:
    """Of what is not published yet, the day its figures end on where that is not the end of the period."""
    if version.state not in WORKING or version.figures is None or version.figures_at is None:
        return None
    return span_of(version.bulletin).counted_until(version.figures_at)


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
