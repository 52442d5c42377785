"""The bulletins' desk: editors and approvers of the agency that issues them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from agencies.models import Province
from bulletins import policy
from bulletins.bulletin_states import MOVES, State
from bulletins.models import BulletinVersion
from casemgr.backoffice.access import DeskView


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


def tabs(version: BulletinVersion) -> dict[str, Any]:
    """What stands above each page of a version."""
    return {
        "version": version,
        "bulletin": version.bulletin,
        "is_written": version.state == State.DRAFTING,
        "symbol": str(version.registered).removeprefix("Số: ") if version.registered else "",
    }


def moves_for(view: BulletinsView, version: BulletinVersion) -> list[Any]:
    """The moves this person may make now; approval has a page of its own."""
    return [move for move in MOVES if move.name != "approve" and policy.may_move(view.actor, move.name, version)]
